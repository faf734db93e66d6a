/** Lines of the ledger: what became of everybody's wishes. */
import { UNDER_WAY } from '../mail/overlay';
import { isUnsent } from '../mail/unsent';
import type { ActionRow, MessageRow } from '../mail/rows';
import type { Sealed, StoredAction } from './schema';
import type { Mirror } from './vault';

export const LEDGER_ROWS = 200;
/** By one of so many of its targets a line is named. */
export const NAMED = 8;

/** The newest ones, newest first, and behind them the older mails of which a person has not decided yet. */
export async function actionsOf(mirror: Mirror): Promise<ActionRow[]> {
  const { actions } = mirror.db;
  const [newest, unsent] = await Promise.all([
    actions.orderBy('created_at').reverse().limit(LEDGER_ROWS).toArray(),
    actions.where('unsent').equals(1).toArray(),
  ]);
  const known = new Set(newest.map((row) => row.id));
  const older = unsent.filter((row) => !known.has(row.id)).sort((a, b) => b.created_at - a.created_at);
  const rows = [...newest, ...older];
  return Promise.all(rows.map((row) => mirror.codec.open<ActionRow>('actions', row.id, row.sealed)));
}

/** Is there any mail that did not leave? Asked often, hence without opening anything. */
export const hasUnsent = async ({ db }: Mirror): Promise<boolean> =>
  (await db.actions.where('unsent').equals(1).count()) > 0;

export const storedAction = (row: ActionRow, sealed: Sealed): StoredAction => ({
  id: row.id,
  created_at: row.created_at,
  sealed,
  ...(UNDER_WAY.has(row.state) ? { open: 1 } : {}),
  ...(isUnsent(row) ? { unsent: 1 } : {}),
});

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
 *  lost, since what is deleted leaves the windows of most browsers. What is shown is what is kept, and as many again, and
 *  whatever its age what is under way or waits for a person. */
export async function storeLedger(
  { db }: Mirror,
  rows: readonly ActionRow[],
  stored: readonly StoredAction[],
): Promise<void> {
  if (rows.length === 0) return;
  const named = rows.map((row) => row.targets.slice(0, NAMED));
  const [before, held, known] = await Promise.all([
    db.actions.bulkGet(rows.map((row) => row.id)),
    db.messages.bulkGet(named.flat()),
    db.actions.count(),
  ]);
  const byId = new Map(held.flatMap((row) => (row ? [[row.id, row]] : [])));
  for (const [at, line] of stored.entries()) {
    const row = named[at]?.flatMap((id) => byId.get(id) ?? [])[0];
    const about = row ? { id: row.id, sealed: row.sealed } : before[at]?.about;
    if (about) line.about = about;
  }
  await db.actions.bulkPut([...stored]);
  const over = known + rows.length - 2 * LEDGER_ROWS;
  if (over <= 0) return;
  const oldest = await db.actions.orderBy('created_at').limit(over).toArray();
  await db.actions.bulkDelete(oldest.filter((row) => !row.unsent && !row.open).map((row) => row.id));
}
