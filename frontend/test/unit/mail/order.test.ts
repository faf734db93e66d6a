import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newestFirst, reaches } from '../../../src/mail/order';

const placed = fc.record({ received_at: fc.integer({ min: 0, max: 5 }), id: fc.constantFrom('a', 'b', 'c', 'd') });

test('newer comes first, and at the same moment the greater id', () => {
  const rows = [
    { received_at: 1, id: 'z' },
    { received_at: 2, id: 'a' },
    { received_at: 2, id: 'b' },
  ];
  expect(rows.sort(newestFirst).map((row) => row.id)).toEqual(['b', 'a', 'z']);
});

test('the order is total: antisymmetric, transitive, and equal only to itself', () => {
  fc.assert(
    fc.property(placed, placed, placed, (a, b, c) => {
      expect(Math.sign(newestFirst(a, b)) + Math.sign(newestFirst(b, a))).toBe(0);
      if (newestFirst(a, b) <= 0 && newestFirst(b, c) <= 0) expect(newestFirst(a, c)).toBeLessThanOrEqual(0);
      expect(newestFirst(a, b) === 0).toBe(a.received_at === b.received_at && a.id === b.id);
    }),
  );
});

test('without a bound everything is reached; with one, itself and what is above', () => {
  const bound = { received_at: 5, id: 'm' };
  expect(reaches({ received_at: 0, id: 'a' }, null)).toBe(true);
  expect(reaches(bound, bound)).toBe(true);
  expect(reaches({ received_at: 5, id: 'n' }, bound)).toBe(true);
  expect(reaches({ received_at: 5, id: 'l' }, bound)).toBe(false);
  expect(reaches({ received_at: 4, id: 'z' }, bound)).toBe(false);
});
