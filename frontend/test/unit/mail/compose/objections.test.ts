import { expect, test } from 'vitest';
import { objectionsTo, tooLarge, type Moment } from '../../../../src/mail/compose/objections';
import type { Composition } from '../../../../src/mail/rows';
import { attached, composition } from '../../support/rows';

const ACCOUNT = { preset: 'hin', can_send: true, max_bytes: 1_000_000, protected_domains: ['spital.example'] };
const box = (email: string) => ({ name: '', email });
const SAFE: Partial<Composition> = { to: [box('praxis@hin.ch')] };

const against = (change: Partial<Composition>, moment: Partial<Moment> = {}) =>
  objectionsTo(composition('d1', { ...SAFE, ...change }), { account: ACCOUNT, lost: false, waits: false, ...moment });
const codes = (...args: Parameters<typeof against>): string[] => against(...args).map((one) => one.code);

test('nothing speaks against a whole mail to a protected address', () => {
  expect(codes({})).toEqual([]);
});

test('a mail to nobody is told once, and not for its addresses', () => {
  expect(codes({ to: [] })).toEqual(['no_recipients']);
});

test('every bad address is named, wherever it stands', () => {
  const found = against({ cc: [box('hans@')], bcc: [box('nobody')] });
  expect(found).toContainEqual({ code: 'bad_address', addresses: ['hans@', 'nobody'] });
});

test('whoever is not protected is named, unless the subject has the marker', () => {
  const [mine, other] = [box('dr@spital.example'), box('patient@example.org')];
  expect(against({ cc: [mine], bcc: [other] })).toEqual([{ code: 'unprotected', recipients: [other] }]);
  expect(codes({ cc: [other], subject: 'Befund (Vertraulich)' })).toEqual([]);
  expect(codes({ cc: [other], subject: 'Re: [GLOBAL] Befund' })).toEqual([]);
});

test('a bad address is told as such, not as unprotected', () => {
  expect(codes({ cc: [box('hans@')] })).toEqual(['bad_address']);
});

test('without HIN nobody is asked for a marker', () => {
  expect(codes({ to: [box('a@example.org')] }, { account: { ...ACCOUNT, preset: 'other' } })).toEqual([]);
});

test('a subject that is empty but for the marker is none', () => {
  expect(codes({ subject: '  ' })).toEqual(['no_subject']);
  expect(codes({ subject: '(Vertraulich)' })).toEqual(['no_subject']);
});

test('a text that speaks of an attachment asks for it, a picture in the text is none', () => {
  const text = 'Im Anhang der Befund.';
  expect(codes({ text })).toEqual(['attachment_missing']);
  expect(codes({ text, files: [attached('f1')] })).toEqual([]);
  expect(codes({ text, files: [attached('f1', { inline: true })] })).toEqual(['attachment_missing']);
});

test('a file that was chosen and could not be kept is missing', () => {
  expect(codes({}, { lost: true })).toEqual(['attachment_missing']);
});

test('without a server to send by, and with files that wait for a network, it is said', () => {
  expect(codes({}, { account: { ...ACCOUNT, can_send: false }, waits: true })).toEqual([
    'no_smtp',
    'uploading_offline',
  ]);
});

test('files count as they travel: a third larger', () => {
  expect(tooLarge(composition('d1'), [{ size: 720_000 }], 1_000_000)).toBeNull();
  expect(tooLarge(composition('d1'), [{ size: 740_000 }], 1_000_000)).toMatchObject({
    code: 'too_large',
    most: 1_000_000,
  });
  expect(codes({ files: [attached('f1', { size: 740_000 })] })).toEqual(['too_large']);
});

test('where nobody said how large a mail may be, a usual bound holds', () => {
  expect(tooLarge(composition('d1'), [{ size: 18_000_000 }], 0)).toBeNull();
  expect(tooLarge(composition('d1'), [{ size: 20_000_000 }], 0)).toMatchObject({ code: 'too_large' });
});

test('a text that no request could carry is too large, whatever the mail server takes', () => {
  expect(tooLarge(composition('d1', { text: 'ä'.repeat(500_000) }), [], 100_000_000)).toMatchObject({
    code: 'too_large',
  });
});
