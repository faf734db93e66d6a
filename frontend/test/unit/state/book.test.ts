import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import type { Delta } from '../../../src/mail/rows';
import { addFrom, blocks, contacts, exportCards, importCards, isStranger } from '../../../src/state/book';
import { newBlock, newContact, removeContact, saveBlock, saveContact } from '../../../src/state/book';
import { enter, here, leave } from '../../../src/state/place';
import { account } from '../../../src/state/status';
import { ACCOUNT } from '../support/practice';
import { block, contact, delta } from '../support/rows';
import { noNetwork, serve } from '../support/server';

const done = (): Response => new Response(null, { status: 204 });
const names = (): string[] => (get(contacts) ?? []).map(({ name }) => name);
const VERA = contact('c1', { name: 'Vera', emails: ['vera@labor.example'] });

async function begin(change: Partial<Delta> = {}): Promise<void> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { account: ACCOUNT, ...change }));
  await enter(mirror);
  await until(contacts, (now) => now !== null);
}
afterEach(leave);

test('what is mirrored is shown by name, and what the feed brings follows', async () => {
  await begin({ contacts: [contact('c2', { name: 'Zoe' }), VERA], blocks: [block('b1')] });
  expect([names(), get(blocks).map(({ title }) => title)]).toEqual([['Vera', 'Zoe'], ['Gruss']]);
  const place = here();
  if (place) await applyDelta(place.mirror, delta(1, 2, { lost_entries: ['c2', 'b1'] }));
  place?.bell.ring({ kind: 'book' });
  await until(contacts, (now) => now?.length === 1);
  expect([names(), get(blocks)]).toEqual([['Vera'], []]);
});

test('what the server took is shown before the feed brings it', async () => {
  await begin({ contacts: [VERA] });
  const log = serve({ contacts: done, blocks: done });
  expect(await saveContact({ ...newContact(), name: 'Anna', emails: ['a@a.example'] })).toEqual({ ok: true });
  expect(await saveBlock({ ...newBlock(), title: 'Gruss', text: 'Hallo' })).toEqual({ ok: true });
  expect([names(), get(blocks)[0]?.text]).toEqual([['Anna', 'Vera'], 'Hallo']);
  expect(await removeContact('c1')).toEqual({ ok: true });
  expect(names()).toEqual(['Anna']);
  expect(log.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'DELETE']);
});

test('without a network nothing changes, and it is said why', async () => {
  await begin({ contacts: [VERA] });
  serve({ contacts: noNetwork });
  const why = { ok: false, code: 'network' };
  expect(await removeContact('c1')).toEqual(why);
  expect(await saveContact({ ...VERA, name: 'X' })).toEqual(why);
  expect(await addFrom({ name: 'Urs', email: 'urs@a.example' })).toEqual(why);
  expect(names()).toEqual(['Vera']);
});

test('a sender is a stranger until added, however the address is written; oneself never is', async () => {
  await begin({ contacts: [VERA] });
  expect(get(account)?.address).toBe(ACCOUNT.address);
  const strange = (email: string): boolean => isStranger(get(contacts), email);
  expect(['VERA@labor.example', 'urs@a.example', 'Praxis@example.org'].map(strange)).toEqual([false, true, false]);
  serve({ contacts: () => ({ added: 1, merged: 0 }) });
  await addFrom({ name: 'Urs', email: 'urs@a.example' });
  expect([strange('URS@a.example'), names()]).toEqual([false, ['Urs', 'Vera']]);
  expect(isStranger(null, 'somebody@a.example')).toBe(false);
});

test('a file that is not in UTF-8 is read, bad cards are named, and all of it can be given away again', async () => {
  await begin({ contacts: [VERA] });
  const file =
    'BEGIN:VCARD\nVERSION:3.0\nFN:J\xfcrg\nEMAIL:j@a.example\nEND:VCARD\nBEGIN:VCARD\nVERSION:2.1\nEND:VCARD\n';
  const log = serve({ contacts: () => ({ added: 1, merged: 0 }) });
  const told = await importCards(Uint8Array.from(file, (char) => char.charCodeAt(0)).buffer);
  expect(told).toEqual({ added: 1, merged: 0, code: '', cut: [], bad: [{ line: 6, why: 'version' }] });
  expect(log[0]?.body).toMatchObject({ contacts: [{ name: 'Jürg', emails: ['j@a.example'] }] });
  expect(await (await exportCards()).text()).toContain('FN:Vera\r\nEMAIL:vera@labor.example\r\n');
});

test('addresses that are more than a contact can have are named, not left out in silence', async () => {
  await begin();
  const log = serve({ contacts: () => ({ added: 2, merged: 0 }) });
  const emails = (count: number): string => Array.from({ length: count }, (_, n) => `EMAIL:a${n}@a.example\n`).join('');
  const card = (name: string, count: number): string =>
    `BEGIN:VCARD\nVERSION:4.0\nFN:${name}\n${emails(count)}EMAIL:A0@a.example\nEND:VCARD\n`;
  const told = await importCards(new TextEncoder().encode(card('Anna', 20) + card('Beat', 23)).buffer);
  expect(told).toMatchObject({ added: 2, bad: [], cut: [{ line: 26, n: 3 }] });
  const sent = (log[0]?.body as { contacts: { emails: string[] }[] }).contacts;
  expect(sent.map((one) => one.emails.length)).toEqual([20, 20]);
});
