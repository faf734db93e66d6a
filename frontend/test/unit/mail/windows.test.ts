import { expect, test } from 'vitest';
import { FLAGGED, SEEN } from '../../../src/mail/flags';
import { extended, inWindow, isNewer, windowKey } from '../../../src/mail/windows';
import { message, page } from '../support/rows';

test('a window holds the rows of its folder down to its end', () => {
  const window = { folder: 'inbox', kind: 'all' as const, down_to: { received_at: 500, id: 'm' } };
  expect(inWindow(message('a', { received_at: 600 }), window)).toBe(true);
  expect(inWindow(message('m', { received_at: 500 }), window)).toBe(true);
  expect(inWindow(message('a', { received_at: 500 }), window)).toBe(false);
  expect(inWindow(message('a', { received_at: 600, folder: 'sent' }), window)).toBe(false);
});

test('the unread and flagged windows hold only those', () => {
  const unread = { folder: 'inbox', kind: 'unread' as const, down_to: null };
  const flagged = { folder: 'inbox', kind: 'flagged' as const, down_to: null };
  expect(inWindow(message('a', { flags: FLAGGED }), unread)).toBe(true);
  expect(inWindow(message('a', { flags: FLAGGED | SEEN }), unread)).toBe(false);
  expect(inWindow(message('a', { flags: FLAGGED | SEEN }), flagged)).toBe(true);
  expect(inWindow(message('a'), flagged)).toBe(false);
});

test('a page lets the window reach down to its end, the last page to the bottom', () => {
  const rows = [message('a', { received_at: 9 }), message('b', { received_at: 8 })];
  expect(extended('inbox', 'all', page(1, rows))).toEqual({
    folder: 'inbox',
    kind: 'all',
    down_to: { received_at: 8, id: 'b' },
  });
  expect(extended('inbox', 'all', page(1, rows, { complete: true }))?.down_to).toBeNull();
});

test('an empty page that is not the last says nothing about the window', () => {
  expect(extended('inbox', 'all', page(1, []))).toBeNull();
});

test('a row is newer than nothing, than an older one, and replaces one of the same seq', () => {
  expect(isNewer(message('a', { seq: 3 }), undefined)).toBe(true);
  expect(isNewer(message('a', { seq: 3 }), { seq: 2 })).toBe(true);
  expect(isNewer(message('a', { seq: 3 }), { seq: 3 })).toBe(true);
  expect(isNewer(message('a', { seq: 3 }), { seq: 4 })).toBe(false);
});

test('windows of one folder have keys of their own', () => {
  expect(windowKey({ folder: 'f', kind: 'all' })).not.toBe(windowKey({ folder: 'f', kind: 'unread' }));
});
