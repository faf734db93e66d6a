import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAddress } from '../../../../src/mail/compose/addresses';
import {
  LONGEST_BODY,
  LONGEST_SUBJECT,
  MOST_RECIPIENTS,
  readMailto,
  type Mailto,
} from '../../../../src/mail/compose/mailto';

const NOTHING: Mailto = { to: [], cc: [], bcc: [], subject: '', body: '' };
const emails = (boxes: readonly { email: string }[] | undefined): string[] => (boxes ?? []).map(({ email }) => email);

test.each(['', 'a@b.ch', 'https://b.ch/mailto:a@b.ch', 'javascript:mailto:a@b.ch', 'mailto', 'xmailto:a@b.ch'])(
  '%j is no mailto link',
  (url) => {
    expect(readMailto(url)).toBeNull();
  },
);

test('a whole link gives every field', () => {
  const url = 'mailto:a@b.ch,c@d.ch?cc=e@f.ch&bcc=g@h.ch&subject=Termin%20morgen&body=Guten%20Tag%0D%0A%0D%0AGruss';
  const read = readMailto(url);
  expect(emails(read?.to)).toEqual(['a@b.ch', 'c@d.ch']);
  expect(emails(read?.cc)).toEqual(['e@f.ch']);
  expect(emails(read?.bcc)).toEqual(['g@h.ch']);
  expect(read?.subject).toBe('Termin morgen');
  expect(read?.body).toBe('Guten Tag\n\nGruss');
});

test('an empty link begins an empty mail', () => {
  expect(readMailto('mailto:')).toEqual(NOTHING);
  expect(readMailto(' MAILTO:?')).toEqual(NOTHING);
});

test('names of fields have no case, and recipients add up', () => {
  const read = readMailto('mailto:a@b.ch?TO=c@d.ch&To=e@f.ch&Subject=x&t%6F=g@h.ch');
  expect(emails(read?.to)).toEqual(['a@b.ch', 'c@d.ch', 'e@f.ch', 'g@h.ch']);
  expect(read?.subject).toBe('x');
});

test('whoever is named twice is written to once', () => {
  expect(emails(readMailto('mailto:a@b.ch?to=A@B.ch')?.to)).toEqual(['a@b.ch']);
});

test('the first subject and text count', () => {
  const read = readMailto('mailto:?subject=eins&subject=zwei&body=a&body=b');
  expect([read?.subject, read?.body]).toEqual(['eins', 'a']);
});

test('an encoded comma belongs to the address, as everything encoded does', () => {
  expect(emails(readMailto('mailto:%22a%2Cb%22@praxis.example,c@d.ch')?.to)).toEqual([
    '"a,b"@praxis.example',
    'c@d.ch',
  ]);
  expect(emails(readMailto('mailto:hans%26anna@b.ch?to=j%C3%BCrg@m%C3%BCller.ch')?.to)).toEqual([
    'hans&anna@b.ch',
    'jürg@müller.ch',
  ]);
});

test('a plus is a plus, and an equals sign belongs to the value', () => {
  const read = readMailto('mailto:a+b@c.ch?subject=1+1=2');
  expect(emails(read?.to)).toEqual(['a+b@c.ch']);
  expect(read?.subject).toBe('1+1=2');
});

test('links of old pages are read as Latin-1', () => {
  expect(readMailto('mailto:?subject=Gr%FCsse%2')?.subject).toBe('Grüsse%2');
});

test('what is no address is left out', () => {
  expect(emails(readMailto('mailto:hans,a@b.ch,@,c@d')?.to)).toEqual(['a@b.ch']);
});

test('unknown fields do nothing, above all no attachment and no header', () => {
  const url =
    'mailto:?attach=/etc/passwd&attachment=x&from=x@y.ch&in-reply-to=%3Cx%3E&x-a=b&__proto__=c&constructor=d&';
  expect(readMailto(url)).toEqual(NOTHING);
});

test('a line end makes no header and no recipient', () => {
  const read = readMailto('mailto:a@b.ch%0D%0ABcc:x@y.ch?subject=Hallo%0D%0ABcc:%20x@y.ch&cc=a@b.ch%0Ax@y.ch');
  expect([...emails(read?.to), ...emails(read?.cc), ...emails(read?.bcc)]).not.toContain('x@y.ch');
  expect(read?.subject).toBe('Hallo Bcc: x@y.ch');
});

test('controls and invisible marks are dropped, line ends of the text kept', () => {
  const read = readMailto('mailto:?subject=a%00b%E2%80%AEc&body=a%00%1B%09b%0Dc%0Ad%E2%80%AE');
  expect(read?.subject).toBe('abc');
  expect(read?.body).toBe('a\tb\nc\nd');
});

test('a fragment is no part of it', () => {
  expect(readMailto('mailto:a@b.ch?subject=x#body=y')).toEqual({
    ...NOTHING,
    to: [{ name: '', email: 'a@b.ch' }],
    subject: 'x',
  });
});

test('everything has its bound, and no character is cut', () => {
  const many = Array.from({ length: MOST_RECIPIENTS + 5 }, (_, n) => `a${n}@b.ch`).join(',');
  expect(readMailto(`mailto:${many}`)?.to.length).toBe(MOST_RECIPIENTS);
  const read = readMailto(`mailto:?subject=${'s'.repeat(LONGEST_SUBJECT - 1)}😀&body=${'b'.repeat(LONGEST_BODY + 1)}`);
  expect(read?.subject).toBe('s'.repeat(LONGEST_SUBJECT - 1));
  expect(read?.body.length).toBe(LONGEST_BODY);
  expect(readMailto(`mailto:?body=${'b'.repeat(100_000)}`)).toBeNull();
});

test('whatever a page makes up is read without an error, and into addresses only', () => {
  const parts = [
    'mailto:',
    '?',
    '&',
    '=',
    '%',
    '%0D%0A',
    '%E2',
    '%22',
    '"',
    '<',
    'a@b.ch',
    'to',
    'bcc',
    'body',
    ',',
    ' ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (some) => {
      const read = readMailto(`mailto:${some.join('')}`);
      expect(emails([...(read?.to ?? []), ...(read?.cc ?? []), ...(read?.bcc ?? [])]).every(isAddress)).toBe(true);
      expect(read?.subject ?? '').not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 1000 },
  );
});
