import { dump, newMirror, sameMirror } from '../support/browser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dexie } from 'dexie';
import { applyDelta } from '../../../src/db/apply';
import { blobOf, bodyOf, keepBlob, keepBodies } from '../../../src/db/bodies';
import { rowsById, storePage } from '../../../src/db/messages';
import { enqueue, waitingOf } from '../../../src/db/outbox';
import { lastAccount, openMirror, wipe } from '../../../src/db/vault';
import { draftById, keepDraft, saveDraft } from '../../../src/db/compositions';
import { keepUpload } from '../../../src/db/uploads';
import { known, remember } from '../../../src/sync/session';
import type { AccountRow, Session } from '../../../src/mail/rows';
import { action, block, body, composition, contact, delta, folder, message, page } from '../support/rows';

const ACCOUNT: AccountRow = {
  id: 'acc',
  address: 'secret-address@example.org',
  archive: '',
  code: '',
  done: 0,
  expected: 0,
  preset: 'hin',
  seq: 1,
  since: 0,
  state: 'ok',
  identities: [],
  can_send: true,
  max_bytes: 0,
  protected_domains: [],
  declined_domains: [],
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

async function keyOf(account: string): Promise<CryptoKey | undefined> {
  const vault = await new Dexie('praxispost').open();
  const entry = (await vault.table('keys').get(account)) as { key: CryptoKey } | undefined;
  vault.close();
  return entry?.key;
}

test('the key of a mirror cannot be taken out', async () => {
  const { account } = await newMirror();
  const key = await keyOf(account);
  if (!key) throw new Error('no key');
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow();
});

test('a mirror is read again with its key after a restart', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { messages: [message('m1')] }));
  mirror.db.close();
  expect(await rowsById(await sameMirror(mirror), ['m1'])).toEqual([message('m1')]);
});

test('wiping takes the key first, then the mirror', async () => {
  const mirror = await newMirror();
  let hadKey: unknown = 'not asked';
  const remove = vi.spyOn(Dexie, 'delete').mockImplementation(async (name: string) => {
    hadKey = await keyOf(mirror.account);
    remove.mockRestore();
    return Dexie.delete(name);
  });
  await wipe(mirror);
  expect(hadKey).toBeUndefined();
  expect(await Dexie.exists(`praxispost-${mirror.account}`)).toBe(false);
});

test('a browser killed while it wipes leaves noise that the next sign-in clears away', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { messages: [message('m1')] }));
  vi.spyOn(Dexie, 'delete').mockRejectedValueOnce(new Error('killed'));
  await expect(wipe(mirror)).rejects.toThrow('killed');
  const next = await sameMirror(mirror);
  expect(await rowsById(next, ['m1'])).toEqual([]);
  expect((await dump(next)).meta).toEqual([]);
});

test('another account sees nothing of the first and sends nothing of it', async () => {
  const first = await newMirror();
  await applyDelta(first, delta(0, 1, { messages: [message('m1')] }));
  await enqueue(first, [{ kind: 'trash', targets: ['m1'], args: {} }], 1);
  const other = await newMirror();
  expect(await rowsById(other, ['m1'])).toEqual([]);
  expect(await waitingOf(other)).toEqual([]);
  const sealed = (await first.db.messages.get('m1'))?.sealed;
  if (!sealed) throw new Error('not stored');
  await expect(other.codec.open('messages', 'm1', sealed)).rejects.toThrow();
});

test('the account that opens without a network is the one used last', async () => {
  vi.setSystemTime(4_000_000_000_000);
  const first = await newMirror();
  vi.setSystemTime(4_000_000_000_001);
  const second = await newMirror();
  expect(await lastAccount()).toBe(second.account);
  vi.setSystemTime(4_000_000_000_002);
  await openMirror(first.account);
  await vi.waitFor(async () => expect(await lastAccount()).toBe(first.account));
  await wipe(first);
  expect(await lastAccount()).toBe(second.account);
});

