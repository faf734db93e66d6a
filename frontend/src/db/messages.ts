/** Message rows and windows of the mirror. Keys of a whole folder are cheap; rows are opened on demand. */
import { FLAGGED, SEEN } from '../mail/flags';
import { newestFirst } from '../mail/order';
import type { Delta, MessageRow, Page, Window, WindowKind } from '../mail/rows';
import { extended, isNewer, windowKey } from '../mail/windows';
import { readMeta, writeMeta } from './meta';
import type { MirrorDb, StoredMessage, StoredWindow } from './schema';
import type { Mirror } from './vault';

export type MessageKey = { id: string; folder: string; received_at: number; flags: number; clip: 0 | 1 };

const TABLE = 'messages';

export async function sealMessages(mirror: Mirror, rows: readonly MessageRow[]): Promise<StoredMessage[]> {
  const sealed = await mirror.codec.sealAll(TABLE, rows, (row) => row.id);
  return rows.map((row, at) => ({
    id: row.id,
    folder: row.folder,
    received_at: row.received_at,
    flags: row.flags,
    clip: row.has_attachments ? 1 : 0,
    size: row.size,
    seq: row.seq,
    sealed: sealed[at] as StoredMessage['sealed'],
  }));
}

/** The newest keys of a folder, or all of them. */
export async function keysOf(mirror: Mirror, folder: string, limit = Infinity): Promise<MessageKey[]> {
  const rows = mirror.db.messages.where('[folder+received_at]').between([folder, -Infinity], [folder, []]);
  const newest = rows.reverse();
  const found = await (limit === Infinity ? newest : newest.limit(limit)).toArray();
  return found.map(({ id, received_at, flags, clip }) => ({ id, folder, received_at, flags, clip })).sort(newestFirst);
}

export async function keysById(mirror: Mirror, ids: readonly string[]): Promise<MessageKey[]> {
  const found = await mirror.db.messages.bulkGet([...ids]);
  return found.flatMap((row) =>
    row ? [{ id: row.id, folder: row.folder, received_at: row.received_at, flags: row.flags, clip: row.clip }] : [],
  );
}

/** Rows decoded, in no particular order; ids that are not held are left out. */
export async function rowsById(mirror: Mirror, ids: readonly string[]): Promise<MessageRow[]> {
  const found = (await mirror.db.messages.bulkGet([...ids])).filter((row) => row !== undefined);
  return Promise.all(found.map((row) => mirror.codec.open<MessageRow>(TABLE, row.id, row.sealed)));
}

/** Store a page below what is held, and how far the window now reaches. False: the page is older than the mirror, and
 *  what was deleted since would come back, or another tab has extended the window `below` which it was asked; ask again.
 *
 *  Until the server knows of the larger window, its frames leave out what changes there: that is `owed`. */
export async function storePage(
  mirror: Mirror,
  folder: string,
  kind: WindowKind,
  page: Page,
  below?: Window | null,
): Promise<boolean> {
  const { db } = mirror;
  const sealed = await sealMessages(mirror, page.messages);
  const window = extended(folder, kind, page);
  return db.transaction('rw', db.messages, db.bodies, db.blobs, db.windows, db.meta, async () => {
    const cursor = await readMeta(db, 'cursor');
    if (cursor?.epoch !== page.epoch || cursor.seq > page.seq) return false;
    if (!endsAt(await mirror.db.windows.get(windowKey({ folder, kind })), below)) return false;
    const owed = await readMeta(db, 'owed');
    const since = Math.min(owed?.since ?? page.seq, page.seq);
    await writeMeta(db, 'owed', { since, pages: (owed?.pages ?? 0) + 1 });
    const held = await mirror.db.messages.bulkGet(sealed.map((row) => row.id));
    const fresh = sealed.filter((_, at) => isNewer(page.messages[at] as MessageRow, held[at]));
    await dropStale(db, held, fresh);
    await mirror.db.messages.bulkPut(fresh);
    if (window) await mirror.db.windows.put(storedWindow(window));
    return true;
  });
}

/** Does the stored window still end where it ended when the page was asked for? */
function endsAt(stored: StoredWindow | undefined, below: Window | null | undefined): boolean {
  if (below === undefined) return true;
  return below === null ? stored === undefined : stored?.id === (below.down_to?.id ?? null);
}

export async function windowsOf(mirror: Mirror): Promise<Window[]> {
  return (await mirror.db.windows.toArray()).map(windowOf);
}

/** What a delta does to rows; called inside the transaction that also moves the cursor. */
export async function applyMessages(mirror: Mirror, delta: Delta, sealed: readonly StoredMessage[]): Promise<void> {
  const { messages, bodies, blobs } = mirror.db;
  const lost = delta.lost ?? [];
  const held = await messages.bulkGet(sealed.map((row) => row.id));
  const fresh = sealed.filter((row, at) => (held[at]?.seq ?? 0) <= row.seq);
  await dropStale(mirror.db, held, fresh);
  await messages.bulkPut(fresh);
  await messages.bulkDelete(lost);
  await bodies.bulkDelete(lost);
  if (lost.length) await blobs.where('message').anyOf(lost).delete();
}

/** A draft keeps its id and says something else with every version: the text held of another one must not be shown. */
async function dropStale(
  db: MirrorDb,
  held: readonly (StoredMessage | undefined)[],
  fresh: readonly StoredMessage[],
): Promise<void> {
  const known = new Map(held.map((row) => [row?.id, row]));
  const changed = fresh.filter((row) => {
    const before = known.get(row.id);
    return before && (before.received_at !== row.received_at || (before.size ?? row.size) !== row.size);
  });
  const ids = changed.map((row) => row.id);
  await db.bodies.bulkDelete(ids);
  if (ids.length) await db.blobs.where('message').anyOf(ids).delete();
}

export async function forgetFolder(mirror: Mirror, folder: string): Promise<void> {
  const ids = (await keysOf(mirror, folder)).map((key) => key.id);
  await mirror.db.messages.bulkDelete(ids);
  await mirror.db.bodies.bulkDelete(ids);
  await mirror.db.blobs.where('message').anyOf(ids).delete();
  await mirror.db.windows.bulkDelete(
    (['all', 'unread', 'flagged'] as const).map((kind) => windowKey({ folder, kind })),
  );
}

/** How many of a folder are held that its window kind asks for. */
export async function heldIn(mirror: Mirror, folder: string, kind: WindowKind): Promise<number> {
  const keys = await keysOf(mirror, folder);
  if (kind === 'unread') return keys.filter((key) => !(key.flags & SEEN)).length;
  return kind === 'flagged' ? keys.filter((key) => key.flags & FLAGGED).length : keys.length;
}

function storedWindow(window: Window): StoredWindow {
  const { folder, kind, down_to } = window;
  return {
    key: windowKey({ folder, kind }),
    folder,
    kind,
    received_at: down_to?.received_at ?? null,
    id: down_to?.id ?? null,
  };
}

function windowOf(stored: StoredWindow): Window {
  const { folder, kind, received_at, id } = stored;
  return { folder, kind, down_to: received_at === null || id === null ? null : { received_at, id } };
}
