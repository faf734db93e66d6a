/** Wishes that wait. Durable before anything is shown; gone only when the feed brought what became of them. */
import { uuid7 } from '../mail/uuid7';
import type { Intent } from '../mail/rows';
import type { Cursor } from './meta';
import type { Sealed, StoredIntent } from './schema';
import type { Mirror } from './vault';

export type Waiting = Intent & { state: StoredIntent['state']; created_at: number; code: string };

type Content = Omit<Waiting, 'state' | 'n' | 'id' | 'base_seq'> & { base_seq?: number };

/** `base_seq`: what was seen of the targets, where that is less than what the mirror has. */
export type New = Pick<Intent, 'kind' | 'targets' | 'args'> & { base_seq?: number | undefined };

/** One after the other: a wish that is sealed sooner must not overtake the one before it. */
const tails = new WeakMap<Mirror, Promise<unknown>>();

/** Store wishes in the order given. → as stored, with ids and numbers. */
export function enqueue(mirror: Mirror, wishes: readonly New[], now: number): Promise<Waiting[]> {
  const store = (): Promise<Waiting[]> => storeWishes(mirror, wishes, now);
  const next = (tails.get(mirror) ?? Promise.resolve()).then(store, store);
  tails.set(mirror, next);
  return next;
}

async function storeWishes(mirror: Mirror, wishes: readonly New[], now: number): Promise<Waiting[]> {
  const ready = await Promise.all(
    wishes.map(async ({ base_seq, ...wish }) => {
      const id = uuid7(now, (bytes) => crypto.getRandomValues(bytes));
      const content: Content = { v: 1, ...wish, created_at: now, code: '' };
      return { id, content, base_seq, sealed: await mirror.codec.seal('outbox', id, content) };
    }),
  );
  return (
    (await storeSealed(mirror, ready, 0)) ?? (await storeSealed(mirror, ready, await newestSeq(mirror, wishes))) ?? []
  );
}

type Ready = { id: string; content: Content; base_seq: number | undefined; sealed: Sealed };

/** One transaction, and nothing before it: every answer of the browser's storage that is waited for is one more delay under
 *  the finger. Null when a page is ahead of the feed and `seen`, the newest row's seq, must be known first. */
function storeSealed(mirror: Mirror, ready: readonly Ready[], seen: number): Promise<Waiting[] | null> {
  const { db } = mirror;
  return db.transaction('rw', db.outbox, db.meta, async () => {
    const [next, cursor, owed] = await db.meta.bulkGet(['next_n', 'cursor', 'owed']);
    if (owed && seen === 0) return null;
    const first = (next?.value as number | undefined) ?? 1;
    const known = Math.max((cursor?.value as Cursor | undefined)?.seq ?? 0, seen);
    const numbered = ready.map(({ id, base_seq = known, sealed }, at) => ({
      id,
      n: first + at,
      state: 'waiting' as const,
      base_seq,
      sealed,
    }));
    await Promise.all([db.outbox.bulkPut(numbered), db.meta.put({ key: 'next_n', value: first + ready.length })]);
    return numbered.map(({ id, n, state, base_seq }, at) => ({
      ...(ready[at] as Ready).content,
      id,
      n,
      state,
      base_seq,
    }));
  });
}

/** What this device had seen of the targets when it decided; never 0, which asks for it. */
async function newestSeq({ db }: Mirror, wishes: readonly New[]): Promise<number> {
  const rows = await db.messages.bulkGet([...new Set(wishes.flatMap((wish) => wish.targets))]);
  return rows.reduce((most, row) => Math.max(most, row?.seq ?? 0), 1);
}

/** Wishes of an older version have it inside. */
export const baseSeqOf = (row: StoredIntent, content: { base_seq?: number }): number =>
  row.base_seq ?? content.base_seq ?? 0;

/** Everything that waits or was sent and is not settled yet, in order. */
export async function waitingOf(mirror: Mirror): Promise<Waiting[]> {
  const rows = await mirror.db.outbox.orderBy('n').toArray();
  return Promise.all(
    rows.map(async (row) => {
      const content = await mirror.codec.open<Content>('outbox', row.id, row.sealed);
      return { ...content, id: row.id, n: row.n, state: row.state, base_seq: baseSeqOf(row, content) };
    }),
  );
}

/** About to be sent: from now on it may have arrived. → the ids that were not taken back meanwhile, each with whether it
 *  had been tried before. */
export async function markTried(mirror: Mirror, ids: readonly string[]): Promise<Map<string, boolean>> {
  return mirror.db.transaction('rw', mirror.db.outbox, async () => {
    const rows = (await mirror.db.outbox.bulkGet([...ids])).filter((row) => row !== undefined);
    await mirror.db.outbox.bulkPut(rows.map((row) => ({ ...row, tried: true })));
    return new Map(rows.map((row) => [row.id, row.tried ?? false]));
  });
}

/** It cannot have left this device. */
export async function markUntried(mirror: Mirror, ids: readonly string[]): Promise<void> {
  await mirror.db.transaction('rw', mirror.db.outbox, async () => {
    for (const id of ids) await mirror.db.outbox.update(id, { tried: false });
  });
}

export async function markSent(mirror: Mirror, ids: readonly string[]): Promise<void> {
  await mirror.db.transaction('rw', mirror.db.outbox, async () => {
    for (const id of ids) await mirror.db.outbox.update(id, { state: 'sent', tried: true });
  });
}

/** The server would not even take it: kept and shown, never dropped in silence. */
export async function markRefused(mirror: Mirror, waiting: Waiting, code: string): Promise<void> {
  const { kind, targets, args, created_at } = waiting;
  const content: Content = { v: 1, kind, targets, args, created_at, code };
  const sealed = await mirror.codec.seal('outbox', waiting.id, content);
  await mirror.db.outbox.update(waiting.id, { state: 'refused', tried: false, sealed });
}

/** Take back what cannot have been sent. False when it was too late. */
export async function withdraw(mirror: Mirror, id: string): Promise<boolean> {
  return mirror.db.transaction('rw', mirror.db.outbox, async () => {
    const row = await mirror.db.outbox.get(id);
    if (!row || row.tried || row.state === 'sent') return false;
    await mirror.db.outbox.delete(id);
    return true;
  });
}

export async function again(mirror: Mirror, id: string): Promise<boolean> {
  return (await mirror.db.outbox.update(id, { state: 'waiting' })) > 0;
}
