import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIRST_MS, LONGEST_MS, waitFor } from '../../../src/net/backoff';

const random = fc.double({ min: 0, max: 1, noNaN: true });

test('the wait is never longer than half a minute nor shorter than a quarter of a second', () => {
  fc.assert(
    fc.property(fc.nat(10_000), random, (attempt, spread) => {
      const wait = waitFor(attempt, () => spread);
      expect(wait).toBeGreaterThanOrEqual(FIRST_MS / 2);
      expect(wait).toBeLessThanOrEqual(LONGEST_MS);
    }),
  );
});

test('the wait doubles with every attempt until it is longest, with the same luck', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => waitFor(attempt, () => 1));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('at least half of a wait is certain and the rest is spread', () => {
  fc.assert(
    fc.property(fc.nat(20), random, (attempt, spread) => {
      const [least, most] = [waitFor(attempt, () => 0), waitFor(attempt, () => 1)];
      expect(least * 2).toBe(most);
      expect(waitFor(attempt, () => spread)).toBeGreaterThanOrEqual(least);
      expect(waitFor(attempt, () => spread)).toBeLessThanOrEqual(most);
    }),
  );
});
