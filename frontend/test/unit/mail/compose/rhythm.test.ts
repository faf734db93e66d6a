import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storeAt, wishAt } from '../../../../src/mail/compose/rhythm';

test('the first letter is stored at once, the next ones together', () => {
  expect(storeAt(1_000_000, 0)).toBe(1_000_000);
  expect(storeAt(1_000_100, 1_000_000)).toBe(1_000_700);
  expect(storeAt(1_002_000, 1_000_000)).toBe(1_002_000);
});

test('every letter is stored within a second', () => {
  const at = fc.integer({ min: 0, max: 1e13 });
  fc.assert(
    fc.property(at, fc.nat(10_000), (stored, later) => storeAt(stored + later, stored) - (stored + later) < 1000),
  );
});

test('a pause of eight seconds wishes the text into Drafts', () => {
  expect(wishAt(5000, 1000)).toBe(13_000);
});

test('whoever never pauses has the text in Drafts after a minute', () => {
  expect(wishAt(59_000, 1000)).toBe(61_000);
});
