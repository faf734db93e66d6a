/** A delta into the mirror: rows, folders, ledger and outbox in one transaction, the cursor last.
 *
 *  Everything is sealed before the transaction opens. A browser killed in the middle has either all of it or nothing;
 *  should half of it land (WebKit), the cursor did not move and the same delta comes again. */
import type { Table } from 'dexie';
import { DRAFT } from '../mail/flags';
import { settledIds } from '../mail/overlay';
import type { ActionRow, Delta, FolderRow } from '../mail/rows';
import { entryTables, sealEntries, storeEntries } from './book';
import { settleDrafts } from './compositions';
import { storedAction, storeLedger } from './ledger';
import { applyMessages, forgetFolder, sealMessages } from './messages';
import { readMeta, type Cursor } from './meta';
import type { MirrorDb, Sealed, StoredFolder } from './schema';
import type { Mirror } from './vault';

const mirrored = (db: MirrorDb): Table[] => [db.messages, db.bodies, db.blobs, db.folders, db.windows];
const written = (db: MirrorDb): Table[] => [db.outbox, db.compositions, db.uploads, db.slices];

const tablesOf = (db: MirrorDb): Table[] => [...mirrored(db), ...entryTables(db), db.actions, db.meta, ...written(db)];

/** `after`: only if the mirror stands exactly there; else nothing is changed and the answer is false. */
export async function applyDelta(mirror: Mirror, delta: Delta, after?: Cursor): Promise<boolean> {
  const { db } = mirror;
  const store = await sealed(mirror, delta);
  return db.transaction('rw', tablesOf(db), async () => {
    if (after && !isSame(after, await readMeta(db, 'cursor'))) return false;
    await store();
    return true;
  });
}

/** → what stores it, inside a transaction. */
async function sealed(mirror: Mirror, delta: Delta): Promise<() => Promise<void>> {
  const { db, codec } = mirror;
  const folders: FolderRow[] = delta.folders ?? [];
  const actions: ActionRow[] = delta.actions ?? [];
  const [messages, entries, folderSeals, actionSeals, account] = await Promise.all([
    sealMessages(mirror, delta.messages ?? []),
    sealEntries(mirror, delta),
    codec.sealAll('folders', folders, (row) => row.id),
    codec.sealAll('actions', actions, (row) => row.id),
    delta.account ? codec.seal('meta', 'account', delta.account) : null,
  ]);
  const storedFolders = folders.map(
    (row, at) => ({ id: row.id, seq: row.seq, sealed: folderSeals[at] }) as StoredFolder,
  );
  const storedActions = actions.map((row, at) => storedAction(row, actionSeals[at] as Sealed));
  const cursor: Cursor = { epoch: delta.epoch, seq: delta.seq };
  return async () => {
    // All asked for at once, and answered in this order: a wait for each is what a change on the screen would wait for.
    await Promise.all([
      storeLedger(mirror, actions, storedActions),
      applyMessages(mirror, delta, messages),
      storeEntries(db, entries),
      db.folders.bulkPut(storedFolders),
      forgetFolders(mirror, delta.lost_folders ?? []),
      settle(db, actions),
      account ? db.meta.put({ key: 'account', value: account }) : null,
    ]);
    await db.meta.put({ key: 'cursor', value: cursor });
  };
}

const isSame = (one: Cursor, other: Cursor | null): boolean => one.epoch === other?.epoch && one.seq === other.seq;

async function forgetFolders(mirror: Mirror, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await mirror.db.folders.delete(id);
    await forgetFolder(mirror, id);
  }
}

/** The cursor is lost: what was mirrored goes, what waits and what was opened stays, but for drafts: without their rows
 *  nothing would tell that another version was saved. The snapshot comes in the same transaction: what is wished in between
 *  would have been decided at nothing, and be overtaken by everything. */
export async function startOver(mirror: Mirror, snapshot: Delta): Promise<void> {
  const { db } = mirror;
  const store = await sealed(mirror, snapshot);
  await db.transaction('rw', tablesOf(db), async () => {
    await forgetAll(db);
    await store();
  });
}

async function forgetAll(db: MirrorDb): Promise<void> {
  const drafts = await db.messages.filter((row) => (row.flags & DRAFT) !== 0).primaryKeys();
  await Promise.all([
    db.bodies.bulkDelete(drafts),
    db.blobs.where('message').anyOf(drafts).delete(),
    db.messages.clear(),
    db.folders.clear(),
    db.windows.clear(),
    ...entryTables(db).map((table) => table.clear()),
    db.actions.clear(),
    db.meta.bulkDelete(['cursor', 'owed']),
  ]);
  // What was sent is asked about again: the server answers a repeat with what became of it.
  await db.outbox.where('state').equals('sent').modify({ state: 'waiting' });
}

/** Answers to repeats: what was settled before our cursor will not come by the feed again. */
export async function applySettled(mirror: Mirror, actions: readonly ActionRow[]): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', [db.meta, ...written(db)], async () => {
    const cursor = (await db.meta.get('cursor'))?.value as Cursor | undefined;
    await settle(
      db,
      actions.filter((row) => cursor && row.seq <= cursor.seq),
    );
  });
}

/** Wishes that were carried out leave the outbox, and what was written for them knows of it. */
async function settle(db: MirrorDb, actions: readonly ActionRow[]): Promise<void> {
  await db.outbox.bulkDelete(settledIds(actions));
  await settleDrafts(db, actions);
}
