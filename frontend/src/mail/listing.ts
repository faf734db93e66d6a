/** Which messages a list shows, in which order. Pure: mirrored keys, waiting wishes over them, a filter, a bound. */
import { DELETED, FLAGGED, SEEN } from './flags';
import { newestFirst, reaches, type Placed } from './order';
import type { Overlay } from './overlay';
import type { WindowKind } from './rows';

export type ListFilter = 'all' | 'unread' | 'flagged' | 'attachments' | 'marked_deleted';

export type Key = { id: string; folder: string; received_at: number; flags: number; clip: 0 | 1 };

/** The window a filter reads from. */
export function windowKindOf(filter: ListFilter): WindowKind {
  return filter === 'unread' || filter === 'flagged' ? filter : 'all';
}

const passes: Record<ListFilter, (key: Key) => boolean> = {
  all: (key) => !(key.flags & DELETED),
  unread: (key) => !(key.flags & (DELETED | SEEN)),
  flagged: (key) => !(key.flags & DELETED) && (key.flags & FLAGGED) !== 0,
  attachments: (key) => !(key.flags & DELETED) && key.clip === 1,
  marked_deleted: (key) => (key.flags & DELETED) !== 0,
};

/** `kept`: read while it is being looked at, it stays in a list of unread ones until that list is left. */
export type Listing = {
  folder: string;
  filter: ListFilter;
  overlay: Overlay;
  bound: Placed | null;
  kept: ReadonlySet<string>;
};

/** `mirrored`: the folder's keys, newest first; `elsewhere`: keys of other folders that wishes may bring here. */
export function listed(mirrored: readonly Key[], elsewhere: Iterable<Key>, listing: Listing): Key[] {
  const { folder, filter, overlay, bound, kept } = listing;
  const shows = (key: Key): boolean => passes[filter](key) || (kept.has(key.id) && !(key.flags & DELETED));
  const laid = (key: Key): Key | null => {
    const shown = overlay.shown(key.id, key.folder, key.flags);
    if (shown.gone || shown.folder !== folder) return null;
    return shown.flags === key.flags && shown.folder === key.folder ? key : { ...key, ...pick(shown) };
  };
  const wished = new Set(overlay.touched()); // few, of a folder that may hold tens of thousands
  const here: Key[] = [];
  for (const key of mirrored) {
    if (!reaches(key, bound)) continue;
    const now = wished.has(key.id) ? laid(key) : key;
    if (now && shows(now)) here.push(now);
  }
  const coming = [...elsewhere].flatMap((key) => {
    const now = key.folder === folder ? null : laid(key);
    return now && shows(now) ? [now] : [];
  });
  if (coming.length === 0) return here;
  // Read a moment apart, both may have the same message: the mirrored one is newer.
  const mirroredIds = new Set(mirrored.map((key) => key.id));
  return [...here, ...coming.filter((key) => !mirroredIds.has(key.id))].sort(newestFirst);
}

const pick = ({ folder, flags }: { folder: string; flags: number }): { folder: string; flags: number } => ({
  folder,
  flags,
});
