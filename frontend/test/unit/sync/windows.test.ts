import { newMirror } from '../support/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { keysOf, storePage, windowsOf } from '../../../src/db/messages';
import { readMeta, writeMeta } from '../../../src/db/meta';
import type { Mirror } from '../../../src/db/vault';
import type { FolderRow, MessageRow } from '../../../src/mail/rows';
import { Bell, type News } from '../../../src/sync/bell';
import {
  gapsOf,
  keptFolders,
  KEPT_FOLDERS,
  needOlder,
  OFFLINE_ROWS,
  rememberOpened,
  windowOf,
} from '../../../src/sync/windows';
import { delta, folder, message, page } from '../support/rows';
import { pathsOf, serve } from '../support/server';

const bells: Bell[] = [];
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));

async function desk(messages: MessageRow[] = []): Promise<{ mirror: Mirror; bell: Bell; heard: News['kind'][] }> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { messages }));
  const bell = new Bell(mirror.account);
  bells.push(bell);
  const heard: News['kind'][] = [];
  bell.on((news) => heard.push(news.kind));
  return { mirror, bell, heard };
}
const rows = (n: number, change: Partial<MessageRow> = {}): MessageRow[] =>
  Array.from({ length: n }, (_, at) =>
    message(`m${String(at).padStart(4, '0')}`, { received_at: 9000 - at, ...change }),
  );
const kinds = async (mirror: Mirror, row: FolderRow): Promise<string[]> =>
  (await gapsOf(mirror, row)).map((gap) => gap.kind);

test('the next page is asked for below the last one', async () => {
  const { mirror, bell, heard } = await desk();
  const log = serve({ folders: () => page(5, rows(2)) });
  expect(await needOlder(mirror, bell, 'inbox', 'all', 2)).toBe(true);
  expect(await needOlder(mirror, bell, 'inbox', 'all', 2)).toBe(true);
  expect(pathsOf(log)).toEqual([
    'folders/inbox/messages?kind=all&limit=2',
    'folders/inbox/messages?kind=all&limit=2&before_received_at=8999&before_id=m0001',
  ]);
  expect(heard).toEqual(['mirror', 'windows', 'mirror', 'windows']);
});

test('the last page says that there is nothing further, and nothing is asked after it', async () => {
  const { mirror, bell } = await desk();
  const log = serve({ folders: () => page(5, rows(2), { complete: true }) });
  expect(await needOlder(mirror, bell, 'inbox', 'all', 2)).toBe(false);
  expect(await needOlder(mirror, bell, 'inbox', 'all', 2)).toBe(false);
  expect(log).toHaveLength(1);
});

test('a page older than the mirror is asked for again', async () => {
  const { mirror, bell } = await desk();
  let seq = 3;
  const log = serve({ folders: () => page((seq += 1), rows(1)) });
  await needOlder(mirror, bell, 'inbox', 'all', 1);
  expect(log).toHaveLength(2);
  expect(await keysOf(mirror, 'inbox')).toHaveLength(1);
});

test('when every page is older than the mirror it gives up instead of asking forever', async () => {
  const { mirror, bell, heard } = await desk();
  const log = serve({ folders: () => page(1, rows(1)) });
  await expect(needOlder(mirror, bell, 'inbox', 'all', 1)).rejects.toMatchObject({ code: 'busy' });
  expect([log.length, heard]).toEqual([4, []]);
});

test('an opened folder is remembered once', async () => {
  const { mirror, bell, heard } = await desk();
  for (const id of ['sent', 'sent', 'labor']) await rememberOpened(mirror, bell, id);
  expect(await readMeta(mirror.db, 'opened')).toEqual(['sent', 'labor']);
  expect(heard).toEqual(['opened', 'opened']);
});

test('kept are the Inbox, first, and the folders that were opened, where they can be', async () => {
  const { mirror, bell } = await desk();
  const folders = [folder('a'), folder('b'), folder('c', { selectable: false }), folder('i', { role: 'inbox' })];
  await applyDelta(mirror, delta(5, 6, { folders }));
  for (const id of ['b', 'c']) await rememberOpened(mirror, bell, id);
  expect((await keptFolders(mirror)).map((row) => row.id)).toEqual(['i', 'b']);
});

