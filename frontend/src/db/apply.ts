/** A delta into the mirror: rows, folders, ledger and outbox in one transaction, the cursor last.
 *
 *  Everything is sealed before the transaction opens. A browser killed in the middle has either all of it or nothing;
 *  should half of it land (WebKit), the cursor did not move and the same delta comes again. */
import { TERMINAL } from '../mail/overlay';
import type { ActionRow, Delta, FolderRow, MessageRow } from '../mail/rows';
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
      await rememberAbout(mirror, actions, storedActions);
      await applyMessages(mirror, delta, messages);
      await db.folders.bulkPut(storedFolders);
      for (const id of delta.lost_folders ?? []) {
        await db.folders.delete(id);
        await forgetFolder(mirror, id);
      }
      await db.actions.bulkPut(storedActions);
      await pruneLedger(mirror, storedActions.length);
      await db.outbox.bulkDelete(settled);
      if (account) await db.meta.put({ key: 'account', value: account });
      await db.meta.put({ key: 'cursor', value: cursor });
    },
  );
}

/** Which mail a line is about, before that may be lost: what is deleted leaves the windows of most browsers. */
async function rememberAbout(
  { db }: Mirror,
  rows: readonly ActionRow[],
  stored: readonly StoredAction[],
): Promise<void> {
  if (rows.length === 0) return;
  const before = await db.actions.bulkGet(rows.map((row) => row.id));
  const held = await db.messages.bulkGet(rows.map((row) => row.targets[0] ?? ''));
  for (const [at, line] of stored.entries()) {
    const row = held[at];
    const about = row ? { id: row.id, sealed: row.sealed } : before[at]?.about;
    if (about) line.about = about;
  }
}

/** What is shown is what is kept, with room for what comes before it is looked at again. */
async function pruneLedger({ db }: Mirror, added: number): Promise<void> {
  const over = added === 0 ? 0 : (await db.actions.count()) - 2 * LEDGER_ROWS;
  if (over > 0) await db.actions.bulkDelete(await db.actions.orderBy('created_at').limit(over).primaryKeys());
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

/** The message each line was about when it was last here, by the line's id. */
export async function aboutOf(mirror: Mirror, lines: readonly string[]): Promise<Map<string, MessageRow>> {
  const rows = (await mirror.db.actions.bulkGet([...lines])).filter((row) => row?.about !== undefined);
  const open = async ({ id, about }: StoredAction): Promise<[string, MessageRow][]> =>
    about ? [[id, await mirror.codec.open<MessageRow>('messages', about.id, about.sealed)]] : [];
  return new Map((await Promise.all(rows.map(async (row) => (row ? open(row) : [])))).flat());
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
