/** A delta into the mirror: rows, folders, ledger and outbox in one transaction, the cursor last.
 *
 *  Everything is sealed before the transaction opens. A browser killed in the middle has either all of it or nothing;
 *  should half of it land (WebKit), the cursor did not move and the same delta comes again. */
import type { Table } from 'dexie';
import { DRAFT } from '../mail/flags';
import { settledIds, UNDER_WAY } from '../mail/overlay';
import type { ActionRow, Delta, FolderRow } from '../mail/rows';
import { settleDrafts } from './compositions';
import { storeLedger } from './ledger';
import { applyMessages, forgetFolder, sealMessages } from './messages';
import { readMeta, type Cursor } from './meta';
import type { MirrorDb, StoredAction, StoredFolder } from './schema';
import type { Mirror } from './vault';

const mirrored = (db: MirrorDb): Table[] => [db.messages, db.bodies, db.blobs, db.folders, db.windows];
const written = (db: MirrorDb): Table[] => [db.outbox, db.compositions, db.uploads, db.slices];

/** `after`: only if the mirror stands exactly there; else nothing is changed and the answer is false. */
export async function applyDelta(mirror: Mirror, delta: Delta, after?: Cursor): Promise<boolean> {
  const { db, codec } = mirror;
  const folders: FolderRow[] = delta.folders ?? [];
  const actions: ActionRow[] = delta.actions ?? [];
  const [messages, folderSeals, actionSeals, account] = await Promise.all([
    sealMessages(mirror, delta.messages ?? []),
    codec.sealAll('folders', folders, (row) => row.id),
    codec.sealAll('actions', actions, (row) => row.id),
    delta.account ? codec.seal('meta', 'account', delta.account) : null,
  ]);
  const storedFolders = folders.map(
    (row, at) => ({ id: row.id, seq: row.seq, sealed: folderSeals[at] }) as StoredFolder,
  );
  const storedActions = actions.map(
    (row, at) =>
      ({
        id: row.id,
        created_at: row.created_at,
        ...(UNDER_WAY.has(row.state) ? { open: 1 } : {}),
        sealed: actionSeals[at],
      }) as StoredAction,
  );
  const cursor: Cursor = { epoch: delta.epoch, seq: delta.seq };
  return db.transaction('rw', [...mirrored(db), db.actions, db.meta, ...written(db)], async () => {
    if (after && !isSame(after, await readMeta(db, 'cursor'))) return false;
    // All asked for at once, and answered in this order: a wait for each is what a change on the screen would wait for.
    await Promise.all([
      storeLedger(mirror, actions, storedActions),
      applyMessages(mirror, delta, messages),
      db.folders.bulkPut(storedFolders),
      forgetFolders(mirror, delta.lost_folders ?? []),
      settle(db, actions),
      account ? db.meta.put({ key: 'account', value: account }) : null,
    ]);
    await db.meta.put({ key: 'cursor', value: cursor });
    return true;
  });
}

const isSame = (one: Cursor, other: Cursor | null): boolean => one.epoch === other?.epoch && one.seq === other.seq;

async function forgetFolders(mirror: Mirror, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await mirror.db.folders.delete(id);
    await forgetFolder(mirror, id);
  }
}

/** The cursor is lost: what was mirrored goes, what waits and what was opened stays, but for drafts: without their rows
 *  nothing would tell that another version was saved. */
export async function startOver(mirror: Mirror): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', [...mirrored(db), db.actions, db.outbox, db.meta], async () => {
    const drafts = await db.messages.filter((row) => (row.flags & DRAFT) !== 0).primaryKeys();
    await Promise.all([
      db.bodies.bulkDelete(drafts),
      db.blobs.where('message').anyOf(drafts).delete(),
      db.messages.clear(),
      db.folders.clear(),
      db.windows.clear(),
      db.actions.clear(),
      db.meta.bulkDelete(['cursor', 'owed']),
    ]);
    // What was sent is asked about again: the server answers a repeat with what became of it.
    await db.outbox.where('state').equals('sent').modify({ state: 'waiting' });
  });
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
