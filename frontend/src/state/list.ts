/** The list of the open folder: the keys of all its rows in memory, the rows themselves opened where they are seen. */
import { get, writable, type Readable } from 'svelte/store';
import { allHeldBodies } from '../db/bodies';
import { keysById, keysOf, rowsById } from '../db/messages';
import { listed, windowKindOf, type Key, type ListFilter } from '../mail/listing';
import { newestFirst } from '../mail/order';
import type { MessageRow, Window } from '../mail/rows';
import type { News } from '../sync/bell';
import type { FirstLook } from '../sync/session';
import { needOlder as fetchOlder, NEXT_ROWS, rememberOpened, windowOf } from '../sync/windows';
import { current } from './folders';
import { here, onChange, onEnd, type Place } from './place';
import { overlay, touched } from './wishes';

export type { ListFilter } from '../mail/listing';
export type ListKey = Key;
export type RowView = MessageRow & { pending: boolean; offline: boolean };

type List = { folder: string; filter: ListFilter; keys: ListKey[]; loading: boolean; complete: boolean; fresh: number };

/** Enough for any screen; the rest of a large folder follows behind the first picture. */
const FIRST_KEYS = 60;
const RETRY_MS = 5000;

const EMPTY: List = { folder: '', filter: 'all', keys: [], loading: true, complete: false, fresh: 0 };

const shown = writable<List>(EMPTY);
export const list: Readable<List> = shown;
const version = writable(0);
/** Counts up whenever rows that were read may look different. */
export const rowsChanged: Readable<number> = version;

let base: Key[] = [];
let window_: Window | null = null;
let held: ReadonlySet<string> = new Set();
let kept = new Set<string>();
let cache = new Map<string, MessageRow>();
let scrolled = false;
let topWhenScrolled = '';
let notBefore = 0;

/** Decoded rows with what waits laid over them. Ids that are not held are left out. */
export async function rows(ids: readonly string[]): Promise<Map<string, RowView>> {
  const place = here();
  const missing = ids.filter((id) => id && !cache.has(id));
  if (place && missing.length) for (const row of await rowsById(place.mirror, missing)) cache.set(row.id, row);
  const laid = get(overlay);
  return new Map(
    ids.flatMap((id) => {
      const row = cache.get(id);
      if (!row) return [];
      const { folder, flags, pending } = laid.shown(id, row.folder, row.flags);
      return [[id, { ...row, folder, flags, pending, offline: held.has(id) }] as const];
    }),
  );
}

function publish(change: Partial<List> = {}): void {
  const now = { ...get(shown), ...change };
  const bound = window_?.down_to ?? null;
  const keys = window_
    ? listed(base, get(touched).values(), {
        folder: now.folder,
        filter: now.filter,
        overlay: get(overlay),
        bound,
        kept,
      })
    : [];
  if (now.filter === 'unread') for (const key of keys) kept.add(key.id);
  const at = scrolled && topWhenScrolled ? keys.findIndex((key) => key.id === topWhenScrolled) : 0;
  shown.set({ ...now, keys, complete: window_ !== null && !window_.down_to, fresh: Math.max(0, at) });
  version.update((n) => n + 1);
}

async function load(place: Place, folder: string, filter: ListFilter): Promise<() => void> {
  const [window, keys] = await Promise.all([
    windowOf(place.mirror, folder, windowKindOf(filter)),
    keysOf(place.mirror, folder, FIRST_KEYS),
  ]);
  return () => {
    base = keys;
    window_ = window;
    publish({ folder, filter, loading: window === null });
    loadRest(place, folder).catch(unlessLeft(place));
  };
}

/** A mirror that was closed meanwhile (signed out) is no defect. */
const unlessLeft =
  (place: Place) =>
  (error: unknown): void => {
    if (here() === place) throw error;
  };

/** The whole folder, once the first rows are painted. */
async function loadRest(place: Place, folder: string): Promise<void> {
  held = await allHeldBodies(place.mirror);
  if (base.length >= FIRST_KEYS) {
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    const keys = await keysOf(place.mirror, folder);
    if (get(shown).folder === folder && here() === place) base = keys;
  }
  if (here() === place) publish();
  if (!window_) needOlder();
}

/** Rows that changed, and how far the window reaches now. As many as a screen shows are opened beside it, so that drawing
 *  them waits for nothing more. */
