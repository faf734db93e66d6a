/** Lines of the ledger: what became of everybody's wishes. */
import type { ActionRow, MessageRow } from '../mail/rows';
import type { StoredAction } from './schema';
import type { Mirror } from './vault';

export const LEDGER_ROWS = 200;

/** The newest ones, newest first. */
export async function actionsOf(mirror: Mirror): Promise<ActionRow[]> {
  const rows = await mirror.db.actions.orderBy('created_at').reverse().limit(LEDGER_ROWS).toArray();
  return Promise.all(rows.map((row) => mirror.codec.open<ActionRow>('actions', row.id, row.sealed)));
}

/** What was accepted and is under way, in order of its arrival. */
export async function openActions(mirror: Mirror): Promise<ActionRow[]> {
  const rows = await mirror.db.actions.where('open').equals(1).toArray();
  const opened = await Promise.all(rows.map((row) => mirror.codec.open<ActionRow>('actions', row.id, row.sealed)));
  return opened.sort((a, b) => a.seq - b.seq);
}

/** One line, null where it is not mirrored. */
export async function actionById(mirror: Mirror, id: string): Promise<ActionRow | null> {
  const row = await mirror.db.actions.get(id);
  return row ? mirror.codec.open<ActionRow>('actions', id, row.sealed) : null;
}

/** The message each line was about when it was last here, by the line's id. */
export async function aboutOf(mirror: Mirror, lines: readonly string[]): Promise<Map<string, MessageRow>> {
  const rows = (await mirror.db.actions.bulkGet([...lines])).filter((row) => row?.about !== undefined);
  const open = async ({ id, about }: StoredAction): Promise<[string, MessageRow][]> =>
    about ? [[id, await mirror.codec.open<MessageRow>('messages', about.id, about.sealed)]] : [];
  return new Map((await Promise.all(rows.map(async (row) => (row ? open(row) : [])))).flat());
}

/** Inside the transaction of a delta, before its messages: which mail a line is about is remembered before that may be
 *  lost, since what is deleted leaves the windows of most browsers. What is shown is what is kept, and as many again. */
export async function storeLedger(
  { db }: Mirror,
  rows: readonly ActionRow[],
  stored: readonly StoredAction[],
): Promise<void> {
  if (rows.length === 0) return;
  const [before, held, known] = await Promise.all([
    db.actions.bulkGet(rows.map((row) => row.id)),
    db.messages.bulkGet(rows.map((row) => row.targets[0] ?? '')),
    db.actions.count(),
  ]);
  for (const [at, line] of stored.entries()) {
    const row = held[at];
    const about = row ? { id: row.id, sealed: row.sealed } : before[at]?.about;
    if (about) line.about = about;
  }
  await db.actions.bulkPut([...stored]);
  const over = known + rows.length - 2 * LEDGER_ROWS;
  if (over > 0) await db.actions.bulkDelete(await db.actions.orderBy('created_at').limit(over).primaryKeys());
}
