import { newMirror } from '../support/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { allHeldBodies, BOUND_BYTES, heldBlobs } from '../../../src/db/bodies';
import { storePage, windowsOf } from '../../../src/db/messages';
import type { Mirror } from '../../../src/db/vault';
import type { Attachment, MessageRow } from '../../../src/mail/rows';
import { Bell, type News } from '../../../src/sync/bell';
import { Fill } from '../../../src/sync/fill';
import { body, delta, folder, message, page } from '../support/rows';
import { failure, noNetwork, pathsOf, serve, type Answer, type Asked } from '../support/server';

const bells: Bell[] = [];
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));

type Desk = {
  mirror: Mirror;
  bell: Bell;
  fill: Fill;
  progress: [number, number][];
  over: AbortController;
  run: () => Promise<void>;
};

/** A desk whose Inbox is mirrored whole and lacks only texts and files. */
async function desk(messages: MessageRow[], windows = true): Promise<Desk> {
  const mirror = await newMirror();
  const inbox = folder('inbox', { role: 'inbox', total: messages.length });
  await applyDelta(mirror, delta(0, 5, { messages, folders: [inbox] }));
  for (const kind of ['all', 'unread', 'flagged'] as const) {
    if (windows) await storePage(mirror, 'inbox', kind, page(5, [], { complete: true }));
  }
  const bell = new Bell(mirror.account);
  bells.push(bell);
  const progress: [number, number][] = [];
  const fill = new Fill(mirror, bell, (held, wanted) => progress.push([held, wanted]));
  bell.on((news) => fill.hear(news));
  const over = new AbortController();
  return { mirror, bell, fill, progress, over, run: () => fill.run(over.signal) };
}
const rows = (n: number, change: Partial<MessageRow> = {}): MessageRow[] =>
  Array.from({ length: n }, (_, at) =>
    message(`m${String(at).padStart(3, '0')}`, { received_at: 9000 - at, ...change }),
  );
const idsOf = ({ body: asked }: Asked): string[] => (asked as { ids: string[] }).ids;
const allBodies: Answer = (asked) => ({ bodies: idsOf(asked).map((id) => body(id)), missing: [] });
const file = (part: string, size: number): Attachment => ({
  part,
  size,
  content_id: '',
  filename: `${part}.pdf`,
  inline: false,
  type: 'application/pdf',
});
const partOf = (): Response => new Response('bytes', { headers: { 'content-type': 'application/pdf' } });

test('texts are fetched twenty at a time, the newest first, and each is asked for once', async () => {
  const at = await desk(rows(45));
  const log = serve({ bodies: allBodies });
  await at.run();
  expect(log.map((asked) => idsOf(asked).length)).toEqual([20, 20, 5]);
  expect(log.flatMap(idsOf)).toEqual(rows(45).map((row) => row.id));
  expect((await allHeldBodies(at.mirror)).size).toBe(45);
  expect(at.progress).toEqual([
    [0, 45],
    [20, 45],
    [40, 45],
    [45, 45],
  ]);
  await at.run();
  expect(log).toHaveLength(3);
});

test('it goes on where it was cut off', async () => {
  const at = await desk(rows(30));
  let answers = 0;
  serve({ bodies: (asked) => ((answers += 1) === 1 ? allBodies(asked) : noNetwork()) });
  await expect(at.run()).rejects.toMatchObject({ code: 'network' });
  const log = serve({ bodies: allBodies });
  await at.run();
  expect(log.map((asked) => idsOf(asked).length)).toEqual([10]);
});

test('a message that is gone is not asked for again', async () => {
  const at = await desk(rows(3));
  const missing: Answer = (asked) => ({
    bodies: idsOf(asked).flatMap((id) => (id === 'm001' ? [] : [body(id)])),
    missing: [{ id: 'm001', code: 'gone' }],
  });
  const log = serve({ bodies: missing });
  await at.run();
  await at.run();
  expect(log).toHaveLength(1);
});