test('an unknown folder lacks its rows, its unread ones and its flagged ones', async () => {
  const { mirror } = await desk();
  expect(await kinds(mirror, folder('inbox', { total: 10, unread: 1 }))).toEqual(['all', 'unread', 'flagged']);
});

test('even an empty folder is asked once, so that its window is known', async () => {
  const { mirror } = await desk();
  expect(await kinds(mirror, folder('inbox'))).toEqual(['all', 'unread', 'flagged']);
  for (const kind of ['all', 'unread', 'flagged'] as const) {
    await storePage(mirror, 'inbox', kind, page(5, [], { complete: true }));
  }
  expect(await kinds(mirror, folder('inbox'))).toEqual([]);
});

test('a window that reaches the bottom lacks nothing, whatever the numbers say', async () => {
  const { mirror } = await desk();
  await storePage(mirror, 'inbox', 'all', page(5, rows(1), { complete: true }));
  expect(await windowOf(mirror, 'inbox', 'all')).toMatchObject({ down_to: null });
  expect(await kinds(mirror, folder('inbox', { total: 99, unread: 9 }))).toEqual(['unread', 'flagged']);
});

test('a window that holds what is wanted lacks nothing', async () => {
  const { mirror } = await desk();
  await storePage(mirror, 'inbox', 'all', page(5, rows(4, { flags: 1 })));
  await storePage(mirror, 'inbox', 'unread', page(5, rows(2)));
  const row = folder('inbox', { total: 4, unread: 2 });
  expect(await kinds(mirror, row)).toEqual(['flagged']);
  expect(await kinds(mirror, { ...row, total: 5 })).toEqual(['all', 'flagged']);
  expect(await kinds(mirror, { ...row, unread: 3 })).toEqual(['unread', 'flagged']);
});

test('of a large folder no more is wanted than is kept for offline', async () => {
  const { mirror } = await desk(rows(OFFLINE_ROWS, { flags: 1 }));
  await storePage(mirror, 'inbox', 'all', page(5, rows(OFFLINE_ROWS).slice(-1)));
  expect(await kinds(mirror, folder('inbox', { total: 50_000 }))).toEqual(['unread', 'flagged']);
});

test('a gap is another one once the window grew or the folder changed', async () => {
  const { mirror } = await desk();
  const key = async (row: FolderRow): Promise<string | undefined> => (await gapsOf(mirror, row))[0]?.key;
  const row = folder('inbox', { total: 10, seq: 1 });
  const first = await key(row);
  expect(await key(row)).toBe(first);
  expect(await key({ ...row, seq: 2 })).not.toBe(first);
  await storePage(mirror, 'inbox', 'all', page(5, rows(2)));
  expect(await key(row)).not.toBe(first);
});

test('of many opened folders those opened last are kept, and the Inbox however long ago that was', async () => {
  const { mirror, bell } = await desk();
  const names = Array.from({ length: KEPT_FOLDERS }, (_, at) => `f${at}`);
  const folders = [folder('inbox', { role: 'inbox' }), ...names.map((name) => folder(name))];
  await applyDelta(mirror, delta(5, 6, { folders }));
  for (const name of ['inbox', 'f0', 'f1'])
    await storePage(mirror, name, 'all', page(6, [message(`m-${name}`, { folder: name })]));
  await writeMeta(mirror.db, 'opened', ['inbox', ...names.slice(0, -1)]);
  await rememberOpened(mirror, bell, names.at(-1) ?? '');
  expect((await windowsOf(mirror)).map((window) => window.folder).sort()).toEqual(['f1', 'inbox']);
  expect([await keysOf(mirror, 'f0'), (await keysOf(mirror, 'inbox')).length]).toEqual([[], 1]);
});

test('a browser that is killed while it gives up a folder holds all of it', async () => {
  const { mirror, bell } = await desk();
  await storePage(mirror, 'f0', 'all', page(5, [message('m', { folder: 'f0' })]));
  const names = Array.from({ length: KEPT_FOLDERS }, (_, at) => `f${at}`);
  await writeMeta(mirror.db, 'opened', names);
  vi.spyOn(mirror.db.windows, 'bulkDelete').mockRejectedValueOnce(new Error('killed'));
  await expect(rememberOpened(mirror, bell, 'one more')).rejects.toThrow('killed');
  expect([(await keysOf(mirror, 'f0')).length, (await windowsOf(mirror)).length]).toEqual([1, 1]);
});
