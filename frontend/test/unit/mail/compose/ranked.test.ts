import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascending, minimaOf } from '../../../../src/mail/compose/ranked';

test('any stretch of any row comes out sorted and whole', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.nat(40), fc.nat(40), (row, a, b) => {
      const from = Math.min(a, b, row.length);
      const to = Math.min(Math.max(a, b), row.length);
      const sorted = row.slice(from, to).sort((x, y) => x - y);
      expect([...ascending(minimaOf(row), from, to)]).toEqual(sorted);
    }),
  );
});