test('a sealed record put in the place of another cannot be opened', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { messages: [message('m1'), message('m2')] }));
  const sealed = (await mirror.db.messages.get('m1'))?.sealed;
  if (!sealed) throw new Error('not stored');
  await expect(mirror.codec.open('messages', 'm2', sealed)).rejects.toThrow();
  await expect(mirror.codec.open('bodies', 'm1', sealed)).rejects.toThrow();
});

test('the same value is never sealed alike twice', async () => {
  const { codec } = await newMirror();
  const [a, b] = [await codec.seal('t', 'id', 'value'), await codec.seal('t', 'id', 'value')];
  expect([...a.iv]).not.toEqual([...b.iv]);
  expect([...new Uint8Array(a.data)]).not.toEqual([...new Uint8Array(b.data)]);
});

/** Everything in a record as text: strings as they are, bytes letter by letter. */
function textOf(value: unknown): string {
  if (value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value);
  if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(textOf).join('\n');
  return String(value);
}

test('no subject, name, address, text, file or folder name is stored in clear', async () => {
  const mirror = await newMirror();
  const who = { name: 'secret-name', email: 'secret-email@example.org' };
  const row = { subject: 'secret-subject', preview: 'secret-preview', senders: [who], recipients: [who] };
  const named = { content_id: 'secret-cid', filename: 'secret-file.pdf' };
  const file = { ...named, inline: false, part: '2', size: 9, type: 'a/b' };
  const rows = [message('m1', { ...row, keywords: ['secret-keyword'] })];
  const folders = [folder('inbox', { path: 'secret-path' })];
  const actions = [action('a1', { person: 'secret-person', device_name: 'secret-device', args: { to: 'secret-arg' } })];
  const contacts = [contact('c1', { name: 'secret-name', emails: [who.email], phone: 'secret-phone', note: 'secret' })];
  const blocks = [block('b1', { title: 'secret-title', text: 'secret-block' })];
  await applyDelta(mirror, delta(0, 1, { messages: rows, folders, actions, contacts, blocks, account: ACCOUNT }));
  await storePage(mirror, 'inbox', 'all', page(1, [message('m2', row)]));
  const opened = { text: 'secret-text', html: '<p>secret-html</p>', to: [who], cc: [who], attachments: [file] };
  await keepBodies(mirror, [body('m1', opened)]);
  await keepBlob(mirror, 'm1', '2', new Blob(['secret-bytes'], { type: 'secret/type' }));
  await enqueue(mirror, [{ kind: 'move', targets: ['m1'], args: { to: 'secret-wish' } }], 1);
  const mail = composition('d1', { to: [who], subject: 'secret-draft', text: 'secret-words' });
  const original = { id: 'm1', subject: 'secret-original', sender: 'secret-sender', at: 1 };
  const writing = { composition: mail, original, message: '', instead: '' };
  await keepDraft(mirror, writing, 1, 1);
  await saveDraft(mirror, writing, 1, 1);
  await keepUpload(mirror, 'u1', 'd1', new Blob(['secret-upload']));
  const device = { id: 'd1', name: 'secret-own-device' };
  await remember(mirror, { account: ACCOUNT, device } as Session);

  const stored = await dump(mirror);
  for (const [table, records] of Object.entries(stored)) expect(records, table).not.toEqual([]);
  expect(textOf(Object.values(stored))).toContain('inbox');
  expect(textOf(Object.values(stored))).not.toContain('secret');

  expect((await rowsById(mirror, ['m1']))[0]?.subject).toBe('secret-subject');
  expect((await bodyOf(mirror, 'm1'))?.text).toBe('secret-text');
  expect(await (await blobOf(mirror, 'm1', '2'))?.text()).toBe('secret-bytes');
  expect(await known(mirror)).toEqual({ account: ACCOUNT, device });
  expect((await draftById(mirror, 'd1'))?.writing).toEqual(writing);
});

test("a session's answer never replaces a newer state that the feed brought", async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 9, { account: { ...ACCOUNT, seq: 9, state: 'reconnecting' } }));
  await remember(mirror, { account: { ...ACCOUNT, seq: 8 } } as Session);
  expect((await known(mirror)).account?.state).toBe('reconnecting');
});
