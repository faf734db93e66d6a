/** The folders, with their numbers as the screen shows them, and the one that is open. */
import { derived, get, writable, type Readable } from 'svelte/store';
import { foldersOf } from '../db/folders';
import { depthOf, inOrder, leafName } from '../mail/folders';
import { unreadShift } from '../mail/overlay';
import type { FolderRow } from '../mail/rows';
import { known, type FirstLook } from '../sync/session';
import { onChange, onEnd, type Place } from './place';
import { go, route } from './route';
import { overlay, targets, touched } from './wishes';

export type FolderView = FolderRow & { depth: number; name: string; unreadShown: number };

const rows = writable<FolderRow[]>([]);

export const folders: Readable<FolderView[]> = derived([rows, overlay, touched], ([all, laid, keys]) => {
  const shift = unreadShift(keys.values(), laid);
  const paths = new Set(all.map((row) => row.path));
  return inOrder(all).map((row) => ({
    ...row,
    depth: depthOf(row, paths),
    name: leafName(row),
    unreadShown: Math.max(0, row.unread + (shift.get(row.id) ?? 0)),
  }));
});

/** The open folder: the address says which, else the Inbox. */
let lastFolder: string | null = null;

export const current: Readable<FolderView | null> = derived([folders, route], ([all, at]) => {
  const wanted = at.view === 'mail' && at.folder ? at.folder : lastFolder;
  const found = all.find((row) => row.id === wanted) ?? all.find((row) => row.role === 'inbox') ?? null;
  lastFolder = found?.id ?? lastFolder;
  return found;
});

export const folderByRole = (role: string): FolderView | null => get(folders).find((row) => row.role === role) ?? null;

export function openFolder(id: string): void {
  go({ view: 'mail', folder: id, message: null });
}

async function read(place: Place): Promise<() => void> {
  const [all, { account }] = await Promise.all([foldersOf(place.mirror), known(place.mirror)]);
  return () => prime({ folders: all, account });
}

export function prime({ folders: all, account }: Pick<FirstLook, 'folders' | 'account'>): void {
  const withRole = (role: string): string => all.find((row) => row.role === role)?.id ?? '';
  const chosen = all.some((row) => row.id === account?.archive) ? account?.archive : '';
  targets.set({ archive: chosen || withRole('archive'), trash: withRole('trash') });
  rows.set(all);
}

onChange((news, place) =>
  news.kind === 'everything' || (news.kind === 'mirror' && (news.folders || news.account)) ? read(place) : null,
);
onEnd(() => {
  lastFolder = null;
  rows.set([]);
});
