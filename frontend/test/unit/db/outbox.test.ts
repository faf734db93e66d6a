import { newMirror, sameMirror } from '../support/browser';
import { expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import {
  again,
  enqueue,
  markRefused,
  markSent,
  markTried,
  markUntried,
  recall,
  waitingOf,
  withdraw,
} from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { storePage } from '../../../src/db/messages';
import { delta, message, page } from '../support/rows';

const read = (...targets: string[]) => ({ kind: 'flag' as const, targets, args: { add: 1 } });
const one = async (mirror: Mirror): Promise<string> => (await enqueue(mirror, [read('m1')], 1))[0]?.id ?? '';
const states = async (mirror: Mirror): Promise<string[]> => (await waitingOf(mirror)).map((wish) => wish.state);

test('wishes get rising numbers in the order they were made, over restarts too', async () => {
  const mirror = await newMirror();
  await enqueue(mirror, [read('a'), read('b')], 1);
  mirror.db.close();
  const later = await sameMirror(mirror);
  await enqueue(later, [read('c')], 2);
  const waiting = await waitingOf(later);
  expect(waiting.map((wish) => [wish.n, wish.targets[0]])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
});

test('ids are those that were given first, before and after a restart', async () => {
  const mirror = await newMirror();
  const made = await enqueue(mirror, [read('a'), read('b')], 1);
  mirror.db.close();
  expect((await waitingOf(await sameMirror(mirror))).map((wish) => wish.id)).toEqual(made.map((wish) => wish.id));
  expect(new Set(made.map((wish) => wish.id)).size).toBe(2);
});

test('numbers go on when everything before was settled', async () => {
  const mirror = await newMirror();
  const id = await one(mirror);
  await mirror.db.outbox.delete(id);
  await one(mirror);
  expect((await waitingOf(mirror))[0]?.n).toBe(2);
});

test('a wish that seals sooner does not overtake the one before it', async () => {
  const mirror = await newMirror();
  const { codec } = mirror;
  const seal = codec.seal.bind(codec);
  codec.seal = async (table, id, value) => {
    const rounds = (value as { targets: string[] }).targets[0] === 'slow' ? 30 : 0;
    for (let round = 0; round < rounds; round += 1) await seal('any', 'any', 'any');
    return seal(table, id, value);
  };
  await Promise.all([enqueue(mirror, [read('slow')], 1), enqueue(mirror, [read('quick')], 1)]);
  expect((await waitingOf(mirror)).map((wish) => wish.targets[0])).toEqual(['slow', 'quick']);
});

test('a wish that cannot be stored is told, and the next one is stored all the same', async () => {
  const mirror = await newMirror();
  const full = enqueue(mirror, [{ ...read('a'), args: { add: 1n as unknown as number } }], 1);
  await expect(full).rejects.toThrow();
  await one(mirror);
  expect(await states(mirror)).toEqual(['waiting']);
});

test('a wish remembers what this device had seen when it was made', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 12));
  await one(mirror);
  expect((await waitingOf(mirror))[0]?.base_seq).toBe(12);
});

test('a wish has seen its message too, where a page was ahead of the cursor', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 12));
  await storePage(mirror, 'inbox', 'all', page(20, [message('m1', { seq: 20 })]));
  await one(mirror);
  expect((await waitingOf(mirror))[0]?.base_seq).toBe(20);
});

test('what was seen of a message counts where that is less than what the mirror has', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 12));
  const [made] = await enqueue(mirror, [{ ...read('m1'), since: 7 }], 1);
  expect([made?.base_seq, (await waitingOf(mirror))[0]?.base_seq]).toEqual([7, 7]);
});

test('what is wanted back is not tried, also when it was chosen to leave a moment before', async () => {
  const mirror = await newMirror();
  const id = await one(mirror);
  await markTried(mirror, [id]);
  expect(await recall(mirror, id)).toBe(true);
  expect(await markTried(mirror, [id])).toEqual(new Map());
  expect(await recall(mirror, 'settled')).toBe(false);
});

test('what was never sent can be taken back', async () => {
  const mirror = await newMirror();
  expect(await withdraw(mirror, await one(mirror))).toBe(true);
  expect(await states(mirror)).toEqual([]);
});

test('what was sent, or may have been, cannot be taken back', async () => {
  const mirror = await newMirror();
  const [tried, sent] = [await one(mirror), await one(mirror)];
  await markTried(mirror, [tried, sent]);
  await markSent(mirror, [sent]);
  expect([await withdraw(mirror, tried), await withdraw(mirror, sent)]).toEqual([false, false]);
  expect(await states(mirror)).toEqual(['waiting', 'sent']);
});

test('what was taken back is not sent any more', async () => {
  const mirror = await newMirror();
  const [gone, there] = [await one(mirror), await one(mirror)];
  await withdraw(mirror, gone);
  expect(await markTried(mirror, [gone, there])).toEqual(new Map([[there, false]]));
  expect(await markTried(mirror, [gone, there])).toEqual(new Map([[there, true]]));
});

test('what cannot have left can still be taken back', async () => {
  const mirror = await newMirror();
  const id = await one(mirror);
  await markTried(mirror, [id]);
  await markUntried(mirror, [id]);
  expect(await withdraw(mirror, id)).toBe(true);
});

test('what the server took cannot be taken back, however it was sent', async () => {
  const mirror = await newMirror();
  const id = await one(mirror);
  await markSent(mirror, [id]);
  expect(await withdraw(mirror, id)).toBe(false);
  await mirror.db.outbox.update(id, { state: 'waiting' }); // asked about again after starting over
  expect(await withdraw(mirror, id)).toBe(false);
});

test('what was refused stays with its reason until it is tried again or discarded', async () => {
  const mirror = await newMirror();
  const id = await one(mirror);
  await markTried(mirror, [id]);
  const [wish] = await waitingOf(mirror);
  if (wish) await markRefused(mirror, wish, 'bad_input');
  expect((await waitingOf(mirror))[0]).toMatchObject({ state: 'refused', code: 'bad_input', targets: ['m1'], n: 1 });
  expect(await again(mirror, id)).toBe(true);
  expect(await states(mirror)).toEqual(['waiting']);
  expect(await withdraw(mirror, id)).toBe(true);
});

test('what is gone can neither be tried again nor taken back', async () => {
  const mirror = await newMirror();
  expect([await again(mirror, 'gone'), await withdraw(mirror, 'gone')]).toEqual([false, false]);
});
