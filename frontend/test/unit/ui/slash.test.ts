import { expect, test } from 'vitest';
import { fittingBlocks, inserted, slashAt } from '../../../src/ui/composer/slash';

test.each([
  ['/', 1, { from: 0, typed: '' }],
  ['Guten Tag\n/öff', 14, { from: 10, typed: 'öff' }],
  ['/freundliche gr', 15, { from: 0, typed: 'freundliche gr' }],
  ['/a\nb', 2, { from: 0, typed: 'a' }],
])('%j with the cursor at %i asks for a block', (text, cursor, expected) => {
  expect(slashAt(text, cursor)).toEqual(expected);
});

test.each([
  ['und/oder', 4],
  [' /a', 3],
  ['/etc/hosts', 10],
  ['/a\nb', 4],
  ['/a', 0],
  [`/${'a'.repeat(31)}`, 32],
  ['', 0],
])('%j with the cursor at %i does not', (text, cursor) => {
  expect(slashAt(text, cursor)).toBeNull();
});

test('blocks are found by their title first, then by their words', () => {
  const block = (id: string, title: string, text: string) => ({ id, title, text, seq: 1 });
  const all = [
    block('1', 'Anfahrt', 'Gruss und Kuss'),
    block('2', 'Grüsse', 'Freundlich'),
    block('3', 'Preise', 'CHF'),
  ];
  expect(fittingBlocks(all, 'kuss').map(({ id }) => id)).toEqual(['1']);
  expect(fittingBlocks(all, 'grüsse').map(({ id }) => id)).toEqual(['2']);
  expect(fittingBlocks(all, 'gru').map(({ id }) => id)).toEqual(['2', '1']);
  expect(fittingBlocks(all, '').map(({ id }) => id)).toEqual(['1', '2', '3']);
});

test('words take the place of what asked for them, and the cursor stands behind them', () => {
  expect(inserted('Hallo\n/gr\nEnde', 6, 9, 'Gruss\nVera')).toEqual({ text: 'Hallo\nGruss\nVera\nEnde', cursor: 16 });
});
