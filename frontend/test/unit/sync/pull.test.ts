import { newMirror } from '../support/browser';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { bodyOf, keepBodies } from '../../../src/db/bodies';
import { keysOf, rowsById, storePage } from '../../../src/db/messages';
import { readMeta } from '../../../src/db/meta';
import { enqueue, waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { Bell, type News } from '../../../src/sync/bell';
import { Pull } from '../../../src/sync/pull';
import { action, body, delta, EPOCH, folder, message, page } from '../support/rows';
import { noNetwork, pathsOf, serve } from '../support/server';

type Desk = { mirror: Mirror; pull: Pull; heard: News[] };
const bells: Bell[] = [];
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));

async function desk(seq?: number): Promise<Desk> {
  const mirror = await newMirror();
  if (seq !== undefined) await applyDelta(mirror, delta(0, seq));
  const bell = new Bell(mirror.account);
  bells.push(bell);
  const heard: News[] = [];
  bell.on((news) => heard.push(news));
  return { mirror, heard, pull: new Pull(mirror, bell) };
}
const cursorOf = async ({ mirror }: Desk): Promise<number | undefined> => (await readMeta(mirror.db, 'cursor'))?.seq;
const owedOf = ({ mirror }: Desk) => readMeta(mirror.db, 'owed');
const sinceOf = (asked: unknown): number => (asked as { since: number }).since;

test('without a cursor it begins with the snapshot and says that everything is new', async () => {
  const at = await desk();
  const log = serve({ snapshot: () => delta(0, 9, { folders: [folder('inbox')] }) });
  expect(await at.pull.catchUp()).toEqual({ epoch: EPOCH, seq: 9 });
  expect(pathsOf(log)).toEqual(['snapshot']);
  expect([await cursorOf(at), at.heard]).toEqual([9, [{ kind: 'everything' }]]);
});

test('a frame that begins at our seq is applied without asking', async () => {
  const at = await desk(5);
  const log = serve({});
  await at.pull.take(delta(5, 6, { messages: [message('m1')] }));
  expect([pathsOf(log), await cursorOf(at)]).toEqual([[], 6]);
  const news = { kind: 'mirror', messages: ['m1'], folders: false, actions: false, account: false };
  expect(at.heard).toEqual([news]);
});

test('a frame that begins elsewhere leads to catching up', async () => {
  const at = await desk(5);
  const log = serve({ changes: () => delta(5, 8, { messages: [message('m1')] }) });
  await at.pull.take(delta(7, 8, { messages: [message('other')] }));
  expect(log).toMatchObject([{ path: 'changes', body: { epoch: EPOCH, since: 5 } }]);
  expect((await keysOf(at.mirror, 'inbox')).map((key) => key.id)).toEqual(['m1']);
  expect(await cursorOf(at)).toBe(8);
});

test('a frame is never applied to a mirror that somebody else moved meanwhile', async () => {
  const at = await desk(5);
  const log = serve({ changes: () => delta(4, 7, { messages: [message('m1')] }) });
  await at.pull.take(delta(5, 6));
  await applyDelta(at.mirror, delta(0, 4)); // put back behind our back, as an evicted storage is
  await at.pull.take(delta(6, 7, { messages: [message('other')] }));
  expect(log).toMatchObject([{ path: 'changes', body: { since: 4 } }]);
  expect((await keysOf(at.mirror, 'inbox')).map((key) => key.id)).toEqual(['m1']);
});

test('a frame that tells what we have is passed over', async () => {
  const at = await desk(5);
  const log = serve({});
  await at.pull.take(delta(3, 5, { lost: ['m1'] }));
  expect([pathsOf(log), at.heard, await cursorOf(at)]).toEqual([[], [], 5]);
});

test('a frame of another epoch is never applied, whatever its numbers', async () => {
  const at = await desk(5);
  const log = serve({ changes: () => ({ reset: true }), snapshot: () => delta(0, 2, { epoch: 'epoch-2' }) });
  await at.pull.take(delta(5, 6, { epoch: 'epoch-2', messages: [message('m1')] }));
  expect(pathsOf(log)).toEqual(['changes', 'snapshot']);
  expect(await readMeta(at.mirror.db, 'cursor')).toEqual({ epoch: 'epoch-2', seq: 2 });
  expect(await keysOf(at.mirror, 'inbox')).toEqual([]);
});

test('after a reset the mirror starts over, with its wishes and texts', async () => {
  const at = await desk(5);
  await applyDelta(at.mirror, delta(5, 6, { messages: [message('old')], folders: [folder('gone')] }));
  await keepBodies(at.mirror, [body('old')]);
  await enqueue(at.mirror, [{ kind: 'trash', targets: ['old'], args: {} }], 1);
  serve({ changes: () => ({ reset: true }), snapshot: () => delta(0, 3, { epoch: 'epoch-2' }) });
  await at.pull.catchUp();
  expect(await keysOf(at.mirror, 'inbox')).toEqual([]);
  expect([await bodyOf(at.mirror, 'old'), (await waitingOf(at.mirror)).length]).toEqual([body('old'), 1]);
});

