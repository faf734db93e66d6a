import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  hasMarker,
  isConfidential,
  MARKERS,
  unprotected,
  withMarker,
  withoutMarker,
} from '../../../../src/mail/compose/hin';
import type { Language } from '../../../../src/mail/compose/language';

const LANGUAGES = Object.keys(MARKERS) as Language[];

test.each([
  'Termin (Vertraulich)',
  '(vertraulich) Termin',
  'Termin (CONFIDENTIEL) morgen',
  'Termin (Confidenziale)',
  'Termin ( confidential )',
  'Termin(Vertraulich)',
  'Re: Termin (vertraulich) (init: geheim)',
])('%j carries a marker', (subject) => {
  expect(hasMarker(subject)).toBe(true);
  expect(isConfidential(subject)).toBe(true);
});

test.each(['', 'Termin', 'Vertraulich', '[Vertraulich]', '(vertrauliche Mail)', '(Vertraulich', '(global)', 'GLOBAL'])(
  '%j carries none',
  (subject) => {
    expect(hasMarker(subject)).toBe(false);
    expect(isConfidential(subject)).toBe(false);
  },
);

test.each(['Termin [GLOBAL]', 'Re: [GLOBAL] Termin', 'AW: Termin [global]'])('%j is answered encrypted', (subject) => {
  expect(hasMarker(subject)).toBe(false);
  expect(isConfidential(subject)).toBe(true);
});

test.each(['Fwd: Termin [GLOBAL]', 'WG: [GLOBAL] Termin'])(
  '%j goes to somebody new, and [GLOBAL] says nothing',
  (subject) => {
    expect(isConfidential(subject)).toBe(false);
  },
);

test.each(LANGUAGES)('the marker of %s stands behind the subject', (language) => {
  expect(withMarker('Termin', language)).toBe(`Termin ${MARKERS[language]}`);
  expect(withMarker('', language)).toBe(MARKERS[language]);
});

test('one marker of any language is enough', () => {
  expect(withMarker('(confidentiel) Termin', 'de')).toBe('(confidentiel) Termin');
});

test('a marker that HIN may not recognise is tightened', () => {
  expect(withMarker('Termin ( Vertraulich )', 'de')).toBe('Termin (Vertraulich)');
});

test('[GLOBAL] does not keep a writer from marking', () => {
  expect(withMarker('Re: Termin [GLOBAL]', 'de')).toBe('Re: Termin [GLOBAL] (Vertraulich)');
});

test.each([
  ['(Vertraulich)', ''],
  ['(Vertraulich) Termin', 'Termin'],
  ['Termin (Vertraulich) morgen', 'Termin morgen'],
  ['(Confidential) Termin ( vertraulich )', 'Termin'],
  ['Termin(Vertraulich)', 'Termin'],
  ['Termin (vertrau(Vertraulich)lich)', 'Termin'],
  ['Termin [GLOBAL]', 'Termin [GLOBAL]'],
])('%j without its marker is %j', (subject, bare) => {
  expect(withoutMarker(subject)).toBe(bare);
});

test('taking the marker away undoes putting it there, and doing either twice changes nothing', () => {
  const parts = ['Termin', ' ', '(', ')', 'vertraulich', '(Vertraulich)', '( confidential )', '[GLOBAL]', 'Re: '];
  const subjects = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((some) => some.join(''));
  fc.assert(
    fc.property(subjects, fc.constantFrom(...LANGUAGES), (subject, language) => {
      const marked = withMarker(subject, language);
      expect(hasMarker(marked)).toBe(true);
      expect(withMarker(marked, language)).toBe(marked);
      const bare = withoutMarker(subject);
      expect(hasMarker(bare)).toBe(false);
      expect(withoutMarker(bare)).toBe(bare);
      if (!hasMarker(subject)) expect(withoutMarker(marked)).toBe(subject);
    }),
    { numRuns: 1000 },
  );
});

const open = (emails: string[], domains: string[] = []): string[] =>
  unprotected(
    emails.map((email) => ({ name: '', email })),
    domains,
  ).map(({ email }) => email);

test('HIN and its subdomains are always protected', () => {
  expect(open(['a@hin.ch', 'a@HIN.CH', 'a@klinik.hin.ch'])).toEqual([]);
});

test.each([
  'a@evilhin.ch',
  'a@hin.ch.example.com',
  'a@hin.com',
  'a@hın.ch',
  'a@ｈｉｎ.ch',
  'a@xn--hin-.ch',
  'a@hin.ch.',
  'a@b.ch@hin.ch',
  '"a@hin.ch"@b.ch',
  'hin.ch',
  'a@',
  '',
])('%j only looks like it', (email) => {
  expect(open([email])).toEqual([email]);
});

test('domains of the practice are protected with their subdomains, in any spelling', () => {
  const domains = [' Spital.example ', '@müller.ch', '*.labor.example'];
  expect(open(['a@spital.example', 'a@nord.SPITAL.example', 'a@xn--mller-kva.ch', 'a@labor.example'], domains)).toEqual(
    [],
  );
  expect(open(['a@meinspital.example', 'a@b.ch'], domains)).toEqual(['a@meinspital.example', 'a@b.ch']);
});

test.each(['', ' ', '.', '@', '*', 'ch', '.ch', '*.ch'])('the entry %j protects nobody', (entry) => {
  expect(open(['a@b.ch'], [entry])).toEqual(['a@b.ch']);
});
