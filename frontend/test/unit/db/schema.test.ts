import { newMirror, sameMirror } from '../support/browser';
import { Dexie } from 'dexie';
import { expect, test } from 'vitest';
import { keepDraft, saveDraft } from '../../../src/db/compositions';
import { firstLook } from '../../../src/db/firstlook';
import { sealMessages } from '../../../src/db/messages';
import { readMeta } from '../../../src/db/meta';
import { enqueue, waitingOf } from '../../../src/db/outbox';
import { wipe, type Mirror } from '../../../src/db/vault';
import { composition, folder, message } from '../support/rows';

const VERSIONS = [1, 2, 3, 4] as const;

/** As an older version left it: a folder with a mail, and a wish. */
async function ofVersion(version: (typeof VERSIONS)[number]): Promise<Mirror> {
  const { account, codec, db } = await newMirror();
  db.close();
  await Dexie.delete(db.name);
  const old = new Dexie(db.name);
  old.version(1).stores({
    messages: 'id, [folder+received_at]',
    bodies: 'id, received_at',
    blobs: 'key, message',
    folders: 'id',
    actions: 'id, created_at',
    windows: 'key',
    outbox: 'id, n, state',
    meta: 'key',
  });
  if (version === 2) old.version(2).stores({ bodies: 'id, received_at, bytes', blobs: 'key, message, bytes' });
  if (version >= 3) {
    old.version(3).stores({
      bodies: 'id, received_at, bytes',
      blobs: 'key, message, bytes',
      outbox: 'id, n, state, draft',
      compositions: 'id',
      uploads: 'id, draft',
      slices: '[upload+at]',
    });
  }
  if (version === 4) old.version(4).stores({ actions: 'id, created_at, open' });
  const inbox = folder('inbox', { role: 'inbox' });
  const wish = { v: 1, kind: 'flag', targets: ['m1'], args: { add: 1 }, base_seq: 0, created_at: 1, code: '' };
  await old.table('folders').put({ id: 'inbox', seq: 1, sealed: await codec.seal('folders', 'inbox', inbox) });
  await old.table('messages').put((await sealMessages({ account, codec, db }, [message('m1', { seq: 5 })]))[0]);
  await old.table('outbox').put({ id: 'w1', n: 1, state: 'waiting', sealed: await codec.seal('outbox', 'w1', wish) });
  await old.table('meta').bulkPut([
    { key: 'next_n', value: 2 },
    { key: 'cursor', value: { epoch: 'epoch-1', seq: 7 } },
  ]);
  old.close();
  return { account, codec, db };
}

test.each(VERSIONS)('a wish that version %i left is read by this one', async (version) => {
  const mirror = await sameMirror(await ofVersion(version));
  expect(await waitingOf(mirror)).toMatchObject([{ id: 'w1', kind: 'flag', targets: ['m1'] }]);
});

test.each(VERSIONS)('in a mirror of version %i drafts are written as in a new one', async (version) => {
  const mirror = await sameMirror(await ofVersion(version));
  const writing = { composition: composition('d1'), original: null, message: '', instead: '' };
  await keepDraft(mirror, writing, 1, 1);
  await saveDraft(mirror, writing, 1, 1);
  await saveDraft(mirror, writing, 2, 2);
  expect((await waitingOf(mirror)).map((wish) => [wish.n, wish.kind])).toEqual([
    [1, 'flag'],
    [3, 'draft'],
  ]);
});

test.each(VERSIONS)('the first picture is read from a mirror of version %i before and after', async (version) => {
  const old = await ofVersion(version);
  const before = await firstLook(null);
  const mirror = await sameMirror(old);
  const after = await firstLook(null);
  expect(before).toMatchObject({ folder: 'inbox', waiting: [{ id: 'w1' }] });
  expect(after).toEqual(before);
  await wipe(mirror);
});

test.each(VERSIONS)('a mirror of version %i takes a first look: older code read past contacts', async (version) => {
  const mirror = await sameMirror(await ofVersion(version));
  expect(await readMeta(mirror.db, 'cursor')).toBeNull();
  expect(await mirror.db.folders.count()).toBe(1);
});

test.each(VERSIONS)(
  'what is wished in a mirror of version %i before its first look is decided at what is shown',
  async (version) => {
    const mirror = await sameMirror(await ofVersion(version));
    await enqueue(mirror, [{ kind: 'move', targets: ['m1'], args: { folder: 'trash' } }], 1);
    expect((await waitingOf(mirror)).map((wish) => wish.base_seq)).toEqual([0, 5]);
  },
);