test('what cannot be had while the mail server is away is asked for again', async () => {
  const at = await desk(rows(2));
  const away: Answer = (asked) => ({ bodies: [], missing: idsOf(asked).map((id) => ({ id, code: 'try_again' })) });
  serve({ bodies: away });
  await at.run();
  serve({ bodies: allBodies });
  await at.run();
  expect((await allHeldBodies(at.mirror)).size).toBe(2);
});

test('it stops between two steps when it is told to', async () => {
  const at = await desk(rows(45));
  const log = serve({
    bodies: (asked) => {
      at.over.abort();
      return allBodies(asked);
    },
  });
  await at.run();
  expect(log).toHaveLength(1);
  expect((await allHeldBodies(at.mirror)).size).toBe(20);
});

test('only what is unread, flagged or within the window is kept', async () => {
  const messages = [
    message('near', { received_at: 9, flags: 1 }),
    message('far', { received_at: 1, flags: 1 }),
    message('far-unread', { received_at: 1, flags: 0 }),
    message('far-flagged', { received_at: 1, flags: 3 }),
  ];
  const at = await desk(messages, false);
  await storePage(at.mirror, 'inbox', 'all', page(5, [message('near', { received_at: 9, flags: 1 })]));
  const log = serve({ folders: () => failure(503, 'http_503'), bodies: allBodies });
  await expect(at.run()).rejects.toMatchObject({ status: 503 });
  for (const kind of ['unread', 'flagged'] as const) {
    await storePage(at.mirror, 'inbox', kind, page(5, [], { complete: true }));
  }
  await applyDelta(at.mirror, delta(5, 6, { folders: [folder('inbox', { role: 'inbox', total: 1 })] }));
  await at.run();
  expect(log.filter((asked) => asked.path === 'bodies').flatMap(idsOf)).toEqual(['near', 'far-unread', 'far-flagged']);
});

test('small files are kept, large ones only of unread messages in the Inbox, huge ones never', async () => {
  const MB = 1024 * 1024;
  const messages = [message('read', { flags: 1, has_attachments: true }), message('unread', { has_attachments: true })];
  const at = await desk(messages);
  const files = [file('1', 1000), file('2', 5 * MB), file('3', 11 * MB)];
  const opened = (asked: Asked) => idsOf(asked).map((id) => body(id, { attachments: files }));
  serve({ bodies: (asked) => ({ bodies: opened(asked), missing: [] }), messages: partOf });
  await at.run();
  expect([...(await heldBlobs(at.mirror))].sort()).toEqual(['read/1', 'unread/1', 'unread/2']);
});

test('pictures in a text are kept though the row shows no attachment', async () => {
  const at = await desk(rows(1));
  const opened = body('m000', { html: '<img data-cid="a">', attachments: [file('2', 10)] });
  serve({ bodies: () => ({ bodies: [opened], missing: [] }), messages: partOf });
  await at.run();
  expect([...(await heldBlobs(at.mirror))]).toEqual(['m000/2']);
});

test('a file that cannot be had is not tried again and holds up no other', async () => {
  const at = await desk(rows(2, { has_attachments: true }));
  const opened = (asked: Asked) => idsOf(asked).map((id) => body(id, { attachments: [file('2', 10)] }));
  const log = serve({
    bodies: (asked) => ({ bodies: opened(asked), missing: [] }),
    messages: ({ path }) => (path.includes('m000') ? failure(404, 'gone') : partOf()),
  });
  await at.run();
  await at.run();
  expect(pathsOf(log).filter((path) => path.startsWith('messages/m000'))).toHaveLength(1);
  expect([...(await heldBlobs(at.mirror))]).toEqual(['m001/2']);
});

test('without a network a file is tried again later', async () => {
  const at = await desk(rows(1, { has_attachments: true }));
  const opened = { bodies: [body('m000', { attachments: [file('2', 10)] })], missing: [] };
  serve({ bodies: () => opened, messages: noNetwork });
  await expect(at.run()).rejects.toMatchObject({ code: 'network' });
  serve({ messages: partOf });
  await at.run();
  expect([...(await heldBlobs(at.mirror))]).toEqual(['m000/2']);
});

