import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folded, octets } from '../../../../src/mail/compose/octets';

const anyText = fc.string({ unit: 'grapheme', maxLength: 200 });

test('octets are those of UTF-8', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(octets(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
});

test('a line that fits is left alone', () => {
  expect(folded('kurz', 4)).toEqual(['kurz']);
  expect(folded('', 4)).toEqual(['']);
});

test('a long line breaks at spaces', () => {
  expect(folded('Guten Morgen zusammen', 12)).toEqual(['Guten', 'Morgen', 'zusammen']);
});

test('a word that is too long for a line breaks anywhere', () => {
  expect(folded('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
});

test('what is left behind an early space breaks again if it must', () => {
  expect(folded(`a ${'x'.repeat(8)}漢`, 10)).toEqual(['a', 'x'.repeat(8), '漢']);
});

test('no character is broken', () => {
  expect(folded('ääää', 5)).toEqual(['ää', 'ää']);
  expect(folded('👩👩👩', 9)).toEqual(['👩👩', '👩']);
});

test('every piece fits, and only spaces at the breaks are lost', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 4, max: 40 }), (text, limit) => {
      const pieces = folded(text, limit);
      for (const piece of pieces) expect(octets(piece)).toBeLessThanOrEqual(limit);
      expect(pieces.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
    }),
  );
});
