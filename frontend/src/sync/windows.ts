/** Which rows this browser holds of a folder, and how it comes to hold more. */
import { foldersOf } from '../db/folders';
import { forgetFolder, heldIn, storePage, windowsOf } from '../db/messages';
import { readMeta, writeMeta } from '../db/meta';
import type { Mirror } from '../db/vault';
import type { FolderRow, Window, WindowKind } from '../mail/rows';
import { api, ApiError } from '../net/api';
import type { Bell } from './bell';

export const FIRST_ROWS = 60;
export const NEXT_ROWS = 200;
/** What is held of every opened folder beside everything unread and flagged. */
export const OFFLINE_ROWS = 500;
/** Opened last; each may hold three windows, and the server takes a bounded number of them. */
export const KEPT_FOLDERS = 100;
const TRIES = 4;

const same = (window: Window, folder: string, kind: WindowKind): boolean =>
  window.folder === folder && window.kind === kind;

export async function windowOf(mirror: Mirror, folder: string, kind: WindowKind): Promise<Window | null> {
  return (await windowsOf(mirror)).find((window) => same(window, folder, kind)) ?? null;
}

/** Fetch the next page below what is held. → false when there is nothing further. Raises ApiError. */
export async function needOlder(
  mirror: Mirror,
  bell: Bell,
  folder: string,
  kind: WindowKind,
  rows: number,
): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const window = await windowOf(mirror, folder, kind);
    if (window && !window.down_to) return false;
    const page = await api.page(folder, kind, window?.down_to ?? null, rows);
    // An account that changes this moment: the page is older than the mirror, ask for a newer one.
    if (!(await storePage(mirror, folder, kind, page, window))) continue;
    bell.ring({
      kind: 'mirror',
      messages: page.messages.map((row) => row.id),
      folders: false,
      actions: false,
      account: false,
    });
    bell.ring({ kind: 'windows' });
    return page.messages.length > 0 && !page.complete;
  }
  throw new ApiError(0, 'busy');
}

/** From now on this folder is kept for offline. */
export async function rememberOpened(mirror: Mirror, bell: Bell, folder: string): Promise<void> {
  const opened = (await readMeta(mirror.db, 'opened')) ?? [];
  if (opened.at(-1) === folder) return;
  const now = [...opened.filter((other) => other !== folder), folder];
  const dropped = now.length > KEPT_FOLDERS ? await openedLongestAgo(mirror, now) : [];
  if (dropped.length) await giveUp(mirror, dropped);
  const kept = now.filter((other) => !dropped.includes(other));
  await writeMeta(mirror.db, 'opened', kept);
  if (dropped.length) bell.ring({ kind: 'windows' });
  if (!opened.includes(folder)) bell.ring({ kind: 'opened' });
}

/** The Inbox is kept without having been opened. */
async function openedLongestAgo(mirror: Mirror, opened: readonly string[]): Promise<string[]> {
  const inboxes = new Set((await foldersOf(mirror)).filter((row) => row.role === 'inbox').map((row) => row.id));
  return opened.filter((folder) => !inboxes.has(folder)).slice(0, opened.length - KEPT_FOLDERS);
}

/** All of a folder or nothing: a window without its rows would never be filled again. */
async function giveUp(mirror: Mirror, dropped: readonly string[]): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.messages, db.windows, db.bodies, db.blobs, async () => {
    for (const folder of dropped) await forgetFolder(mirror, folder);
  });
}

/** Folders to keep, the Inbox first. */
export async function keptFolders(mirror: Mirror): Promise<FolderRow[]> {
  const opened = new Set((await readMeta(mirror.db, 'opened')) ?? []);
  const kept = (await foldersOf(mirror)).filter(
    (row) => row.selectable && (row.role === 'inbox' || opened.has(row.id)),
  );
  return kept.sort((a, b) => Number(b.role === 'inbox') - Number(a.role === 'inbox'));
}

/** What a folder still lacks, each as a key that changes when asking again could bring something. While the server's
 *  own history is being mirrored, a window may be short: it is asked for again when the folder's row has changed. */
export async function gapsOf(mirror: Mirror, folder: FolderRow): Promise<{ kind: WindowKind; key: string }[]> {
  const windows = (await windowsOf(mirror)).filter((window) => window.folder === folder.id);
  const gaps: { kind: WindowKind; key: string }[] = [];
  for (const kind of ['all', 'unread', 'flagged'] as const) {
    const window = windows.find((one) => same(one, folder.id, kind));
    if (window && !window.down_to) continue;
    const held = window ? await heldIn(mirror, folder.id, kind) : -1;
    const wanted = { all: Math.min(OFFLINE_ROWS, folder.total), unread: folder.unread, flagged: Infinity }[kind];
    const version = kind === 'flagged' ? folder.complete : folder.seq;
    if (held < wanted) gaps.push({ kind, key: `${folder.id}/${kind}/${window?.down_to?.id ?? ''}/${version}` });
  }
  return gaps;
}
