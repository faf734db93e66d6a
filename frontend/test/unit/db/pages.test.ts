import { newMirror } from '../support/browser';
import { expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { heldIn, keysOf, rowsById, storePage, windowsOf } from '../../../src/db/messages';
import { readMeta } from '../../../src/db/meta';
import type { Mirror } from '../../../src/db/vault';
import { delta, message, page } from '../support/rows';

async function at(seq: number): Promise<Mirror> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, seq));
  return mirror;
}
const owedOf = (mirror: Mirror) => readMeta(mirror.db, 'owed');

test('a page is added below, and the window reaches to its end', async () => {
  const mirror = await at(5);
  const rows = [message('a', { received_at: 9 }), message('b', { received_at: 8 })];
  expect(await storePage(mirror, 'inbox', 'all', page(5, rows))).toBe(true);
  expect((await keysOf(mirror, 'inbox')).map((key) => key.id)).toEqual(['a', 'b']);
  expect(await windowsOf(mirror)).toEqual([{ folder: 'inbox', kind: 'all', down_to: { received_at: 8, id: 'b' } }]);
});

test('the last page opens the window to the bottom', async () => {
  const mirror = await at(5);
  await storePage(mirror, 'inbox', 'all', page(5, [], { complete: true }));
  expect(await windowsOf(mirror)).toEqual([{ folder: 'inbox', kind: 'all', down_to: null }]);
});

test('a page never replaces a row that is newer', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { messages: [message('a', { seq: 5, flags: 1 })] }));
  const rows = [message('a', { seq: 3, flags: 0 }), message('b', { seq: 3 })];
  expect(await storePage(mirror, 'inbox', 'all', page(5, rows))).toBe(true);
  expect((await rowsById(mirror, ['a', 'b'])).map((row) => [row.id, row.flags])).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
});

test('a page older than the cursor is refused and leaves nothing behind', async () => {
  const mirror = await at(5);
  expect(await storePage(mirror, 'inbox', 'all', page(4, [message('a')]))).toBe(false);
  expect([await keysOf(mirror, 'inbox'), await windowsOf(mirror), await owedOf(mirror)]).toEqual([[], [], null]);
});

test('a page of another epoch, or before there is a cursor, is refused', async () => {
  expect(await storePage(await at(5), 'inbox', 'all', page(9, [message('a')], { epoch: 'other' }))).toBe(false);
  expect(await storePage(await newMirror(), 'inbox', 'all', page(9, [message('a')]))).toBe(false);
});

test('a stored page is owed from the moment it was read at, the oldest one of several', async () => {
  const mirror = await at(5);
  await storePage(mirror, 'inbox', 'all', page(7, [message('a')]));
  expect((await owedOf(mirror))?.since).toBe(7);
  await storePage(mirror, 'inbox', 'unread', page(6, [message('b')]));
  expect((await owedOf(mirror))?.since).toBe(6);
  await storePage(mirror, 'inbox', 'flagged', page(9, [message('c')]));
  expect(await owedOf(mirror)).toEqual({ since: 6, pages: 3 });
});

test('what is held counts by the kind of the window', async () => {
  const mirror = await newMirror();
  const rows = [message('a'), message('b', { flags: 1 }), message('c', { flags: 3 })];
  await applyDelta(mirror, delta(0, 1, { messages: rows }));
  const held = (['all', 'unread', 'flagged'] as const).map((kind) => heldIn(mirror, 'inbox', kind));
  expect(await Promise.all(held)).toEqual([3, 1, 1]);
});

test('the newest keys can be had alone', async () => {
  const mirror = await newMirror();
  const rows = Array.from({ length: 10 }, (_, at) => message(`m${at}`, { received_at: at }));
  await applyDelta(mirror, delta(0, 1, { messages: rows }));
  expect((await keysOf(mirror, 'inbox', 3)).map((key) => key.id)).toEqual(['m9', 'm8', 'm7']);
});
