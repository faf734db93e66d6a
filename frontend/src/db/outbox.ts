/** Wishes that wait. Durable before anything is shown; gone only when the feed brought what became of them. */
import type { Table } from 'dexie';
import { draftOf, type Intent } from '../mail/rows';
import { uuid7 } from '../mail/uuid7';
import type { Cursor } from './meta';
import type { MirrorDb, Sealed, StoredIntent } from './schema';
import type { Mirror } from './vault';

/** `instead`: a mail that came to nothing, which this one is sent in place of; `since`: the seq it was decided at, where that
 *  was before it was stored. Neither leaves this device. */
type Own = { created_at: number; code: string; instead?: string; since?: number };

export type Waiting = Intent & Own & { state: StoredIntent['state']; recalled: boolean };

type Content = Omit<Waiting, 'state' | 'recalled' | 'n' | 'id' | 'base_seq'> & { base_seq?: number };

export type New = Pick<Intent, 'kind' | 'targets' | 'args' | 'composition'> & Pick<Own, 'instead' | 'since'>;

/** What is written in the same transaction as the wishes, and the tables that takes. */
export type Beside = { tables: Table[]; write: (stored: readonly Waiting[]) => PromiseLike<unknown> };

/** One after the other: a wish that is sealed sooner must not overtake the one before it. */
const tails = new WeakMap<Mirror, Promise<unknown>>();

/** Store wishes in the order given. → as stored, with ids and numbers. */
export function enqueue(mirror: Mirror, wishes: readonly New[], now: number, beside?: Beside): Promise<Waiting[]> {
  const store = (): Promise<Waiting[]> => storeWishes(mirror, wishes, now, beside);
  const next = (tails.get(mirror) ?? Promise.resolve()).then(store, store);
  tails.set(mirror, next);
  return next;
}

async function storeWishes(
  mirror: Mirror,
  wishes: readonly New[],
  now: number,
  beside: Beside | undefined,
): Promise<Waiting[]> {
  const ready = await Promise.all(
    wishes.map(async (wish) => {
      const id = uuid7(now, (bytes) => crypto.getRandomValues(bytes));
      const content: Content = { v: 1, ...wish, created_at: now, code: '' };
      return { id, content, sealed: await mirror.codec.seal('outbox', id, content) };
    }),
  );
  const store = (seen: number): Promise<Waiting[] | null> => storeSealed(mirror, ready, seen, beside);
  return (await store(0)) ?? (await store(await newestSeq(mirror, wishes))) ?? [];
}

type Ready = { id: string; content: Content; sealed: Sealed };

/** One transaction, and nothing before it: every answer of the browser's storage that is waited for is one more delay under
 *  the finger. Null when a page is ahead of the feed, or there is no cursor to go by (an upgrade takes it away), and `seen`,
 *  the newest row's seq, must be known first. */
function storeSealed(
  mirror: Mirror,
  ready: readonly Ready[],
  seen: number,
  beside: Beside | undefined,
): Promise<Waiting[] | null> {
  const { db } = mirror;
  return db.transaction('rw', [db.outbox, db.meta, ...(beside?.tables ?? [])], async () => {
    const { first, base_seq } = await standing(db, seen);
    if (base_seq === null) return null;
    const stored = ready.map(({ id, content }, at) => ({
      ...content,
      id,
      n: first + at,
      state: 'waiting' as const,
      recalled: false,
      base_seq: Math.min(base_seq, content.since || Infinity), // 0: nobody knew
    }));
    for (const wish of stored) await takeItsPlace(db, wish);
    await Promise.all([
      db.outbox.bulkPut(
        stored.map((wish, at) => ({
          id: wish.id,
          n: wish.n,
          state: wish.state,
          base_seq: wish.base_seq,
          ...about(wish),
          sealed: (ready[at] as Ready).sealed,
        })),
      ),
      db.meta.put({ key: 'next_n', value: first + ready.length }),
    ]);
    await beside?.write(stored);
    return stored;
  });
}

/** The next number, and what was seen of the mailbox; null where the rows say more than the cursor. */
async function standing(db: MirrorDb, seen: number): Promise<{ first: number; base_seq: number | null }> {
  const [next, cursor, owed] = await db.meta.bulkGet(['next_n', 'cursor', 'owed']);
  const first = (next?.value as number | undefined) ?? 1;
  const known = (cursor?.value as Cursor | undefined)?.seq ?? 0;
  return { first, base_seq: (owed || !cursor) && seen === 0 ? null : Math.max(known, seen) };
}

/** What this device had seen of the targets when it decided; never 0, which asks for it. */
async function newestSeq({ db }: Mirror, wishes: readonly New[]): Promise<number> {
  const rows = await db.messages.bulkGet([...new Set(wishes.flatMap((wish) => wish.targets))]);
  return rows.reduce((most, row) => Math.max(most, row?.seq ?? 0), 1);
}

