/** Mails that a person wants back after they may have left.
 *
 *   1  noted in the outbox: from now on this device sends it no more by itself (`recalled`)
 *   2  asked of the server before anything else leaves: said once more it is there for sure, and given up there it
 *      never begins
 *   3  back: its draft is written on; late: it had left, and goes its way
 *
 *  Die or lose the network anywhere: 2 is done again with the next push. */
import { takenBack } from '../db/compositions';
import { actionById } from '../db/ledger';
import { notTakenBack, wishOf, type Waiting } from '../db/outbox';
import { uploadsUnderWay } from '../db/uploads';
import type { Mirror } from '../db/vault';
import { intentOf } from '../mail/leaving';
import { STOPPED, UNDER_WAY } from '../mail/overlay';
import { draftOf, type ActionRow } from '../mail/rows';
import { api, ApiError } from '../net/api';

const LONGEST_HOLD_MS = 60_000;
/** What the server says of a request that it cannot read. */
const UNREADABLE: ReadonlySet<number> = new Set([400, 413, 422]);

/** All of these that are noted. Raises ApiError when it may work later. → whether there were any. */
export async function askBackAll(mirror: Mirror, waiting: readonly Waiting[]): Promise<boolean> {
  const recalled = waiting.filter((wish) => wish.recalled);
  for (const { id } of recalled) await askBack(mirror, id);
  return recalled.length > 0;
}

/** Under the lock of who pushes. Raises ApiError when nobody can know now. */
export async function askBack(mirror: Mirror, action: string): Promise<'back' | 'late'> {
  const wish = await wishOf(mirror, action);
  if (!wish) return (await isStopped(mirror, action)) ? 'late' : 'back';
  const intent = intentOf(wish, await uploadsUnderWay(mirror), Date.now());
  const isBack = await neverBegins(action, () =>
    api.actions([{ ...intent, args: { ...intent.args, hold_ms: LONGEST_HOLD_MS } }]),
  );
  if (isBack) await takenBack(mirror, draftOf(wish), action);
  else await notTakenBack(mirror, action);
  return isBack ? 'back' : 'late';
}

/** No wish any more: the feed has settled it, or whoever pushed has taken it back just now. */
async function isStopped(mirror: Mirror, action: string): Promise<boolean> {
  const row = await actionById(mirror, action);
  return row !== null && STOPPED.has(row.state) && row.detail !== 'discarded';
}

type Repeat = () => ReturnType<typeof api.actions>;

async function neverBegins(action: string, repeat: Repeat): Promise<boolean> {
  const before = await standing(repeat);
  if ((before === null || UNDER_WAY.has(before.state)) && !(await giveUp(action))) return true;
  const after = await standing(repeat);
  return after?.state === 'noop' && after.detail === 'discarded';
}

/** Null: the server does not take it, or not once more (its files are gone when it was sent). */
async function standing(repeat: Repeat): Promise<ActionRow | null> {
  try {
    return (await repeat()).accepted[0] ?? null;
  } catch (error) {
    if (error instanceof ApiError && UNREADABLE.has(error.status)) return null;
    throw error;
  }
}

/** Where nothing is being done for it at this moment, also between two attempts. → false: the server does not know it. */
async function giveUp(action: string): Promise<boolean> {
  try {
    await api.discard(action);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
