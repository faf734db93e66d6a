/** The mirror this tab shows, and its bell. Stores begin and end with it.
 *
 *  Stores read first and change together: a settled wish leaves the overlay in the same moment as its result enters the
 *  rows and the folder's number, so nothing flickers. */
import { Bell, type News } from '../sync/bell';
import type { Mirror } from '../sync/session';

export type Place = { mirror: Mirror; bell: Bell };

let place: (Place & { over: AbortController }) | null = null;
/** Reads what the news concern. → what then changes the store; null: nothing. */
type Reader = (news: News, place: Place) => Promise<() => void> | null;
type Changes = ((() => void) | null)[];

const readers = new Set<Reader>();
const enders = new Set<() => void>();
const listeners = new Set<(news: News, place: Place) => void>();
let reading: Promise<unknown> = Promise.resolve();

export const here = (): Place | null => place;

let arrived: (place: Place) => void = () => undefined;
let arriving = new Promise<Place>((resolve) => (arrived = resolve));

/** For a hand that is faster than the library: it acts on the first picture, and is answered when the mirror is open. */
export const arrival = (): Promise<Place> => (place ? Promise.resolve(place) : arriving);

/** Registered in the order of dependence: at the beginning each store is filled before the next is read. */
export const onChange = (reader: Reader): void => void readers.add(reader);
export const onEnd = (end: () => void): void => void enders.add(end);
export const onNews = (listener: (news: News, place: Place) => void): void => void listeners.add(listener);

function read(news: News, entered: Place): void {
  const step = async (): Promise<void> => {
    const changes: Changes = await Promise.all([...readers].map(async (reader) => reader(news, entered)));
    if (place === entered) for (const change of changes) change?.();
  };
  reading = reading.then(step).catch((error: unknown) => {
    // A mirror that was closed meanwhile (signed out in another tab) is no defect.
    if (place === entered) reportError(error);
  });
}

/** Show this mirror. Syncing begins behind the first picture. */
export async function enter(mirror: Mirror): Promise<void> {
  if (place) leave();
  const bell = new Bell(mirror.account);
  const entered = { mirror, bell, over: new AbortController() };
  place = entered;
  bell.on((news) => {
    if (place !== entered) return;
    for (const listener of listeners) listener(news, entered);
    read(news, entered);
  });
  for (const reader of readers) (await reader({ kind: 'everything' }, entered))?.();
  arrived(entered);
}

export async function beginSync(): Promise<void> {
  const entered = place;
  if (!entered) return;
  const [{ Engine }, { lead }] = await Promise.all([import('../sync/engine'), import('../sync/leader')]);
  if (place !== entered) return; // signed out meanwhile
  const { mirror, bell, over } = entered;
  bell.ring({ kind: 'ask' });
  await lead(mirror.account, over.signal, (signal) => new Engine(mirror, bell, signal).run());
}

export function leave(): void {
  place?.over.abort();
  place?.bell.close();
  place = null;
  arriving = new Promise<Place>((resolve) => (arrived = resolve));
  for (const end of enders) end();
}

/** What may mean that a dead connection would work again. `online` is a hint, never the truth. */
const look = (): void => {
  if (document.visibilityState === 'visible') place?.bell.ring({ kind: 'look' });
};
window.addEventListener('online', look);
window.addEventListener('pageshow', (event) => event.persisted && look());
document.addEventListener('resume', look);

const HIDDEN_LONG_MS = 20_000;
let hiddenAt = 0;
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') hiddenAt = Date.now();
  else if (Date.now() - hiddenAt > HIDDEN_LONG_MS) look();
});
