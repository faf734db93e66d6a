import { newMirror, dump } from '../support/browser';
import { expect, test } from 'vitest';
import { applyDelta, applySettled, startOver } from '../../../src/db/apply';
import { foldersOf } from '../../../src/db/folders';
import { actionsOf, LEDGER_ROWS } from '../../../src/db/ledger';
import { blobOf, bodyOf, keepBlob, keepBodies } from '../../../src/db/bodies';
import { keysOf, rowsById, storePage, windowsOf } from '../../../src/db/messages';
import { readMeta, writeMeta } from '../../../src/db/meta';
import { enqueue, markSent, waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { action, body, delta, EPOCH, folder, message, page } from '../support/rows';

const READ = { kind: 'flag' as const, targets: ['m1'], args: { add: 1 } };

async function filled(): Promise<Mirror> {
  const mirror = await newMirror();
  const rows = [message('m1', { received_at: 2 }), message('m2', { received_at: 1 })];
  await applyDelta(mirror, delta(0, 1, { messages: rows, folders: [folder('inbox', { role: 'inbox' })] }));
  await keepBodies(mirror, [body('m1'), body('m2')]);
  await keepBlob(mirror, 'm1', '2', new Blob(['scan'], { type: 'application/pdf' }));
  return mirror;
}

test('awaiting a seal inside a transaction fails in these tests, as it would in a browser', async () => {
  const { db, codec } = await newMirror();
  const wrong = db.transaction('rw', db.meta, async () => {
    await db.meta.put({ key: 'a', value: 1 });
    await codec.seal('meta', 'b', 2);
    await db.meta.put({ key: 'b', value: 2 });
  });
  await expect(wrong).rejects.toThrow();
});

test('a delta brings rows, folders, ledger lines and the cursor', async () => {
  const mirror = await newMirror();
  const rows = [message('old', { received_at: 1 }), message('new', { received_at: 2 })];
  await applyDelta(mirror, delta(0, 7, { messages: rows, folders: [folder('inbox')], actions: [action('a')] }));
  expect((await keysOf(mirror, 'inbox')).map((key) => key.id)).toEqual(['new', 'old']);
  expect(await rowsById(mirror, ['new', 'unknown'])).toEqual([rows[1]]);
  expect(await foldersOf(mirror)).toEqual([folder('inbox')]);
  expect(await actionsOf(mirror)).toEqual([action('a')]);
  expect(await readMeta(mirror.db, 'cursor')).toEqual({ epoch: EPOCH, seq: 7 });
});

test('of the ledger the newest lines are kept', async () => {
  const mirror = await newMirror();
  const lines = Array.from({ length: 2 * LEDGER_ROWS + 5 }, (_, at) => action(`a${at}`, { created_at: at }));
  await applyDelta(mirror, delta(0, 1, { actions: lines }));
  expect(await mirror.db.actions.count()).toBe(2 * LEDGER_ROWS);
  expect((await actionsOf(mirror))[0]?.id).toBe(lines.at(-1)?.id);
});

test('of the ledger what is under way and the mails that did not leave are kept, whatever their age', async () => {
  const mirror = await newMirror();
  const old = [
    action('open', { state: 'waiting', created_at: 0 }),
    action('unsent', { kind: 'send', state: 'held', created_at: 1 }),
    action('done', { created_at: 2 }),
  ];
  const lines = Array.from({ length: 2 * LEDGER_ROWS }, (_, at) => action(`a${at}`, { created_at: 10 + at }));
  await applyDelta(mirror, delta(0, 1, { actions: old }));
  await applyDelta(mirror, delta(1, 2, { actions: lines }));
  expect((await mirror.db.actions.bulkGet(old.map((row) => row.id))).map((row) => row?.id)).toEqual([
    'open',
    'unsent',
    undefined,
  ]);
});

test('what is lost goes with its text and its files', async () => {
  const mirror = await filled();
  await applyDelta(mirror, delta(1, 2, { lost: ['m1'] }));
  expect((await keysOf(mirror, 'inbox')).map((key) => key.id)).toEqual(['m2']);
  expect([await bodyOf(mirror, 'm1'), await blobOf(mirror, 'm1', '2')]).toEqual([null, null]);
  expect(await bodyOf(mirror, 'm2')).toEqual(body('m2'));
});

test('a lost folder takes its rows and windows with it, and no others', async () => {
  const mirror = await filled();
  await applyDelta(mirror, delta(1, 2, { messages: [message('m3', { folder: 'sent' })], folders: [folder('sent')] }));
  await storePage(mirror, 'inbox', 'all', page(2, [message('m4')]));
  await storePage(mirror, 'sent', 'all', page(2, [message('m5', { folder: 'sent' })]));
  await applyDelta(mirror, delta(2, 3, { lost_folders: ['inbox'] }));
  expect(await keysOf(mirror, 'inbox')).toEqual([]);
  expect((await keysOf(mirror, 'sent')).map((key) => key.id).sort()).toEqual(['m3', 'm5']);
  expect((await windowsOf(mirror)).map((window) => window.folder)).toEqual(['sent']);
  expect((await foldersOf(mirror)).map((row) => row.id)).toEqual(['sent']);
});

test('a wish leaves the outbox in the transaction that brings its result', async () => {
  const mirror = await newMirror();
  const [done, sending, waits] = await enqueue(mirror, [READ, READ, READ], 1);
  const actions = [action(done?.id ?? '', { state: 'done' }), action(sending?.id ?? '', { state: 'sending' })];
  await applyDelta(mirror, delta(0, 1, { actions }));
  expect((await waitingOf(mirror)).map((wish) => wish.id)).toEqual([sending?.id, waits?.id]);
});

test('a wish that is held waits for a person, not for the network', async () => {
  const mirror = await newMirror();
  const [held] = await enqueue(mirror, [READ], 1);
  await applyDelta(mirror, delta(0, 1, { actions: [action(held?.id ?? '', { state: 'held' })] }));
  expect(await waitingOf(mirror)).toEqual([]);
});

test('another version of a draft takes the text and files of the one before with it, new flags do not', async () => {
  const mirror = await filled();
  await applyDelta(mirror, delta(1, 2, { messages: [message('m1', { received_at: 2, flags: 9, seq: 2 })] }));
  expect(await bodyOf(mirror, 'm1')).not.toBeNull();
  await applyDelta(mirror, delta(2, 3, { messages: [message('m1', { received_at: 5, flags: 9, seq: 3 })] }));
  expect([await bodyOf(mirror, 'm1'), await blobOf(mirror, 'm1', '2')]).toEqual([null, null]);
  await keepBodies(mirror, [body('m1')]);
  await applyDelta(mirror, delta(3, 4, { messages: [message('m1', { received_at: 5, size: 99, seq: 4 })] }));
  expect(await bodyOf(mirror, 'm1')).toBeNull();
  expect(await bodyOf(mirror, 'm2')).not.toBeNull();
});

test('an older row that is not stored takes no text with it', async () => {
  const mirror = await filled();
  await applyDelta(mirror, delta(1, 2, { messages: [message('m1', { received_at: 2, seq: 9 })] }));
  await applyDelta(mirror, delta(2, 3, { messages: [message('m1', { received_at: 1, seq: 8 })] }));
  expect(await bodyOf(mirror, 'm1')).not.toBeNull();
});

test('a page that brings another version of a draft takes the text of the one before with it', async () => {
  const mirror = await filled();
  await storePage(mirror, 'inbox', 'all', page(1, [message('m1', { received_at: 7 })]));
  expect(await bodyOf(mirror, 'm1')).toBeNull();
});

test('starting over forgets the text of drafts: without their rows no newer version would be noticed', async () => {
  const mirror = await filled();
  await applyDelta(mirror, delta(1, 2, { messages: [message('m1', { received_at: 2, flags: 8, seq: 2 })] }));
  await startOver(mirror, delta(0, 9));
  expect([await bodyOf(mirror, 'm1'), await blobOf(mirror, 'm1', '2')]).toEqual([null, null]);
  expect(await bodyOf(mirror, 'm2')).not.toBeNull();
});

test('an older row never replaces a newer one', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { messages: [message('m1', { seq: 5, flags: 3 })] }));
  await applyDelta(mirror, delta(5, 6, { messages: [message('m1', { seq: 4, flags: 0 })] }));
  expect((await keysOf(mirror, 'inbox'))[0]?.flags).toBe(3);
  expect((await rowsById(mirror, ['m1']))[0]?.flags).toBe(3);
});