test('a reset whose snapshot does not come leaves the old mirror as it was', async () => {
  const at = await desk(5);
  await applyDelta(at.mirror, delta(5, 6, { messages: [message('m1')] }));
  serve({ changes: () => ({ reset: true }), snapshot: noNetwork });
  await expect(at.pull.catchUp()).rejects.toMatchObject({ code: 'network' });
  expect([await cursorOf(at), (await keysOf(at.mirror, 'inbox')).length]).toEqual([6, 1]);
});

test('it goes on until there is no more, each step from where the last one ended', async () => {
  const at = await desk(1);
  const log = serve({
    changes: ({ body: asked }) => delta(sinceOf(asked), sinceOf(asked) + 2, { more: sinceOf(asked) < 5 }),
  });
  expect((await at.pull.catchUp()).seq).toBe(7);
  expect(log.map((one) => sinceOf(one.body))).toEqual([1, 3, 5]);
});

test('a step that does not come leaves the cursor where the last one ended', async () => {
  const at = await desk(1);
  serve({ changes: ({ body: asked }) => (sinceOf(asked) === 1 ? delta(1, 3, { more: true }) : noNetwork()) });
  await expect(at.pull.catchUp()).rejects.toMatchObject({ code: 'network' });
  expect(await cursorOf(at)).toBe(3);
});

test('what is owed is asked for from where its page was read, and then paid', async () => {
  const at = await desk(5);
  await storePage(at.mirror, 'inbox', 'all', page(5, [message('m1', { seq: 2 })]));
  const log = serve({
    snapshot: () => undefined,
    changes: () => delta(5, 9, { messages: [message('m1', { seq: 7, flags: 1 })] }),
  });
  await applyDelta(at.mirror, delta(5, 8)); // a frame without our new window
  expect((await at.pull.catchUp()).seq).toBe(9);
  expect(log).toMatchObject([{ body: { since: 5, windows: [{ folder: 'inbox', kind: 'all' }] } }]);
  expect((await rowsById(at.mirror, ['m1']))[0]?.flags).toBe(1);
  expect(await owedOf(at)).toBeNull();
});

test('paying what is owed in several steps never moves the cursor back', async () => {
  const at = await desk(5);
  await storePage(at.mirror, 'inbox', 'all', page(5, [message('m1')]));
  await applyDelta(at.mirror, delta(5, 9));
  const seen: (number | undefined)[] = [];
  serve({
    changes: async ({ body: asked }) => {
      seen.push(await cursorOf(at));
      return delta(sinceOf(asked), sinceOf(asked) + 2, { more: sinceOf(asked) < 7 });
    },
  });
  expect((await at.pull.catchUp()).seq).toBe(9);
  expect(seen).toEqual([9, 9]);
  expect(await cursorOf(at)).toBe(9);
});

test.each([
  ['first', false],
  ['second', true],
])('the %s page that comes while catching up stays owed', async (_, owedBefore) => {
  const at = await desk(5);
  if (owedBefore) await storePage(at.mirror, 'inbox', 'all', page(5, [message('m1')]));
  serve({
    changes: async () => {
      await storePage(at.mirror, 'sent', 'all', page(6, [message('m2', { folder: 'sent' })]));
      return delta(5, 7); // cut to the windows that were named: nothing of "sent"
    },
  });
  await at.pull.catchUp();
  expect(await owedOf(at)).not.toBeNull();
  const log = serve({ changes: () => delta(6, 7) });
  await at.pull.catchUp();
  expect(sinceOf(log[0]?.body)).toBeLessThanOrEqual(6);
  expect(await owedOf(at)).toBeNull();
});

test('frames that come at once are applied one after the other', async () => {
  const at = await desk(1);
  const log = serve({});
  await Promise.all([2, 3, 4, 5].map((seq) => at.pull.take(delta(seq - 1, seq, { messages: [message(`m${seq}`)] }))));
  expect([pathsOf(log), await cursorOf(at)]).toEqual([[], 5]);
  expect(at.heard.flatMap((news) => (news.kind === 'mirror' ? news.messages : []))).toEqual(['m2', 'm3', 'm4', 'm5']);
});

test('a step that failed does not hold up the next one', async () => {
  const at = await desk(1);
  serve({ changes: noNetwork });
  const failing = at.pull.catchUp();
  const next = at.pull.take(delta(1, 2));
  await expect(failing).rejects.toMatchObject({ code: 'network' });
  expect((await next).seq).toBe(2);
});

test('the news name what changed, so that others read only that', async () => {
  const at = await desk(1);
  serve({});
  await at.pull.take(delta(1, 2, { lost: ['m1'], folders: [folder('f')], actions: [action('a')] }));
  expect(at.heard).toEqual([{ kind: 'mirror', messages: ['m1'], folders: true, actions: true, account: false }]);
});
