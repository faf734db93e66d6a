import { expect, test } from 'vitest';
import { byName, calledBy, contactWith, findContacts } from '../../../src/mail/contacts';
import { contact } from '../support/rows';

const vera = contact('c1', { name: 'Vera Müller', emails: ['vera@labor.example'], organisation: 'Labor Muster' });
const urs = contact('c2', { name: 'urs', emails: ['u@a.example', 'urs@müller.example'], phone: '+41 31 555 01 01' });
const praxis = contact('c3', { name: '', organisation: 'Äskulap AG', emails: ['info@b.example'], note: 'nur Mo' });
const bare = contact('c4', { name: '', emails: ['z@z.example'] });

test('the list is in the order of names as people look them up', () => {
  expect(byName([vera, urs, praxis, bare]).map(calledBy)).toEqual(['Äskulap AG', 'urs', 'Vera Müller', 'z@z.example']);
});

test.each([
  ['', 'c1 c2 c3'],
  ['mueller', 'c1 c2'],
  ['vera labor', 'c1'],
  ['vera urs', ''],
  ['555 01', 'c2'],
  ['0315550101', ''],
  ['+41315550101', 'c2'],
  ['MO', 'c3'],
])('%j finds %s', (typed, expected) => {
  const found = findContacts([vera, urs, praxis], typed).map((one) => one.id);
  expect(found.join(' ')).toBe(expected);
});

test('somebody is known under each of their addresses, however it is written', () => {
  expect(contactWith([vera, urs], 'URS@xn--mller-kva.example')).toBe(urs);
  expect(contactWith([vera, urs], 'someone@labor.example')).toBeUndefined();
});
