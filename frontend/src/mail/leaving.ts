/** Which wishes may leave now, how many at once, and what the server gets of each. Pure. */
import { octets } from './compose/octets';
import { draftOf, type ActionRow, type Intent, type SentIntent } from './rows';

const MOST = 50;
/** The server takes a request of 1 MiB. */
export const MOST_BYTES = 960 * 1024;

type Wish = Intent & { state: 'waiting' | 'sent' | 'refused'; created_at: number; recalled?: boolean };

/** In their order. A mail whose files are not all there stays behind, and with it whatever comes after it about the same
 *  draft; nothing else waits for it. What is wanted back does not leave. `uploading`: ids of files that are still on their way. */
export function leaving<T extends Wish>(wishes: readonly T[], uploading: ReadonlySet<string>): T[] {
  const held = new Set<string>();
  return wishes.filter((wish) => {
    if (wish.state !== 'waiting' || wish.recalled) return false;
    const draft = draftOf(wish);
    const lacks = wish.kind === 'send' && (wish.composition?.files ?? []).some((file) => uploading.has(file.id));
    if (lacks) held.add(draft);
    return !draft || !held.has(draft);
  });
}

/** A mail of which the server says that nothing brings it back. */
export const hasLeft = (row: Pick<ActionRow, 'state' | 'detail'>): boolean =>
  row.state === 'done' || row.detail === 'accepted';

/** As many of them, in order, as one request may carry; one that is too large alone is still one. */
export function batchOf<T extends Wish>(wishes: readonly T[]): T[] {
  const batch: T[] = [];
  let bytes = 0;
  for (const wish of wishes.slice(0, MOST)) {
    bytes += octets(JSON.stringify(wish));
    if (batch.length > 0 && bytes > MOST_BYTES) break;
    batch.push(wish);
  }
  return batch;
}

/** Longer ago than the ledger reaches. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** Without what only this device knows. A version of a draft is saved without the files that are not there yet; of the
 *  time to take a mail back only the rest counts. */
export function intentOf(wish: Wish, uploading: ReadonlySet<string>, now: number): SentIntent {
  const { v, id, n, kind, targets, args, base_seq, composition } = wish;
  // A clock that was set meanwhile must not make it older than the ledger reaches, or come from the future.
  const ago_ms = Math.min(LONGEST_MS, Math.max(0, now - wish.created_at));
  const intent: SentIntent = { v, id, n, kind, targets, args, base_seq, ago_ms };
  if (!composition) return intent;
  if (kind === 'send') {
    const left = Math.max(0, Number(args.hold_ms ?? 0) - ago_ms);
    return { ...intent, args: { ...args, hold_ms: left }, composition };
  }
  return {
    ...intent,
    composition: { ...composition, files: composition.files.filter((file) => !uploading.has(file.id)) },
  };
}
