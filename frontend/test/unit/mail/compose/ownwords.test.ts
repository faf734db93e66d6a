import { expect, test } from 'vitest';
import { linesOf, ownWords, unsigned } from '../../../../src/mail/compose/ownwords';

const own = (...lines: string[]): string => ownWords(lines.join('\n')).trim();

test('every kind of line end ends a line', () => {
  expect(linesOf('a\r\nb\rc\nd')).toEqual(['a', 'b', 'c', 'd']);
});

test('a signature is not part of what somebody says', () => {
  expect(own('Guten Tag', '-- ', 'Praxis Muster')).toBe('Guten Tag');
  expect(own('Guten Tag', '--', 'Praxis Muster')).toBe('Guten Tag');
});

test('dashes with anything behind them begin no signature', () => {
  expect(own('Guten Tag', '-- aber', '---', 'Ende')).toBe('Guten Tag\n-- aber\n---\nEnde');
});

test('a signature ends where a quote begins, with the line that introduces it', () => {
  const lines = ['Ja', '-- ', 'Praxis', '', 'Am 3. November schrieb Anna:', '> Geht das?', 'Unten'];
  expect(unsigned(lines)).toEqual(['Ja', 'Am 3. November schrieb Anna:', '> Geht das?', 'Unten']);
});

test('quoted lines and what introduces them are the words of others', () => {
  expect(own('Am 3. November schrieb Anna:', '> Geht das?', '', 'Ja.', '', 'Anna a écrit :', '', '>> x')).toBe('Ja.');
});

test('a colon in front of anything else stays', () => {
  expect(own('Zwei Fragen:', '', 'Wann?')).toBe('Zwei Fragen:\n\nWann?');
});

test.each([
  ['-----Ursprüngliche Nachricht-----'],
  ['---------- Forwarded message ---------'],
  ['Von: Anna Muster', 'Gesendet: Montag', 'An: Praxis', 'Betreff: Termin'],
  ['De : Anna', 'Envoyé : lundi', 'Objet : Rendez-vous'],
])('below %j stands older mail', (...header) => {
  expect(own('Zur Information', '', ...header, 'Anbei alles')).toBe('Zur Information');
});

test('a line of dashes alone, or "Von:" without a subject near it, is no header', () => {
  expect(own('A', '----------', 'B')).toBe('A\n----------\nB');
  expect(own('Von: Bern nach Thun', 'Danke')).toBe('Von: Bern nach Thun\nDanke');
});
