import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiDomain } from '../../../../src/mail/compose/domains';

test.each([
  ['praxis.example', 'praxis.example'],
  ['Praxis.EXAMPLE', 'praxis.example'],
  ['müller.ch', 'xn--mller-kva.ch'],
  ['MÜLLER.ch', 'xn--mller-kva.ch'],
  ['mu\u0308ller.ch', 'xn--mller-kva.ch'],
  ['XN--MLLER-KVA.ch', 'xn--mller-kva.ch'],
  ['straße.example', 'xn--strae-oqa.example'],
  ['пример.example', 'xn--e1afmkfd.example'],
  ['例え.example', 'xn--r8jz45g.example'],
])('the domain %s is compared as %s', (domain, ascii) => {
  expect(asciiDomain(domain)).toBe(ascii);
});

const LETTERS = Array.from('abcxyz019äöüéèàçñßøåœαβγδабвгд漢字仮名가나다אבג\u{2070e}\u{1f600}');

test('labels of many alphabets are encoded as the platform encodes them', () => {
  const label = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(label, fc.constantFrom('ch', 'example'), (name, top) => {
      const url = `https://${name}.${top}`;
      fc.pre(URL.canParse(url)); // the platform refuses mixed directions
      expect(asciiDomain(`${name}.${top}`)).toBe(new URL(url).hostname);
    }),
  );
});

test('a forged label that would decode to plain letters stays another', () => {
  expect(asciiDomain('xn--hin-.ch')).not.toBe(asciiDomain('hin.ch'));
});

test('a label longer than any domain has is not encoded', () => {
  const label = 'ä'.repeat(64);
  expect(asciiDomain(`${label}.ch`)).toBe(`${label}.ch`);
});
