import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey, formatMailbox, isAddress, once, sameAddress } from '../../../../src/mail/compose/addresses';
import { parseMailboxes } from '../../../../src/mail/compose/mailboxes';

test.each([
  'a@b.ch',
  'hans.muster+labor@praxis.example',
  "o'hara@praxis.example",
  '"a b"@praxis.example',
  '"a, \\"b\\" <c>"@praxis.example',
  '"a@b"@praxis.example',
  'jürg@praxis.example',
  'hans@müller.ch',
  'hans@xn--mller-kva.ch',
  '医者@例え.example',
  'a@b.co-op.example',
  `${'l'.repeat(64)}@praxis.example`,
])('%s is an address', (text) => {
  expect(isAddress(text)).toBe(true);
});

test.each([
  '',
  '@',
  'hans',
  'hans@',
  '@praxis.example',
  'hans@praxis',
  'hans@localhost',
  'hans@192.0.2.1',
  'hans@192.0.2.120',
  'hans@[192.0.2.1]',
  'hans@praxis.example.',
  'hans@.praxis.example',
  'hans@praxis..example',
  'hans@-praxis.example',
  'hans@praxis-.example',
  'hans@prax_is.example',
  'hans@praxis.e',
  '.hans@praxis.example',
  'hans.@praxis.example',
  'hans..muster@praxis.example',
  'hans muster@praxis.example',
  '"hans@praxis.example',
  '"ha"ns"@praxis.example',
  'hans@praxis@example.ch',
  'hans@praxis.example, b@c.ch',
  '<hans@praxis.example>',
  'hans@praxis.example\r\nBcc: x@y.ch',
  'ha\u202ens@praxis.example',
  'ha\u200bns@praxis.example',
  'ha\u00a0ns@praxis.example',
  'hans@ｐｒａｘｉｓ.example',
  'hans@praxis。example',
])('%j is none', (text) => {
  expect(isAddress(text)).toBe(false);
});

test('lengths are counted in octets, of the domain in its encoded form', () => {
  expect(isAddress(`${'l'.repeat(65)}@praxis.example`)).toBe(false);
  expect(isAddress(`${'ä'.repeat(32)}@praxis.example`)).toBe(true);
  expect(isAddress(`${'ä'.repeat(33)}@praxis.example`)).toBe(false);
  expect(isAddress(`a@${'l'.repeat(63)}.ch`)).toBe(true);
  expect(isAddress(`a@${'l'.repeat(64)}.ch`)).toBe(false);
  expect(isAddress(`a@${'ä'.repeat(63)}.ch`)).toBe(false);
  const label = 'l'.repeat(60);
  const long = `${label}.${label}.${label}.${'l'.repeat(60)}.example`; // 251
  expect(isAddress(`ab@${long}`)).toBe(true);
  expect(isAddress(`abc@${long}`)).toBe(false);
});

test.each([
  [{ name: '', email: 'a@b.ch' }, 'a@b.ch'],
  [{ name: 'a@b.ch', email: 'a@b.ch' }, 'a@b.ch'],
  [{ name: 'Dr. Hans Müller', email: 'a@b.ch' }, 'Dr. Hans Müller <a@b.ch>'],
  [{ name: 'Müller, Hans', email: 'a@b.ch' }, '"Müller, Hans" <a@b.ch>'],
  [{ name: 'Hans "Hausi" M.', email: 'a@b.ch' }, '"Hans \\"Hausi\\" M." <a@b.ch>'],
  [{ name: 'Praxis (Bern)', email: 'a@b.ch' }, '"Praxis (Bern)" <a@b.ch>'],
  [{ name: 'Hans\r\nBcc: x@y.ch', email: 'a@b.ch' }, '"Hans Bcc: x@y.ch" <a@b.ch>'],
  [{ name: 'Nur Name', email: '' }, 'Nur Name'],
])('%j is written as %s', (box, text) => {
  expect(formatMailbox(box)).toBe(text);
});

test('what is written is read again', () => {
  const name = fc
    .string({ unit: fc.constantFrom(...Array.from('aZä0 .,;:<>@()[]"\\\'-&')), maxLength: 20 })
    .map((text) => `N${text}n`.replace(/ +/g, ' '));
  const email = fc.constantFrom('a@b.ch', '"a, b"@praxis.example', 'jürg@müller.ch');
  fc.assert(
    fc.property(fc.array(fc.record({ name, email }), { maxLength: 5 }), (boxes) => {
      const text = boxes.map(formatMailbox).join(', ');
      expect(parseMailboxes(text)).toEqual({ found: boxes, rest: '' });
    }),
  );
});

test.each([
  ['Hans@Praxis.example', 'hans@praxis.EXAMPLE'],
  ['hans@müller.ch', 'hans@XN--MLLER-KVA.CH'],
  ['jürg@b.ch', 'ju\u0308rg@b.ch'],
  ['"hans.muster"@b.ch', 'hans.muster@b.ch'],
])('%s and %s are the same person', (a, b) => {
  expect(sameAddress(a, b)).toBe(true);
});

test.each([
  ['hans@b.ch', 'hans@b.com'],
  ['hans@b.ch', 'hans+x@b.ch'],
  ['"hans muster"@b.ch', 'hansmuster@b.ch'],
  ['jürg@b.ch', 'jurg@b.ch'],
  ['a@hin.ch', 'a@xn--hin-.ch'],
  ['a@hin.ch', 'a@hın.ch'],
])('%s and %s are two', (a, b) => {
  expect(sameAddress(a, b)).toBe(false);
});

test('everyone is there once, the first spelling kept', () => {
  const boxes = [
    { name: 'Hans', email: 'hans@b.ch' },
    { name: 'H. Muster', email: 'HANS@b.ch' },
    { name: '', email: 'x@y.ch' },
  ];
  expect(once(boxes)).toEqual([boxes[0], boxes[2]]);
  expect(once(boxes, new Set([addressKey('X@y.ch')]))).toEqual([boxes[0]]);
});
