import { expect, test } from 'vitest';
import { Learning, suggestable } from '../../../../src/mail/compose/learned';

const learnedFrom = (...mails: [email: string, subject: string][]): string[] => {
  const learning = new Learning();
  mails.forEach(([email, subject], at) =>
    learning.saw({ senders: [{ name: '', email }], subject, received_at: at + 1 }),
  );
  return learning.learned().map(({ domain, mails: n, lastAt }) => `${domain} ${n} ${lastAt}`);
};

test('a mail that was begun there and carries the marker speaks for a domain', () => {
  const mails: [string, string][] = [
    ['a@spital.example', 'Bericht (Vertraulich)'],
    ['b@Labor.example', 'Résultats (Confidentiel)'],
    ['c@spital.example', 'Termin'],
    ['d@spital.example', '(vertraulich) Befund'],
  ];
  expect(learnedFrom(...mails)).toEqual(['spital.example 2 4', 'labor.example 1 2']);
});

test.each([
  ['an answer repeats our own marker', 'AW: Bericht (Vertraulich)'],
  ['so does what was forwarded', 'Fwd: Bericht (Vertraulich)'],
  ['HIN itself says that the sender is outside', '[GLOBAL] Bericht (Vertraulich)'],
  ['nothing was marked', 'Vertraulich'],
])('it says nothing when %s', (_, subject) => {
  expect(learnedFrom(['a@spital.example', subject])).toEqual([]);
});

test('one mail from outside HIN speaks against a domain, whatever else came from there', () => {
  expect(learnedFrom(['a@b.example', 'x (Vertraulich)'], ['c@b.example', 'Re: [GLOBAL] y'])).toEqual([]);
});

test('where everybody may have an address nothing is learned from one of them', () => {
  expect(learnedFrom(['a@bluewin.ch', 'x (Vertraulich)'], ['a@gmx.net', 'x (Vertraulich)'])).toEqual([]);
});

test('what nobody could write to teaches nothing', () => {
  expect(learnedFrom(['', 'x (Vertraulich)'], ['a@b', 'x (Vertraulich)'])).toEqual([]);
});

test('what is protected, or was declined, is not suggested', () => {
  const learned = [
    'hin.ch',
    'praxis.hin.ch',
    'spital.example',
    'klinik.spital.example',
    'labor.example',
    'neu.example',
  ];
  const all = learned.map((domain) => ({ domain, mails: 1, lastAt: 1 }));
  const left = suggestable(all, ['spital.example'], ['Labor.example']);
  expect(left.map(({ domain }) => domain)).toEqual(['neu.example']);
});