test('rows are fetched before texts, one window after the other', async () => {
  const at = await desk([], false);
  const log = serve({ folders: () => page(5, rows(2), { complete: true }), bodies: allBodies });
  await at.run();
  expect(pathsOf(log).map((path) => path.replace(/.*kind=(\w+).*/, '$1'))).toEqual([
    'all',
    'unread',
    'flagged',
    'bodies',
  ]);
  expect(await windowsOf(at.mirror)).toHaveLength(3);
});

test('a page that did not come is asked for again the next time', async () => {
  const at = await desk([], false);
  serve({ folders: noNetwork });
  await expect(at.run()).rejects.toMatchObject({ code: 'network' });
  const log = serve({ folders: () => page(5, [], { complete: true }) });
  await at.run();
  expect(log).toHaveLength(3);
});

test('a window that stays short is not asked for over and over', async () => {
  const at = await desk([], false);
  const log = serve({ folders: () => page(5, []) });
  await at.run();
  await at.run();
  expect(log).toHaveLength(3);
});

const changed = (...messages: string[]): News => ({
  kind: 'mirror',
  messages,
  folders: false,
  actions: false,
  account: false,
});

test('when nothing changed nothing is read, however often it is asked', async () => {
  const at = await desk(rows(3));
  serve({ bodies: allBodies });
  await at.run();
  const read = ['get', 'bulkGet', 'where', 'toArray', 'orderBy', 'toCollection'] as const;
  const spies = at.mirror.db.tables.flatMap((table) => read.map((name) => vi.spyOn(table, name)));
  for (let beat = 0; beat < 3; beat += 1) await at.run();
  expect(spies.filter((spy) => spy.mock.calls.length > 0)).toEqual([]);
});

/** As if the text of this message were so large that nothing else has room. */
const fillUp = (at: Desk, id: string): Promise<unknown> => at.mirror.db.bodies.update(id, { bytes: BOUND_BYTES + 1 });

async function comes(at: Desk, message_: MessageRow): Promise<void> {
  await applyDelta(at.mirror, delta(5, 6, { messages: [message_] }));
  at.bell.ring(changed(message_.id));
  await at.run();
}
const held = async (at: Desk): Promise<string[]> => [...(await allHeldBodies(at.mirror))].sort();
const READ = 1;

test('where everything is wanted and there is no room, new mail is kept in place of the oldest that was read', async () => {
  const at = await desk([message('old', { flags: READ, received_at: 1 }), message('unread', { received_at: 0 })]);
  serve({ bodies: allBodies });
  await at.run();
  await fillUp(at, 'old');
  await comes(at, message('new', { received_at: 2, flags: READ, seq: 6 }));
  expect(await held(at)).toEqual(['new', 'unread']);
});

test.each([
  ['unread', message('much', { received_at: 1 })],
  ['flagged', message('much', { received_at: 1, flags: 3 })],
  ['newer', message('much', { received_at: 3, flags: READ })],
])('what is %s does not make room', async (_, much) => {
  const at = await desk([much]);
  serve({ bodies: allBodies });
  await at.run();
  await fillUp(at, 'much');
  const log = serve({ bodies: allBodies });
  await comes(at, message('new', { received_at: 2, flags: READ, seq: 6 }));
  expect([await held(at), log]).toEqual([['much'], []]);
});

test('a file makes room before any text', async () => {
  const at = await desk([message('old', { flags: READ, received_at: 1, has_attachments: true })]);
  serve({
    bodies: (asked) => ({
      bodies: idsOf(asked).map((id) => body(id, { attachments: id === 'old' ? [file('2', 9)] : [] })),
      missing: [],
    }),
    messages: partOf,
  });
  await at.run();
  await at.mirror.db.blobs.update('old/2', { bytes: BOUND_BYTES });
  await comes(at, message('new', { received_at: 2, seq: 6 }));
  expect(await held(at)).toEqual(['new', 'old']);
});
