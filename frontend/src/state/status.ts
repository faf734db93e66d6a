/** Where we stand, in one value for the one quiet line. */
import { derived, get, writable, type Readable } from 'svelte/store';
import { readMeta } from '../db/meta';
import type { AccountRow } from '../mail/rows';
import type { Link } from '../sync/bell';
import { known, type FirstLook } from '../sync/session';
import { onChange, onEnd, onNews } from './place';
import { waitingCount } from './wishes';

export type Status = {
  kind: 'live' | 'offline' | 'reconnecting' | 'sign_in_needed' | 'first_sync' | 'server_trouble';
  asOf: number | null;
  waiting: number;
  done: number;
  expected: number;
  /** Since when the mailbox is not in order though our server is reached: what is shown is as old as that. 0: it is. */
  since: number;
  /** Why, as the server says it. */
  code: string;
  cached: { held: number; wanted: number };
};

const DOWN: Link = { kind: 'down', asOf: null, since: 0, held: 0, wanted: 0 };
/** Shorter interruptions are not worth a word. */
const QUIET_MS = 3000;

const link = writable<Link>(DOWN);
export const account = writable<AccountRow | null>(null);
export const linkKind: Readable<Link['kind']> = derived(link, (now) => now.kind);

export function kindOf(now: Link, mailbox: AccountRow | null): Status['kind'] {
  if (now.kind === 'down' || now.kind === 'signed_out' || now.kind === 'update_required') return 'offline';
  if (now.kind === 'connecting') return 'reconnecting';
  switch (mailbox?.state) {
    case 'sign_in_refused':
      return 'sign_in_needed';
    case 'first_sync':
      return 'first_sync';
    case 'server_trouble':
      return 'server_trouble';
    case 'reconnecting':
      return 'reconnecting';
    default:
      return 'live';
  }
}

const TROUBLED: ReadonlySet<Status['kind']> = new Set(['reconnecting', 'sign_in_needed', 'server_trouble']);

export function statusOf(now: Link, mailbox: AccountRow | null, waiting: number): Status {
  const kind = kindOf(now, mailbox);
  const { done, expected } = mailbox ?? { done: 0, expected: 0 };
  const troubled = now.kind === 'live' && TROUBLED.has(kind) ? mailbox : null;
  return {
    kind,
    asOf: now.asOf,
    waiting,
    done,
    expected,
    since: troubled?.since ?? 0,
    code: troubled?.code ?? '',
    cached: { held: now.held, wanted: now.wanted },
  };
}

export const status: Readable<Status> = derived([link, account, waitingCount], ([now, mailbox, waiting]) =>
  statusOf(now, mailbox, waiting),
);

let lateTimer: ReturnType<typeof setTimeout> | undefined;

/** A reconnect that takes a moment after we were live is not shown; neither is the first one before it had time. */
function hear(next: Link): void {
  clearTimeout(lateTimer);
  const was = get(link).kind;
  if (next.kind === 'connecting' && (was === 'live' || was === 'down')) {
    if (was === 'live') lateTimer = setTimeout(() => link.set(next), QUIET_MS);
    else link.set({ ...next, kind: 'down' });
    return;
  }
  link.set(next);
}

onNews((news) => {
  if (news.kind === 'link') hear(news.link);
});
onChange((news, place) => {
  if (news.kind !== 'everything' && !(news.kind === 'mirror' && news.account)) return null;
  return Promise.all([known(place.mirror), readMeta(place.mirror.db, 'fresh_at')]).then(([found, freshAt]) => () => {
    account.set(found.account);
    if (get(link).asOf === null) link.update((now) => ({ ...now, asOf: freshAt }));
  });
});
export function prime(look: Pick<FirstLook, 'account' | 'freshAt'>): void {
  account.set(look.account);
  link.update((now) => ({ ...now, asOf: look.freshAt }));
}

onEnd(() => {
  clearTimeout(lateTimer);
  link.set(DOWN);
  account.set(null);
});
