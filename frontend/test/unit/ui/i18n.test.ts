import { expect, test } from 'vitest';
import { pickLang, say, type Key } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deFormat } from '../../../src/ui/i18n/de_format';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Text } from '../../../src/ui/i18n/en';
import { enFormat } from '../../../src/ui/i18n/en_format';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enWriting } from '../../../src/ui/i18n/en_writing';
import { de, en } from '../support/words';

const CATALOGUES = { de, en };
const keys = Object.keys(en) as Key[];
const formsOf = (text: Text): string[] => (typeof text === 'string' ? [text] : [text.one, text.other]);
const holesOf = (text: Text): string[] =>
  [...new Set(formsOf(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1] ?? '')))].sort();

test('German and English have exactly the same keys', () => {
  expect(Object.keys(de).sort()).toEqual([...keys].sort());
});

test('both languages have the same words for the first picture, and none of them twice', () => {
  expect(Object.keys(deStart).sort()).toEqual(Object.keys(enStart).sort());
  for (const parts of [
    [enStart, enMore, enWriting, enFormat],
    [deStart, deMore, deWriting, deFormat],
  ]) {
    const once = Object.keys(Object.assign({}, ...parts) as object).length;
    expect(once).toBe(parts.flatMap((texts) => Object.keys(texts)).length);
  }
});

test.each(keys)('%s has the same placeholders and plural forms in both languages', (key) => {
  expect(holesOf(de[key])).toEqual(holesOf(en[key]));
  expect(typeof de[key]).toBe(typeof en[key]);
});

test.each(Object.entries(CATALOGUES))('no text in %s is empty, has stray spaces or an open bracket', (_, catalogue) => {
  for (const form of Object.values(catalogue).flatMap(formsOf)) {
    expect(form.trim()).toBe(form);
    expect(form).not.toBe('');
    expect(form.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
  }
});

test.each(Object.entries(CATALOGUES))(
  'a plural in %s leaves out no placeholder of the other form but {n}',
  (_, catalogue) => {
    for (const text of Object.values(catalogue)) {
      if (typeof text === 'string') continue;
      const named = (form: string): string[] => holesOf(form).filter((hole) => hole !== 'n');
      expect(named(text.one)).toEqual(named(text.other));
    }
  },
);

test('German is written as in Switzerland', () => {
  expect(Object.values(de).flatMap(formsOf).join('\n')).not.toContain('ß');
});

test('one is one, everything else is many, and placeholders are filled', () => {
  const texts = { ...en, 'toast.moved': { one: 'one to {folder}', other: '{n} to {folder}' } };
  const speak = (n: number): string => say(texts, new Intl.PluralRules('en'), 'toast.moved', { n, folder: 'Labor' });
  expect([0, 1, 2, 21].map(speak)).toEqual(['0 to Labor', 'one to Labor', '2 to Labor', '21 to Labor']);
});

test('a placeholder without a value stays visible, and a value is never read as one', () => {
  const texts = { ...en, 'app.name': '{a} {b}' };
  expect(say(texts, new Intl.PluralRules('en'), 'app.name', { a: '{b}' })).toBe('{b} {b}');
  expect(say(texts, new Intl.PluralRules('en'), 'app.name', { a: '$&' })).toBe('$& {b}');
});

test.each([
  ['?lang=en', 'de', ['de-CH'], 'en'],
  ['', 'en', ['de-CH'], 'en'],
  ['', '', ['fr-CH', 'en-GB', 'de'], 'en'],
  ['', '', ['fr-CH'], 'de'],
  ['?lang=xx', '', [], 'de'],
])('asked %j, set to %j, a browser of %j: it speaks %s', (search, setting, browser, expected) => {
  expect(pickLang(search, setting, browser)).toBe(expected);
});
