import { expect, test } from 'vitest';
import { blocksOf } from '../../../src/ui/reader/linkify';

const kinds = (text: string): string[] => blocksOf(text).map((block) => block.kind);

test('values that a laboratory aligned with blanks keep their columns', () => {
  const text =
    'Guten Tag\n\nHb        132   g/l\nLc        9.8 * G/l\n----------------\nCRP       3     mg/l\n\nFreundliche Grüsse';
  expect(kinds(text)).toEqual(['text', 'table', 'text']);
  expect(blocksOf(text)[1]?.text).toBe(
    'Hb        132   g/l\nLc        9.8 * G/l\n----------------\nCRP       3     mg/l',
  );
});

test('tabs are columns too, a single gap in a sentence is none', () => {
  expect(kinds('a\t1\nb\t2')).toEqual(['table']);
  expect(kinds('Ein Satz.   Und noch einer.')).toEqual(['text']);
  expect(kinds('Ein Satz.  Zwei Leerschläge.\nNoch einer.  Ebenso.')).toEqual(['text']);
});

test('quotes and signatures stay what they are, whatever is in them', () => {
  expect(kinds('> a    1\n> b    2\n-- \nTel    1\nFax    2')).toEqual(['quote', 'signature']);
});
