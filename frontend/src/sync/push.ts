/** Outbox → server, in the order of `n`. Free of the DOM: the service worker's Background Sync runs it too.
 *
 *  A wish leaves the outbox only when the feed brings what became of it. Sent twice is harmless: the server answers a
 *  repeat of an id with what it did the first time. */
import { applySettled } from '../db/apply';
import { markRefused, markSent, markTried, markUntried, waitingOf, type Waiting } from '../db/outbox';
import { uploadsUnderWay } from '../db/uploads';
import type { Mirror } from '../db/vault';
import { batchOf, intentOf, leaving } from '../mail/leaving';
import type { Accepted, SentIntent } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { alone } from './leader';
import { askBackAll } from './recall';

export const pushLock = (mirror: Mirror): string => `praxispost-push-${mirror.account}`;

/** Send all that may leave. Raises ApiError; then what was not sent still waits. */
export async function push(mirror: Mirror, told: () => void): Promise<void> {
  await alone(pushLock(mirror), async () => {
    for (let first = true; ; first = false) {
      const [uploading, waiting] = await Promise.all([uploadsUnderWay(mirror), waitingOf(mirror)]);
      if (first && (await askBackAll(mirror, waiting))) {
        told();
        continue;
      }
      const batch = batchOf(leaving(waiting, uploading));
      if (batch.length === 0) return;
      await sendOrSplit(mirror, batch, uploading);
      told();
    }
  });
}

/** One bad wish blocks nothing else: a batch that is refused whole is sent one by one. */
async function sendOrSplit(mirror: Mirror, batch: readonly Waiting[], uploading: ReadonlySet<string>): Promise<void> {
  try {
    await send(mirror, batch, uploading);
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 413, 422].includes(error.status)) throw error;
    const [only, ...others] = batch;
    if (only && others.length === 0) await markRefused(mirror, only, error.code);
    else for (const wish of batch) await sendOrSplit(mirror, [wish], uploading);
  }
}

async function send(mirror: Mirror, wishes: readonly Waiting[], uploading: ReadonlySet<string>): Promise<void> {
  const there = await markTried(
    mirror,
    wishes.map((wish) => wish.id),
  );
  const batch = wishes.filter((wish) => there.has(wish.id));
  if (batch.length === 0) return;
  const intents = batch.map((wish) => intentOf(wish, uploading, Date.now()));
  const { accepted, refused } = await post(mirror, intents, there);
  const no = new Map(refused.map((one) => [one.id, one.code]));
  const taken = batch.filter((wish) => !no.has(wish.id));
  await markSent(
    mirror,
    taken.map((wish) => wish.id),
  );
  for (const wish of batch) {
    const code = no.get(wish.id);
    if (code !== undefined) await markRefused(mirror, wish, code);
  }
  await applySettled(mirror, accepted);
  for (const wish of taken) if (wish.instead) await giveUp(wish.instead);
}

/** `there`: whether each had been tried before. */
async function post(
  mirror: Mirror,
  intents: readonly SentIntent[],
  there: ReadonlyMap<string, boolean>,
): Promise<Accepted> {
  const off = !navigator.onLine;
  try {
    return await api.actions([...intents]);
  } catch (error) {
    // The browser knew of no network, before and after: nothing left, and what was not tried before may be taken back.
    if (off && !navigator.onLine && error instanceof ApiError && error.status === 0) {
      const first = intents.filter((wish) => !there.get(wish.id));
      await markUntried(
        mirror,
        first.map((wish) => wish.id),
      );
    }
    throw error;
  }
}

/** The mail that this one is sent in place of. Should that fail, it still stands in the ledger, and the server sends no
 *  draft twice. */
async function giveUp(action: string): Promise<void> {
  try {
    await api.discard(action);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
