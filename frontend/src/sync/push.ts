/** Outbox → server, in the order of `n`. Free of the DOM: the service worker's Background Sync runs it too.
 *
 *  A wish leaves the outbox only when the feed brings what became of it. Sent twice is harmless: the server answers a
 *  repeat of an id with what it did the first time. */
import { applySettled } from '../db/apply';
import { markRefused, markSent, markTried, markUntried, waitingOf, type Waiting } from '../db/outbox';
import type { Mirror } from '../db/vault';
import type { Accepted, SentIntent } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { alone } from './leader';

const BATCH = 50;

/** Send all that waits. Raises ApiError; then what was not sent still waits. */
export async function push(mirror: Mirror, told: () => void): Promise<void> {
  await alone(`praxispost-push-${mirror.account}`, async () => {
    for (;;) {
      const batch = (await waitingOf(mirror)).filter((wish) => wish.state === 'waiting').slice(0, BATCH);
      if (batch.length === 0) return;
      await sendOrSplit(mirror, batch);
      told();
    }
  });
}

/** One bad wish blocks nothing else: a batch that is refused whole is sent one by one. */
async function sendOrSplit(mirror: Mirror, batch: readonly Waiting[]): Promise<void> {
  try {
    await send(mirror, batch);
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 413, 422].includes(error.status)) throw error;
    const [only, ...others] = batch;
    if (only && others.length === 0) await markRefused(mirror, only, error.code);
    else for (const wish of batch) await sendOrSplit(mirror, [wish]);
  }
}

async function send(mirror: Mirror, wishes: readonly Waiting[]): Promise<void> {
  const there = await markTried(
    mirror,
    wishes.map((wish) => wish.id),
  );
  const batch = wishes.filter((wish) => there.has(wish.id));
  if (batch.length === 0) return;
  const { accepted, refused } = await post(mirror, batch, there);
  const no = new Map(refused.map((one) => [one.id, one.code]));
  await markSent(
    mirror,
    batch.filter((wish) => !no.has(wish.id)).map((wish) => wish.id),
  );
  for (const wish of batch) {
    const code = no.get(wish.id);
    if (code !== undefined) await markRefused(mirror, wish, code);
  }
  await applySettled(mirror, accepted);
}

/** `there`: whether each had been tried before. */
async function post(mirror: Mirror, batch: readonly Waiting[], there: ReadonlyMap<string, boolean>): Promise<Accepted> {
  const off = !navigator.onLine;
  try {
    return await api.actions(batch.map(intentOf));
  } catch (error) {
    // The browser knew of no network, before and after: nothing left, and what was not tried before may be taken back.
    if (off && !navigator.onLine && error instanceof ApiError && error.status === 0) {
      const first = batch.filter((wish) => !there.get(wish.id));
      await markUntried(
        mirror,
        first.map((wish) => wish.id),
      );
    }
    throw error;
  }
}

const LONGEST_MS = 30 * 24 * 3_600_000;

function intentOf({ v, id, n, kind, targets, args, base_seq, created_at }: Waiting): SentIntent {
  // A clock that was set meanwhile must not make it older than the ledger reaches, or come from the future.
  const ago_ms = Math.min(LONGEST_MS, Math.max(0, Date.now() - created_at));
  return { v, id, n, kind, targets, args, base_seq, ago_ms };
}
