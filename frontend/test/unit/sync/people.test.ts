import { newMirror } from '../support/browser';
import { expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import type { Mirror } from '../../../src/db/vault';
import { complete } from '../../../src/mail/compose/completion';
import type { MessageRow } from '../../../src/mail/rows';
import { peopleOf } from '../../../src/sync/people';
import { contact, delta, folder, message } from '../support/rows';

const OWN = ['praxis@example.org'];
const box = (email: string, name = '') => ({ name, email });

async function mirrored(...rows: MessageRow[]): Promise<Mirror> {
  const mirror = await newMirror();
  const folders = ['inbox', 'sent', 'junk', 'trash', 'drafts', ''].map((role) => folder(role || 'patients', { role }));
  await applyDelta(mirror, delta(0, 1, { folders, messages: rows }));
  return mirror;
}
const names = async (mirror: Mirror, typed = '', newest = Infinity): Promise<string[]> =>
  complete((await peopleOf(mirror, OWN, newest)).index, typed, 10, []).map((one) => one.email);

const from = (id: string, email: string, change: Partial<MessageRow> = {}): MessageRow =>
  message(id, { senders: [box(email)], recipients: [box('praxis@example.org')], ...change });
const to = (id: string, email: string, change: Partial<MessageRow> = {}): MessageRow =>
  message(id, { folder: 'sent', senders: [box('praxis@example.org')], recipients: [box(email)], ...change });

test('those who wrote and those who were written to are known, the latter first', async () => {
  const mirror = await mirrored(from('m1', 'a@example.org'), to('m2', 'b@example.org'));
  expect(await names(mirror)).toEqual(['b@example.org', 'a@example.org']);
});

test('own mail in any folder counts for those it went to, and one does not write to oneself', async () => {
  const mirror = await mirrored(to('m1', 'a@example.org', { folder: 'patients' }), from('m2', 'Praxis@Example.org'));
  expect(await names(mirror)).toEqual(['a@example.org', 'praxis@example.org']);
});

test('what is junk, thrown away or only a draft makes nobody known', async () => {
  const rows = ['junk', 'trash', 'drafts'].map((name) => from(name, `${name}@example.org`, { folder: name }));
  expect(await names(await mirrored(...rows))).toEqual([]);
});

test('somebody is known once, under the newest name', async () => {
  const old = from('m1', 'vera@example.org', { received_at: 1, senders: [box('vera@example.org', 'V. Alt')] });
  const now = from('m2', 'VERA@example.org', { received_at: 2, senders: [box('VERA@example.org', 'Vera Neu')] });
  const { index } = await peopleOf(await mirrored(old, now), OWN, Infinity);
  expect(index.people).toMatchObject([{ name: 'Vera Neu', uses: 2, lastAt: 2 }]);
});

test('a group without an address is nobody', async () => {
  expect(await names(await mirrored(from('m1', '')))).toEqual([]);
});

test('the newest mail is enough for a first answer', async () => {
  const mirror = await mirrored(
    from('m1', 'old@example.org', { received_at: 1 }),
    from('m2', 'new@example.org', { received_at: 2 }),
  );
  expect(await names(mirror, '', 1)).toEqual(['new@example.org']);
});

test('a contact is found without a mail, and comes before somebody of equal use who is none', async () => {
  const mirror = await mirrored(from('m1', 'a@example.org'), from('m2', 'b@example.org'));
  const book = [contact('c1', { name: 'Bea Muster', emails: ['B@example.org', 'bea@privat.example'] })];
  await applyDelta(mirror, delta(1, 2, { contacts: book }));
  expect(await names(mirror)).toEqual(['b@example.org', 'a@example.org', 'bea@privat.example']);
  expect((await peopleOf(mirror, OWN, Infinity)).index.people[0]?.name).toBe('Bea Muster');
  expect(await names(mirror, 'bea pri')).toEqual(['bea@privat.example']);
});

test('the marker of mail that comes in lets a domain be suggested, that of our own mail does not', async () => {
  const subject = 'Bericht (Vertraulich)';
  const mirror = await mirrored(from('m1', 'a@spital.example', { subject }), to('m2', 'b@labor.example', { subject }));
  const { learned } = await peopleOf(mirror, OWN, Infinity);
  expect(learned).toEqual([{ domain: 'spital.example', mails: 1, lastAt: 1000 }]);
});
