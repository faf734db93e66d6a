import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entered, isBad, newOnes, pasted, typedIn, whole } from '../../../src/ui/composer/recipients';

const box = (email: string, name = ''): { name: string; email: string } => ({ name, email });
const anna = box('anna@example.org', 'Anna Muster');

test('a comma or a semicolon behind a whole address takes it', () => {
  expect(typedIn('anna@example.org,', undefined)).toEqual({ add: [box('anna@example.org')], typed: '' });
  expect(typedIn('Anna Muster <anna@example.org>;', undefined)).toEqual({ add: [anna], typed: '' });
});

test('a separator behind a few letters takes the suggestion that is on', () => {
  expect(typedIn('ann,', anna)).toEqual({ add: [anna], typed: '' });
  expect(typedIn('ann;', anna)).toEqual({ add: [anna], typed: '' });
});

test('a comma may belong to a name, a semicolon never', () => {
  expect(typedIn('Muster,', undefined)).toEqual({ add: [], typed: 'Muster,' });
  expect(typedIn('Muster;', undefined)).toEqual({ add: [box('Muster')], typed: '' });
});

test('a name with a comma is not cut while its address is being typed', () => {
  expect(typedIn('Muster, Anna <anna@exam', undefined)).toEqual({ add: [], typed: 'Muster, Anna <anna@exam' });
});

test('what is pasted as a list becomes recipients, and what could not be read stays in the field', () => {
  expect(pasted('Anna Muster <anna@example.org>; bob@example.org\nRezeption')).toEqual({
    add: [anna, box('bob@example.org')],
    typed: 'Rezeption',
  });
  expect(pasted('only words')).toBeNull();
});

test('leaving the field turns what is no address into a recipient marked as bad, never into nothing', () => {
  const [first, second] = whole('hans, anna@example.org');
  expect([first, second].map((one) => one?.email)).toContain('anna@example.org');
  expect(whole('hans').map(isBad)).toEqual([true]);
});

test('Enter takes the suggestion, but not instead of another address that was typed in full', () => {
  expect(entered('ann', anna, false)).toEqual([anna]);
  expect(entered('anna@example.org', anna, false)).toEqual([anna]);
  expect(entered('anna@example.or', anna, false)).toEqual([box('anna@example.or')]);
  expect(entered('anna@example.or', anna, true)).toEqual([anna]);
  expect(entered('hans', undefined, false)).toEqual([box('hans')]);
});

test('nobody is added twice, whatever the case', () => {
  expect(newOnes([anna], [box('ANNA@example.org'), box('bob@example.org'), box('bob@example.org')])).toEqual([
    box('bob@example.org'),
  ]);
});

test('whatever is typed, letters only leave the field as part of a recipient', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '@', '.', ',', ';', ' ', '<', '>', '"'), maxLength: 30 });
  fc.assert(
    fc.property(letters, (text) => {
      const { add, typed } = typedIn(text, undefined);
      const left = `${typed}${add.map(({ name, email }) => `${name}${email}`).join('')}`;
      const count = (words: string): number => words.match(/[ab]/g)?.length ?? 0;
      expect(count(left)).toBe(count(text));
    }),
  );
});
