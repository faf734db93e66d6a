import { expect, test } from 'vitest';
import { arrivalOf, restOf } from '../../../src/ui/shell/arrival';
import { domainIn } from '../../../src/ui/me/domain';
import { commandFor } from '../../../src/ui/keyboard';

const at = (address: string): ReturnType<typeof arrivalOf> => arrivalOf(new URL(address, 'https://post.example'));

test('a mailto link comes by the query from the system and by the fragment from a mail', () => {
  const mailto = 'mailto:a@example.org?subject=A%20%26%20B';
  expect(at(`/compose?mailto=${encodeURIComponent(mailto)}`)).toEqual({ kind: 'mailto', url: mailto });
  expect(at(`/compose#mailto=${encodeURIComponent(mailto)}`)).toEqual({ kind: 'mailto', url: mailto });
});

test('what was asked for survives signing in, which leads to another path', () => {
  expect(at('/?lang=en&mailto=mailto:a@example.org')).toEqual({ kind: 'mailto', url: 'mailto:a@example.org' });
});

test('what was shared is on this device, or is told to be lost', () => {
  expect(at('/?shared=kept')).toEqual({ kind: 'shared', lost: false });
  expect(at('/?lang=en&shared=lost')).toEqual({ kind: 'shared', lost: true });
});

test('the shortcut begins a new mail, a draft of its own does not', () => {
  expect(at('/compose')).toEqual({ kind: 'new' });
  expect(at('/compose/0192')).toBeNull();
  expect(at('/mail/inbox')).toBeNull();
});

test('a reload does not begin it again', () => {
  expect(restOf('?lang=en&mailto=mailto:a@example.org&shared=kept')).toBe('?lang=en');
  expect(restOf('?mailto=x')).toBe('');
});

test.each([
  ['spital.example', 'spital.example'],
  [' @Spital.Example ', 'spital.example'],
  ['*.spital.example', 'spital.example'],
  ['Anna@spital.example', 'spital.example'],
  ['https://spital.example/', 'spital.example'],
  ['ch', null],
  ['', null],
  ['spital example', null],
])('%j is the domain %j', (typed, domain) => {
  expect(domainIn(typed)).toBe(domain);
});

test('one key each answers, answers all, forwards and writes; with Ctrl they belong to the browser', () => {
  const command = (key: string, ctrl = false) => commandFor({ key, ctrl, meta: false, alt: false }, '');
  expect(['r', 'a', 'f', 'c'].map((key) => command(key))).toEqual(['reply', 'reply_all', 'forward', 'compose']);
  expect(['r', 'f', 'c'].map((key) => command(key, true))).toEqual([null, null, null]);
  expect(command('a', true)).toBe('select_all');
});
