import { expect, test } from 'vitest';
import { readSubject, subjectFor } from '../../../../src/mail/compose/subject';

test.each([
  'Termin',
  'Re: Termin',
  'RE:Termin',
  're : Termin',
  'AW: Termin',
  'Antw: Termin',
  'Antwort: Termin',
  'SV: Termin',
  'Rif: Termin',
  'Re[2]: Termin',
  'RE(3): Termin',
  'Re^4: Termin',
  'Re： Termin',
  'WG: Termin',
  'TR : Termin',
  'FW: Termin',
  'Fwd: Termin',
  'VB: Termin',
  'Doorst: Termin',
  'AW: Re: SV: RE[2]: WG: Termin',
  'R: AW: Termin',
  'Re: I: R: Termin',
  '  Re:   Termin  ',
])('%j is answered and forwarded with one prefix', (subject) => {
  expect(subjectFor('reply', subject, 'de')).toBe('Re: Termin');
  expect(subjectFor('reply_all', subject, 'de')).toBe('Re: Termin');
  expect(subjectFor('forward', subject, 'de')).toBe('Fwd: Termin');
});

test('the Italian letters alone are prefixes in Italian mail only', () => {
  expect(subjectFor('reply', 'R: Appuntamento', 'it')).toBe('Re: Appuntamento');
  expect(subjectFor('reply', 'I: Appuntamento', 'it')).toBe('Re: Appuntamento');
  expect(subjectFor('reply', 'I: Impfung', 'de')).toBe('Re: I: Impfung');
});

test.each([
  ['AW: [GLOBAL] AW: Termin', 'Re: [GLOBAL] Termin'],
  ['AW: Termin (Vertraulich) [GLOBAL]', 'Re: Termin (Vertraulich) [GLOBAL]'],
  ['(Vertraulich) AW: Termin', 'Re: (Vertraulich) Termin'],
  ['[Qualitätszirkel] Re: Termin', 'Re: [Qualitätszirkel] Termin'],
  ['Re: [QZ] Re: [qz] Termin', 'Re: [QZ] Termin'],
  ['[EXTERN] WG: [QZ] Termin', 'Re: [EXTERN] [QZ] Termin'],
])('tags of %j are kept', (subject, expected) => {
  expect(subjectFor('reply', subject, 'de')).toBe(expected);
});

test.each(['Reha: Termin', 'Awareness: neu', 'Rechnung 12: offen', 'Betreff: Re: x', '2. Re: x', 'Re Termin'])(
  '%j begins with a word of its own',
  (subject) => {
    expect(subjectFor('reply', subject, 'it')).toBe(`Re: ${subject}`);
  },
);

test('an empty subject gives the prefix alone', () => {
  expect(subjectFor('reply', '', 'de')).toBe('Re:');
  expect(subjectFor('forward', 'AW: ', 'de')).toBe('Fwd:');
});

test('answering an answer changes nothing any more', () => {
  const once = subjectFor('reply', 'WG: [QZ] AW: Termin (Vertraulich)', 'de');
  expect(subjectFor('reply', once, 'de')).toBe(once);
});

test('no line end stays in a subject', () => {
  expect(subjectFor('reply', 'Termin\r\nBcc: x@y.ch', 'de')).toBe('Re: Termin Bcc: x@y.ch');
});

test('what stood in front is told apart', () => {
  expect(readSubject('AW: [QZ] WG: Termin', 'de')).toEqual({
    prefixes: ['reply', 'forward'],
    tags: ['[QZ]'],
    rest: 'Termin',
  });
});

test('endless prefixes and brackets cost no more than their length', () => {
  const started = performance.now();
  for (const seed of ['Re: ', 'Re[', '[', '[a] ', '(a) ', 'R']) subjectFor('reply', seed.repeat(50_000), 'de');
  expect(performance.now() - started).toBeLessThan(1000);
});
