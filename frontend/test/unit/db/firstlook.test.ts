import { dump, newMirror } from '../support/browser';
import { beforeEach, expect, test } from 'vitest';
import { Dexie } from 'dexie';
import { applyDelta } from '../../../src/db/apply';
import { foldersOf } from '../../../src/db/folders';
import { firstLook } from '../../../src/db/firstlook';
import { keysById, keysOf, storePage, windowsOf } from '../../../src/db/messages';
import { writeMeta } from '../../../src/db/meta';
import { enqueue, waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import type { AccountRow, Session } from '../../../src/mail/rows';
import { newestFirst } from '../../../src/mail/order';
import { known, remember } from '../../../src/sync/session';
import { action, delta, folder, message, page } from '../support/rows';

beforeEach(async () => {
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name);
});

const ACCOUNT = { id: 'acc', address: 'praxis@example.org', seq: 1 } as AccountRow;

/** A mirror with more rows than fit, several of one moment, and wishes over two folders. */
async function filled(): Promise<Mirror> {
  const mirror = await newMirror();
  const rows = Array.from({ length: 80 }, (_, at) => message(`m${100 + at}`, { received_at: Math.floor(at / 2) }));
  const sent = message('s1', { folder: 'sent', received_at: 99 });
  const folders = [folder('inbox', { role: 'inbox' }), folder('sent', { role: 'sent' })];
  await applyDelta(mirror, delta(0, 1, { messages: [...rows, sent], folders, account: ACCOUNT }));
  await storePage(mirror, 'inbox', 'all', page(1, rows.slice(0, 1)));
  await enqueue(mirror, [{ kind: 'move', targets: ['s1', 'm101', 'gone'], args: { to: 'inbox' } }], 1);
  await enqueue(mirror, [{ kind: 'trash', targets: ['m102'], args: {} }], 2);
  const theirs = action('a9', { kind: 'trash', targets: ['m103'], args: {}, state: 'waiting' });
  await applyDelta(mirror, delta(1, 2, { actions: [theirs, action('a8', { state: 'done' })] }));
  await writeMeta(mirror.db, 'fresh_at', 123);
  await remember(mirror, { device: { id: 'd1', name: 'Empfang' } } as Session);
  return mirror;
}

test('the first picture shows what the mirror shows', async () => {
  const mirror = await filled();
  const look = await firstLook(null);
  expect(look).toMatchObject({ folder: 'inbox', freshAt: 123, ...(await known(mirror)) });
  expect(look?.folders).toEqual(await foldersOf(mirror));
  expect(look?.waiting).toEqual(await waitingOf(mirror));
  expect(look?.window).toEqual((await windowsOf(mirror))[0]);
  expect(look?.accepted.map((row) => row.id)).toEqual(['a9']);
  expect(look?.touched).toEqual(await keysById(mirror, ['s1', 'm101', 'm102', 'm103']));
  expect([...(look?.keys ?? [])].sort(newestFirst)).toEqual(await keysOf(mirror, 'inbox', 60));
});

test('the rows that come with it are the newest ones, opened', async () => {
  const mirror = await filled();
  const look = await firstLook(null);
  const newest = (await keysOf(mirror, 'inbox', 24)).map((key) => key.id);
  expect(look?.rows.map((row) => row.id).sort()).toEqual([...newest].sort());
  expect(look?.rows[0]?.subject).toContain('Subject of');
});

test('it shows the folder that the address names, and the Inbox when there is none of that name', async () => {
  await filled();
  expect(await firstLook('sent')).toMatchObject({ folder: 'sent', window: null, keys: [{ id: 's1' }] });
  expect((await firstLook('unknown'))?.folder).toBe('inbox');
});

test('looking changes nothing', async () => {
  const mirror = await filled();
  const before = await dump(mirror);
  await firstLook(null);
  expect(await dump(mirror)).toEqual(before);
});

test('a mirror without folders has nothing to show yet', async () => {
  await newMirror();
  expect(await firstLook(null)).toBeNull();
});

test('a browser without a mirror has nothing to show, and none is made by looking', async () => {
  const mirror = await filled();
  mirror.db.close();
  await Dexie.delete(`praxispost-${mirror.account}`);
  expect(await firstLook(null)).toBeNull();
  expect(await Dexie.exists(`praxispost-${mirror.account}`)).toBe(false);
});
