/** A delta into the mirror: rows, folders, ledger and outbox in one transaction, the cursor last.
 *
 *  Everything is sealed before the transaction opens. A browser killed in the middle has either all of it or nothing;
 *  should half of it land (WebKit), the cursor did not move and the same delta comes again. */
import { TERMINAL } from '../mail/overlay';
import type { ActionRow, Delta, FolderRow } from '../mail/rows';
import { applyMessages, forgetFolder, sealMessages } from './messages';
import type { Cursor } from './meta';
import type { StoredAction, StoredFolder } from './schema';
import type { Mirror } from './vault';

export const LEDGER_ROWS = 200;

export async function applyDelta(mirror: Mirror, delta: Delta): Promise<void> {
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
    (row, at) => ({ id: row.id, created_at: row.created_at, sealed: actionSeals[at] }) as StoredAction,
  );
  const settled = actions.filter((row) => TERMINAL.has(row.state)).map((row) => row.id);
  const cursor: Cursor = { epoch: delta.epoch, seq: delta.seq };
  await db.transaction(
    'rw',
    [db.messages, db.bodies, db.blobs, db.folders, db.windows, db.actions, db.outbox, db.meta],
    async () => {
      await applyMessages(mirror, delta, messages);
      await db.folders.bulkPut(storedFolders);
      for (const id of delta.lost_folders ?? []) {
        await db.folders.delete(id);
        await forgetFolder(mirror, id);
      }
      await db.actions.bulkPut(storedActions);
      await db.outbox.bulkDelete(settled);
      if (account) await db.meta.put({ key: 'account', value: account });
      await db.meta.put({ key: 'cursor', value: cursor });
    },
  );
}

/** The cursor is lost: what was mirrored goes, what waits and what was opened stays. */
export async function startOver(mirror: Mirror): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', [db.messages, db.folders, db.windows, db.actions, db.outbox, db.meta], async () => {
    await Promise.all([
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

export async function foldersOf(mirror: Mirror): Promise<FolderRow[]> {
  const rows = await mirror.db.folders.toArray();
  return Promise.all(rows.map((row) => mirror.codec.open<FolderRow>('folders', row.id, row.sealed)));
}

/** The newest ledger lines, newest first. */
export async function actionsOf(mirror: Mirror): Promise<ActionRow[]> {
  const rows = await mirror.db.actions.orderBy('created_at').reverse().limit(LEDGER_ROWS).toArray();
  return Promise.all(rows.map((row) => mirror.codec.open<ActionRow>('actions', row.id, row.sealed)));
}

/** Answers to repeats: what was settled before our cursor will not come by the feed again. */
export async function applySettled(mirror: Mirror, actions: readonly ActionRow[]): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.outbox, db.meta, async () => {
    const cursor = (await db.meta.get('cursor'))?.value as Cursor | undefined;
    const known = actions.filter((row) => TERMINAL.has(row.state) && cursor && row.seq <= cursor.seq);
    await db.outbox.bulkDelete(known.map((row) => row.id));
  });
}
