import { expect, test } from 'vitest';
import type { Composing } from '../../../src/state/compose';
import { beginsWithTo, cursorIn, headingOf, isAnother } from '../../../src/ui/composer/opening';
import { isBlank, savedWords } from '../../../src/ui/composer/saved';
import { freeOf } from '../../../src/ui/composer/viewport';
import { composing } from '../support/writing';
import { translator } from '../support/words';

const en = translator('en');
const saved = (change: Partial<Composing>): string => savedWords(composing(change), 'en-CH', en);
const written = { composition: composing({}, { subject: 'Hello' }).composition };

test('a version that became a second draft is the same mail under the hand', () => {
  const before = composing({}, { draft: 'd1', text: 'Hello', subject: 'A' });
  expect(isAnother(before, composing({}, { draft: 'd2', text: 'Hello', subject: 'A' }))).toBe(false);
  expect(isAnother(before, composing({}, { draft: 'd1', text: 'Hello you', subject: 'A' }))).toBe(false);
});

test('another draft with another text is another mail', () => {
  const before = composing({}, { draft: 'd1', text: 'Hello' });
  expect(isAnother(before, composing({}, { draft: 'd2', text: '' }))).toBe(true);
  expect(isAnother(null, before)).toBe(true);
});

test('writing begins with the recipient where there is none yet, else with the text', () => {
  expect(beginsWithTo(composing({}, { kind: 'new' }))).toBe(true);
  expect(beginsWithTo(composing({}, { kind: 'forward' }))).toBe(true);
  expect(beginsWithTo(composing({}, { kind: 'reply', to: [] }))).toBe(false);
  expect(beginsWithTo(composing({}, { kind: 'new', to: [{ name: '', email: 'a@b.ch' }] }))).toBe(false);
});

test('below a quote the first letter goes behind it and before the signature', () => {
  const text = 'Anna wrote:\n> Hello\n\n\n\n-- \nPraxis\n';
  const reply = composing({}, { kind: 'reply', text }).composition;
  expect(text.slice(0, cursorIn(reply, 'bottom'))).toBe('Anna wrote:\n> Hello\n\n');
  expect(cursorIn(reply, 'top')).toBe(0);
  expect(cursorIn({ ...reply, text: '> Hello\n\n' }, 'bottom')).toBe(9);
  expect(cursorIn({ ...reply, base: 7 }, 'bottom')).toBe(0);
});

test('an answer is headed by what it answers', () => {
  const original = { id: 'm1', subject: 'Befund', sender: 'Labor', at: 0 };
  expect(headingOf(composing({ original }, { kind: 'reply' }))).toBe('Befund');
  expect(headingOf(composing({ original }, { kind: 'forward' }))).toBe('');
  expect(headingOf(composing({}))).toBe('');
});

test('the saved line says where the text is', () => {
  const at = new Date(2026, 2, 18, 7, 42).getTime();
  expect(saved({ ...written, saved: 'saved', savedAt: at })).toBe('Saved 07:42');
  expect(saved({ ...written, saved: 'local' })).toBe('On this device only');
  expect(saved({ ...written, saved: 'waiting' })).toBe('Waiting for a network');
  expect(saved({ ...written, saved: 'full' })).toBe('This device is full: not saved');
});

test('nothing is said of a mail in which nothing is written', () => {
  expect(isBlank(composing({}))).toBe(true);
  expect(saved({ saved: 'local' })).toBe('');
  expect(isBlank(composing({}, { kind: 'reply' }))).toBe(false);
  expect(isBlank(composing({}, { bcc: [{ name: '', email: 'a@b.ch' }] }))).toBe(false);
});

test('a keyboard that lies over the page leaves less of it free; a zoomed page and an address bar do not count', () => {
  expect(freeOf({ offsetTop: 40, height: 500, scale: 1 }, 844)).toEqual({ top: 40, height: 500 });
  expect(freeOf({ offsetTop: 0, height: 800, scale: 1 }, 844)).toBeNull();
  expect(freeOf({ offsetTop: 0, height: 422, scale: 2 }, 844)).toBeNull();
});
