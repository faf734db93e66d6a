/** What waits, laid over the mirror. Held in memory so that a tap is answered without reading anything. */
import { derived, get, writable, type Readable } from 'svelte/store';
import { keysById, type MessageKey } from '../db/messages';
import { openActions } from '../db/ledger';
import { enqueue, waitingOf, type New, type Waiting } from '../db/outbox';
import { overlayOf, type Accepted, type Overlay, type Targets } from '../mail/overlay';
import type { News } from '../sync/bell';
import type { FirstLook } from '../sync/session';
import { arrival, onChange, onEnd, type Place } from './place';

const waiting = writable<Waiting[]>([]);
/** What colleagues wished and the mail server has not heard of yet. */
const accepted = writable<Accepted[]>([]);
/** Where the mirror has the messages that wishes touch, whatever folder is shown. */
export const touched = writable<ReadonlyMap<string, MessageKey>>(new Map());
/** Set by folders.ts: which folders "archive" and "trash" mean. */
export const targets = writable<Targets>({ archive: '', trash: '' });

export const overlay: Readable<Overlay> = derived([waiting, targets, accepted], ([wishes, to, theirs]) =>
  overlayOf(
    wishes.filter((wish) => wish.state !== 'refused' && !wish.recalled),
    to,
    theirs,
  ),
);
/** The answer "make an archive" waits with the message it was given for: nobody is asked again. */
export const makesArchive: Readable<boolean> = derived(waiting, (wishes) =>
  wishes.some(({ kind, args, state }) => kind === 'archive' && state !== 'refused' && Boolean(args.create)),
);
export const waitingCount: Readable<number> = derived(waiting, (wishes) => wishes.length);

/** Make wishes durable, show them, ring. → as stored. */
export async function wish(wishes: readonly New[]): Promise<Waiting[]> {
  const place = await arrival();
  const [stored, keys] = await Promise.all([
    enqueue(place.mirror, wishes, Date.now()),
    // Read beside it, not behind: under the finger every read counts. The ring has everything read again.
    keysById(place.mirror, [...new Set(wishes.flatMap((one) => one.targets))]),
  ]);
  touched.update((known) => new Map([...known, ...byId(keys)]));
  waiting.update((known) => [...known, ...stored]);
  place.bell.ring({ kind: 'outbox' });
  askForBackgroundSync();
  return stored;
}

const byId = (keys: readonly MessageKey[]): Map<string, MessageKey> => new Map(keys.map((key) => [key.id, key]));

async function lay(place: Place): Promise<() => void> {
  const [wishes, open] = await Promise.all([waitingOf(place.mirror), openActions(place.mirror)]);
  const own = new Set(wishes.map((one) => one.id));
  const theirs = open.filter((one) => !own.has(one.id));
  const keys = await keysById(place.mirror, [...new Set([...wishes, ...theirs].flatMap((one) => one.targets))]);
  return () => {
    touched.set(byId(keys));
    // A list is laid out anew for each: only for what is another.
    if (theirs.length > 0 || get(accepted).length > 0) accepted.set(theirs);
    if (wishes.length > 0 || get(waiting).length > 0) waiting.set(wishes);
  };
}

/** Where the browser has it, the service worker sends what a closed app left behind. */
export function askForBackgroundSync(): void {
  const registered = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  void registered
    ?.getRegistration()
    .then((registration) => registration?.sync?.register('outbox').catch(() => undefined));
}

function concerns(news: News): boolean {
  if (news.kind === 'mirror') return news.actions || news.messages.some((id) => get(touched).has(id));
  return news.kind === 'outbox' || news.kind === 'sent' || news.kind === 'everything';
}

onChange((news, place) => (concerns(news) ? lay(place) : null));
onEnd(() => {
  waiting.set([]);
  accepted.set([]);
  touched.set(new Map());
});

/** The first picture, before the mirror is open. */
export function prime(look: Pick<FirstLook, 'waiting' | 'accepted' | 'touched'>): void {
  touched.set(new Map(look.touched.map((key) => [key.id, key])));
  accepted.set(look.accepted);
  waiting.set(look.waiting);
}
