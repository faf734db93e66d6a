import { expect, test } from 'vitest';
import { depthOf, inOrder, leafName } from '../../../src/mail/folders';
import { folder } from '../support/rows';

test('special folders come first in their order, then the own ones by name', () => {
  const rows = ['trash', 'inbox', 'junk', 'sent', 'all', 'drafts', 'archive'].map((role) => folder(role, { role }));
  const own = [folder('z', { path: 'Zahlungen' }), folder('ä', { path: 'Ärzte' }), folder('b', { path: 'Berichte' })];
  const order = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'all', 'ä', 'b', 'z'];
  expect(inOrder([...own, ...rows]).map((row) => row.id)).toEqual(order);
});

test('own folders with numbers are counted, not spelled', () => {
  const rows = [folder('10', { path: 'Jahr 10' }), folder('9', { path: 'Jahr 9' })];
  expect(inOrder(rows).map((row) => row.id)).toEqual(['9', '10']);
});

test('ordering leaves what it was given as it was', () => {
  const rows = [folder('b', { path: 'b' }), folder('a', { path: 'a' })];
  inOrder(rows);
  expect(rows.map((row) => row.id)).toEqual(['b', 'a']);
});

test('a folder is as deep as there are folders above it', () => {
  const paths = new Set(['Labor', 'Labor/2024', 'Labor/2024/Mai']);
  expect(depthOf(folder('a', { path: 'Labor' }), paths)).toBe(0);
  expect(depthOf(folder('b', { path: 'Labor/2024' }), paths)).toBe(1);
  expect(depthOf(folder('c', { path: 'Labor/2024/Mai' }), paths)).toBe(2);
});

test('a level that is no folder itself does not count', () => {
  expect(depthOf(folder('a', { path: 'Labor/2024/Mai' }), new Set(['Labor']))).toBe(1);
});

test('the prefix INBOX that all share does not count', () => {
  const row = folder('a', { path: 'INBOX.Labor', delimiter: '.' });
  expect(depthOf(row, new Set(['INBOX', 'INBOX.Labor']))).toBe(0);
});

test('special folders and those of a flat mailbox are never deep', () => {
  expect(depthOf(folder('a', { path: 'A/B', role: 'sent' }), new Set(['A']))).toBe(0);
  expect(depthOf(folder('a', { path: 'A/B', delimiter: '' }), new Set(['A']))).toBe(0);
});

test('the name is the last level of the path', () => {
  expect(leafName(folder('a', { path: 'INBOX.Labor.Mai', delimiter: '.' }))).toBe('Mai');
  expect(leafName(folder('a', { path: 'A/B', delimiter: '' }))).toBe('A/B');
});