test('the cursor is the last thing written', async () => {
  const mirror = await filled();
  const [wish] = await enqueue(mirror, [READ], 1);
  const written: string[] = [];
  for (const table of mirror.db.tables) {
    const log = (key: unknown): void => void written.push(`${table.name}/${String(key)}`);
    table.hook('creating', log);
    table.hook('updating', (_, key: unknown) => log(key));
    table.hook('deleting', log);
  }
  const everything = delta(1, 2, {
    messages: [message('m3')],
    lost: ['m1'],
    folders: [folder('sent')],
    lost_folders: ['inbox'],
    actions: [action(wish?.id ?? '')],
  });
  await applyDelta(mirror, everything);
  expect(written.length).toBeGreaterThan(5);
  expect(written.indexOf('meta/cursor')).toBe(written.length - 1);
});

test.each(['messages', 'bodies', 'folders', 'actions', 'outbox', 'meta'])(
  'a browser killed while it writes %s has all of the old mirror and the old cursor',
  async (name) => {
    const mirror = await filled();
    const [wish] = await enqueue(mirror, [READ], 1);
    const before = await dump(mirror);
    const killed = (): never => {
      throw new Error('killed');
    };
    const table = mirror.db.table(name);
    for (const event of ['creating', 'updating', 'deleting'] as const) table.hook(event as 'creating', killed);
    const next = delta(1, 2, {
      messages: [message('m1', { seq: 2 }), message('m3')],
      lost: ['m2'],
      folders: [folder('sent')],
      actions: [action(wish?.id ?? '')],
    });
    await expect(applyDelta(mirror, next)).rejects.toThrow('killed');
    expect(await dump(mirror)).toEqual(before);
    expect(await readMeta(mirror.db, 'cursor')).toEqual({ epoch: EPOCH, seq: 1 });
  },
);

