import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorAt, keepStill, mounted, reveal, visibleRange } from '../../../src/ui/list/window';

const ROW = 76;
const view = fc.record({ top: fc.nat(100_000), height: fc.integer({ min: 1, max: 2000 }) });
const ids = (n: number, from = 0): string[] => Array.from({ length: n }, (_, at) => `m${from + at}`);

test('the rows that touch the view are mounted, with some more on each side', () => {
  expect(visibleRange({ top: 760, height: 152 }, ROW, 100, 0)).toEqual({ first: 10, last: 12 });
  expect(visibleRange({ top: 760, height: 152 }, ROW, 100, 3)).toEqual({ first: 7, last: 15 });
});

test('an empty list mounts nothing', () => {
  expect(mounted(visibleRange({ top: 0, height: 500 }, ROW, 0, 5), -1)).toEqual([]);
  expect(mounted(visibleRange({ top: 0, height: 500 }, 0, 10, 5), -1)).toEqual([]);
});

test('every row in the view is mounted, none that is not there, and no more than the view needs', () => {
  fc.assert(
    fc.property(view, fc.integer({ min: 1, max: 500 }), fc.nat(10), (at, total, extra) => {
      const { first, last } = visibleRange(at, ROW, total, extra);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(last).toBeLessThan(total);
      for (let row = 0; row < total; row += 1) {
        const inView = row * ROW < at.top + at.height && (row + 1) * ROW > at.top;
        if (inView) expect(row >= first && row <= last).toBe(true);
      }
      expect(last - first + 1).toBeLessThanOrEqual(at.height / ROW + 3 + 2 * extra);
    }),
  );
});

test('the focused row stays mounted wherever the list is scrolled to, once and in order', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(20), fc.integer({ min: -1, max: 100 }), (first, more, focused) => {
      const indexes = mounted({ first, last: first + more }, focused);
      expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
      if (focused >= 0) expect(indexes).toContain(focused);
    }),
  );
});

test('rows that come in above leave what is read where it is', () => {
  const anchor = anchorAt(ids(20), 400, ROW);
  expect(anchor).toEqual({ id: 'm5', offset: -20 });
  expect(keepStill(anchor, [...ids(3, 100), ...ids(20)], ROW)).toBe(400 + 3 * ROW);
});

test('an anchor keeps its place however the rows before it change', () => {
  fc.assert(
    fc.property(fc.nat(20 * ROW - 1), fc.nat(30), fc.nat(5), (top, added, removed) => {
      const before = ids(20);
      const anchor = anchorAt(before, top, ROW);
      const after = [...ids(added, 100), ...before.slice(removed)];
      const at = keepStill(anchor, after, ROW);
      if (!anchor || !after.includes(anchor.id)) expect(at).toBeNull();
      else expect(at).toBe(Math.max(0, after.indexOf(anchor.id) * ROW - anchor.offset));
    }),
  );
});

test('without a row in view there is nothing to hold still', () => {
  expect(anchorAt([], 0, ROW)).toBeNull();
  expect(keepStill(null, ids(3), ROW)).toBeNull();
  expect(keepStill({ id: 'gone', offset: 0 }, ids(3), ROW)).toBeNull();
});

test('showing a row scrolls no further than needed', () => {
  const at = { top: 760, height: 380 };
  expect(reveal(at, 11, ROW)).toBe(760);
  expect(reveal(at, 9, ROW)).toBe(9 * ROW);
  expect(reveal(at, 15, ROW)).toBe(16 * ROW - 380);
});
