import { expect, test } from 'vitest';
import {
  asOf,
  clock,
  count,
  daysAgo,
  fileSize,
  initials,
  longDate,
  nameOf,
  shortDate,
  visible,
} from '../../../src/ui/format';
import { say, type Translate } from '../../../src/ui/i18n';
import { de } from '../../../src/ui/i18n/de';
import { deMore } from '../../../src/ui/i18n/de_more';

const plurals = new Intl.PluralRules('de');
const t: Translate = (key, params = {}) => say({ ...de, ...deMore }, plurals, key, params);
const LOCALE = 'de-CH';
// Local times, so that the tests hold in every time zone.
const at = (...parts: [number, number, number, number?, number?]): number => new Date(...parts).getTime();
const NOW = at(2026, 2, 18, 9, 5);
const short = (when: number): string => shortDate(when, NOW, LOCALE, t);
const long = (when: number): string => longDate(when, NOW, LOCALE, t);

test('days are counted by the calendar, not by hours', () => {
  expect(daysAgo(at(2026, 2, 17, 23, 59), NOW)).toBe(1);
  expect(daysAgo(at(2026, 2, 18, 0, 0), NOW)).toBe(0);
  expect(daysAgo(at(2026, 2, 19, 0, 0), NOW)).toBe(-1);
});

test('a clock change makes no day longer', () => {
  expect(daysAgo(at(2026, 2, 28, 12), at(2026, 2, 30, 12))).toBe(2);
  expect(daysAgo(at(2026, 9, 24, 12), at(2026, 9, 26, 12))).toBe(2);
});

test('a row says the time today, then yesterday, the weekday, the day, and at last the year', () => {
  expect(short(at(2026, 2, 18, 7, 38))).toBe('07:38');
  expect(short(at(2026, 2, 17, 7, 38))).toBe('gestern');
  expect(short(at(2026, 2, 12))).toMatch(/^Do/);
  expect(short(at(2026, 2, 11))).toMatch(/^11\.0?3\.?$/);
  expect(short(at(2025, 11, 31))).toMatch(/^31\.12\.2025$/);
});

test('a date in the future is written out, never as a weekday', () => {
  expect(short(at(2026, 2, 20))).toMatch(/^20\.0?3\.?$/);
});

test('a message says the day and the time', () => {
  expect(long(at(2026, 2, 18, 7, 38))).toBe('heute 07:38');
  expect(long(at(2026, 2, 17, 7, 38))).toBe('gestern 07:38');
  expect(long(at(2026, 2, 12, 7, 38))).toMatch(/^Do.* 12\.03\.2026, 07:38$/);
});

test('the status line says the time alone today', () => {
  expect(asOf(at(2026, 2, 18, 7, 38), NOW, LOCALE, t)).toBe('07:38');
  expect(asOf(at(2026, 2, 17, 7, 38), NOW, LOCALE, t)).toBe('gestern 07:38');
});

test('midnight is 00:00 and never 24:00', () => {
  expect(clock(at(2026, 2, 18, 0, 0), LOCALE)).toBe('00:00');
});

test('sizes are short and in decimal units', () => {
  const size = (bytes: number): string => fileSize(bytes, LOCALE, t);
  expect([0, 999, 1000, 999_499, 1_000_000, 9_950_000, 12_400_000].map(size)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '999 kB',
    '1 MB',
    '10 MB',
    '12 MB',
  ]);
  expect(size(1_500_000)).toBe('1.5 MB');
});

test('numbers are grouped as in Switzerland', () => {
  expect(count(12_345, LOCALE)).toMatch(/^12['’]345$/);
});

test('characters that turn or hide text are taken out', () => {
  expect(visible(' a\u202eb\u0000c\ufeff ')).toBe('abc');
  expect(nameOf({ name: '\u200f', email: 'a@example.org' })).toBe('a@example.org');
});

test.each([
  ['Vera Muster', 'VM'],
  ['Dr. med. Vera Muster', 'VM'],
  ['vera.muster@example.org', 'VM'],
  ['"Muster, Vera" (Labor)', 'MV'],
  ['Ärzte', 'Ä'],
  ['𝒱era', '𝒱'],
  ['--', '?'],
  ['', '?'],
])('the initials of %s are %s', (name, expected) => {
  expect(initials(name)).toBe(expected);
});