async function patch(place: Place, ids: readonly string[]): Promise<() => void> {
  const { folder, filter } = get(shown);
  const [keys, window, opened] = await Promise.all([
    keysById(place.mirror, ids),
    windowOf(place.mirror, folder, windowKindOf(filter)),
    rowsById(place.mirror, ids.slice(0, FIRST_KEYS)),
  ]);
  return () => {
    if (get(shown).folder !== folder) return;
    const changed = new Set(ids);
    for (const id of ids) cache.delete(id);
    for (const row of opened) cache.set(row.id, row);
    base = [...base.filter((key) => !changed.has(key.id)), ...keys.filter((key) => key.folder === folder)].sort(
      newestFirst,
    );
    window_ = window;
    publish({ loading: window === null });
  };
}

function open(folder: string, filter: ListFilter): void {
  const place = here();
  if (place && folder) show(place, folder, filter).catch(unlessLeft(place));
}

async function show(place: Place, folder: string, filter: ListFilter): Promise<void> {
  kept = new Set();
  scrolled = false;
  notBefore = 0;
  shown.set({ ...EMPTY, folder, filter });
  const commit = await load(place, folder, filter);
  if (here() === place && get(shown).folder === folder && get(shown).filter === filter) commit();
  place.bell.ring({ kind: 'looking', folder });
  await rememberOpened(place.mirror, place.bell, folder);
}

export function setFilter(filter: ListFilter): void {
  open(get(shown).folder, filter);
}

/** The next page below. Without a network nothing happens, and the list says that there is more. */
export function needOlder(): void {
  const place = here();
  const { folder, filter, complete } = get(shown);
  if (!place || !folder || complete || Date.now() < notBefore) return;
  notBefore = Date.now() + RETRY_MS;
  shown.update((now) => ({ ...now, loading: true }));
  fetchOlder(place.mirror, place.bell, folder, windowKindOf(filter), NEXT_ROWS)
    .then((more) => (notBefore = more ? 0 : notBefore))
    .catch(() => undefined)
    .finally(() => {
      if (get(shown).folder === folder) shown.update((now) => ({ ...now, loading: false }));
    });
}

/** While the list is scrolled, new mail is counted instead of being shown at once. */
export function setScrolled(now: boolean): void {
  if (now === scrolled) return;
  scrolled = now;
  topWhenScrolled = get(shown).keys[0]?.id ?? '';
  if (!now && get(shown).fresh) publish();
}

export function showFresh(): void {
  topWhenScrolled = get(shown).keys[0]?.id ?? '';
  publish();
}

/** Pull to refresh: come back when the server was asked, or after a moment. */
export async function refresh(): Promise<void> {
  const place = here();
  if (!place) return;
  notBefore = 0;
  await new Promise<void>((done) => {
    const stop = place.bell.on((news) => {
      if (news.kind === 'link' && news.link.kind !== 'connecting') finish();
    });
    const timer = setTimeout(finish, RETRY_MS);
    function finish(): void {
      clearTimeout(timer);
      stop();
      done();
    }
    place.bell.ring({ kind: 'look' });
  });
}

let bodiesTimer: ReturnType<typeof setTimeout> | undefined;

/** Which rows can be read offline; many at once while the offline window fills. */
function countBodies(place: Place): void {
  clearTimeout(bodiesTimer);
  bodiesTimer = setTimeout(() => {
    allHeldBodies(place.mirror).then((ids) => {
      held = ids;
      version.update((n) => n + 1);
    }, unlessLeft(place));
  }, 300);
}

function concerns(news: News, place: Place): Promise<() => void> | null {
  if (news.kind === 'bodies') countBodies(place);
  if (news.kind === 'mirror' && news.messages.length) return patch(place, news.messages);
  if (news.kind !== 'everything') return null;
  cache = new Map();
  const folder = get(current)?.id ?? get(shown).folder;
  if (!folder) return Promise.resolve(() => publish());
  return load(place, folder, get(shown).filter);
}

/** The first picture, before the mirror is open; the rest of the folder comes with it. */
export function prime(look: Pick<FirstLook, 'folder' | 'keys' | 'rows' | 'window'>): void {
  for (const row of look.rows) cache.set(row.id, row);
  base = [...look.keys].sort(newestFirst);
  window_ = look.window;
  publish({ folder: look.folder, filter: 'all', loading: look.window === null });
}

onChange(concerns);
onEnd(() => {
  base = [];
  window_ = null;
  held = new Set();
  cache = new Map();
  shown.set(EMPTY);
});
overlay.subscribe(() => publish());
current.subscribe((folder) => {
  if (folder && folder.id !== get(shown).folder) open(folder.id, 'all');
});
