import { expect, test } from 'vitest';
import { afterWords, opened, takenOver, written } from '../../../../src/mail/compose/hold';
import type { Present } from '../../../../src/mail/rows';

const says = (device: string, change: Partial<Present> = {}): Present => ({
  device,
  device_name: device,
  replying: [],
  drafts: ['d'],
  taken: [],
  ...change,
});
const takes = (device: string): Present => says(device, { taken: ['d'] });
const LATER = 60_000;
const mine = opened([], 'd', 0);

test('whoever opens a draft first holds it, whoever comes second looks', () => {
  expect(mine.held).toBe(true);
  expect(opened([says('other')], 'd', 0).held).toBe(false);
  expect(opened([says('other', { drafts: ['another'] })], 'd', 0).held).toBe(true);
});

test('somebody who has it open too takes nothing away', () => {
  expect(afterWords(mine, [says('other')], 'd', false, LATER).held).toBe(true);
});

test('whoever opened it before the connection was up looks as soon as it is known who holds it', () => {
  expect(afterWords(mine, [says('other')], 'd', false, 1000).held).toBe(false);
  expect(afterWords(mine, [says('other')], 'd', true, 1000).held).toBe(true);
});

test('it moves to whoever takes it over, and back', () => {
  const theirs = afterWords(mine, [takes('other')], 'd', true, LATER);
  expect(theirs.held).toBe(false);
  const back = takenOver(theirs, [takes('other')], 'd');
  expect([back.held, back.taken]).toEqual([true, true]);
  // Their word of before is still about: it takes nothing away.
  const still = afterWords(back, [takes('other')], 'd', false, LATER);
  expect(still.held).toBe(true);
  const without = afterWords(still, [], 'd', false, LATER);
  expect(afterWords(without, [takes('other')], 'd', true, LATER).held).toBe(false);
});

test('of three, only the last who took it holds it', () => {
  const first = takenOver(opened([says('a')], 'd', 0), [says('a')], 'd');
  const then = afterWords(first, [takes('c')], 'd', true, LATER);
  expect([then.held, then.taken]).toEqual([false, false]);
});

test('where nobody holds it any more, whoever writes holds it', () => {
  const looks = opened([says('other')], 'd', 0);
  expect(afterWords(looks, [], 'd', false, LATER).held).toBe(false);
  expect(written(looks).held).toBe(true);
  expect(written(mine)).toBe(mine);
});