/** Wishes of an older version have it inside. */
export const baseSeqOf = (row: StoredIntent, content: { base_seq?: number }): number =>
  row.base_seq ?? content.base_seq ?? 0;

/** What has not left yet of the same draft is taken back: an older version by a newer one, all by what ends it. */
async function takeItsPlace(db: MirrorDb, wish: New): Promise<void> {
  const draft = draftOf(wish);
  if (!draft) return;
  const older = await db.outbox.where('draft').equals(draft).toArray();
  const taken = older.filter((row) => isHere(row) && (row.saves || wish.kind !== 'draft'));
  await db.outbox.bulkDelete(taken.map((row) => row.id));
}

const isHere = (row: StoredIntent): boolean => !row.tried && row.state !== 'sent';

function about(wish: New): Pick<StoredIntent, 'draft' | 'saves'> {
  const draft = draftOf(wish);
  return draft ? { draft, saves: wish.kind === 'draft' } : {};
}

/** Everything that waits or was sent and is not settled yet, in order. */
export async function waitingOf(mirror: Mirror): Promise<Waiting[]> {
  return opened(mirror, await mirror.db.outbox.orderBy('n').toArray());
}

/** One wish, as long as it is not settled. */
export async function wishOf(mirror: Mirror, id: string): Promise<Waiting | null> {
  const row = await mirror.db.outbox.get(id);
  return row ? ((await opened(mirror, [row]))[0] ?? null) : null;
}

function opened(mirror: Mirror, rows: readonly StoredIntent[]): Promise<Waiting[]> {
  return Promise.all(
    rows.map(async (row) => {
      const content = await mirror.codec.open<Content>('outbox', row.id, row.sealed);
      const { id, n, state, recalled = false } = row;
      return { ...content, id, n, state, recalled, base_seq: baseSeqOf(row, content) };
    }),
  );
}

/** About to be sent: from now on it may have arrived. → the ids that were not taken back meanwhile, each with whether it
 *  had been tried before. */
export async function markTried(mirror: Mirror, ids: readonly string[]): Promise<Map<string, boolean>> {
  return mirror.db.transaction('rw', mirror.db.outbox, async () => {
    const rows = (await mirror.db.outbox.bulkGet([...ids])).filter((row) => row && !row.recalled) as StoredIntent[];
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
  const { id, v, kind, targets, args, composition, created_at, instead } = waiting;
  const content: Content = { v, kind, targets, args, composition, created_at, instead, code };
  const sealed = await mirror.codec.seal('outbox', id, content);
  const { db } = mirror;
  await db.transaction('rw', db.outbox, db.compositions, async () => {
    await db.outbox.update(id, { state: 'refused', tried: false, sealed });
    const written = await db.compositions.get(draftOf(waiting));
    if (written?.wish === id) await db.compositions.update(written.id, { wish: '', code });
    if (written?.discarding === id) await db.compositions.update(written.id, { discarding: '', code });
  });
}

/** Take back what cannot have been sent. False when it was too late. */
export async function withdraw(mirror: Mirror, id: string): Promise<boolean> {
  const { db } = mirror;
  return db.transaction('rw', db.outbox, db.compositions, async () => {
    const row = await db.outbox.get(id);
    if (!row || !isHere(row)) return false;
    await db.outbox.delete(id);
    await goesOn(db, row.draft ?? '', id);
    return true;
  });
}

/** Wanted back although it may have left: it is sent no more before the server has said whether it did. → false: it is
 *  settled. */
export async function recall(mirror: Mirror, id: string): Promise<boolean> {
  return (await mirror.db.outbox.update(id, { recalled: true })) > 0;
}

/** It had left. Asked about once more it settles, also when the feed has said so before. */
export async function notTakenBack(mirror: Mirror, id: string): Promise<void> {
  await mirror.db.outbox.update(id, { state: 'waiting', tried: true, recalled: false });
}

/** A wish that was to save or to end a draft is gone: the draft stays here. Inside a transaction. */
export async function goesOn(db: MirrorDb, draft: string, wish: string): Promise<void> {
  const written = draft ? await db.compositions.get(draft) : undefined;
  if (!written) return;
  const without = (held: string): string => (held === wish ? '' : held);
  const { sending, discarding } = written;
  await db.compositions.update(draft, {
    wish: without(written.wish),
    sending: without(sending),
    discarding: without(discarding),
  });
}

export async function again(mirror: Mirror, id: string): Promise<boolean> {
  return (await mirror.db.outbox.update(id, { state: 'waiting' })) > 0;
}