test('starting over keeps texts, files and wishes, and forgets the rest', async () => {
  const mirror = await filled();
  await enqueue(mirror, [READ], 1);
  await storePage(mirror, 'inbox', 'all', page(1, [message('m1', { received_at: 2 })]));
  await writeMeta(mirror.db, 'opened', ['sent']);
  await startOver(mirror, delta(0, 9));
  const { messages, folders, windows, actions, outbox, bodies, blobs } = await dump(mirror);
  expect({ messages, folders, windows, actions }).toEqual({ messages: [], folders: [], windows: [], actions: [] });
  expect([outbox?.length, bodies?.length, blobs?.length]).toEqual([1, 2, 1]);
  expect(await bodyOf(mirror, 'm1')).toEqual(body('m1'));
  expect(await readMeta(mirror.db, 'cursor')).toEqual({ epoch: EPOCH, seq: 9 });
  expect([await readMeta(mirror.db, 'owed'), await readMeta(mirror.db, 'opened')]).toEqual([null, ['sent']]);
});

test('a browser killed while it starts over has all of the old mirror', async () => {
  const mirror = await filled();
  const before = await dump(mirror);
  mirror.db.folders.hook('creating', () => {
    throw new Error('killed');
  });
  await expect(startOver(mirror, delta(0, 9, { folders: [folder('sent')] }))).rejects.toThrow('killed');
  expect(await dump(mirror)).toEqual(before);
});

test('after starting over what was sent is asked about again, what was refused stays refused', async () => {
  const mirror = await newMirror();
  const [sent, refused] = await enqueue(mirror, [READ, READ], 1);
  await markSent(mirror, [sent?.id ?? '']);
  await mirror.db.outbox.update(refused?.id ?? '', { state: 'refused' });
  await startOver(mirror, delta(0, 9));
  expect((await waitingOf(mirror)).map((wish) => wish.state)).toEqual(['waiting', 'refused']);
});

test('an answer to a repeat settles only what our cursor has passed', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5));
  const [past, future, sending] = await enqueue(mirror, [READ, READ, READ], 1);
  await applySettled(mirror, [
    action(past?.id ?? '', { seq: 5 }),
    action(future?.id ?? '', { seq: 6 }),
    action(sending?.id ?? '', { seq: 4, state: 'sending' }),
  ]);
  expect((await waitingOf(mirror)).map((wish) => wish.id)).toEqual([future?.id, sending?.id]);
});

test('before the first snapshot no answer settles anything', async () => {
  const mirror = await newMirror();
  const [wish] = await enqueue(mirror, [READ], 1);
  await applySettled(mirror, [action(wish?.id ?? '', { seq: 0 })]);
  expect(await waitingOf(mirror)).toHaveLength(1);
});
