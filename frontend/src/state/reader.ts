/** The open message. What is held is shown in the same moment; what is not is fetched, or said to be not here. */
import { get, writable, type Readable } from 'svelte/store';
import { SEEN } from '../mail/flags';
import type { BodyRow } from '../mail/rows';
import { attachmentOf, fetchBody, heldBody, inlineImageOf, sourceOf } from '../sync/reading';
import { current } from './folders';
import { list, rows, rowsChanged, type RowView } from './list';
import { arrival, here, onEnd } from './place';
import { go, route } from './route';
import { settings } from './settings';

/** `left`: it is no longer where it was opened: the id of the folder it is in now, or GONE as far as is known here. */
export type Opened = {
  row: RowView;
  left: string;
  body: BodyRow | null;
  state: 'loading' | 'ready' | 'not_here' | 'failed' | 'gone';
  code: string;
};

/** tap: a person wants to read it; keys: passed on the way, never counts as read. */
export type How = 'tap' | 'keys';

export const GONE = 'gone';
const READ_AFTER_MS = 2000;
const shown = writable<Opened | null>(null);
export const opened: Readable<Opened | null> = shown;

let wanted = '';
let openedIn = '';
let openedSeq = 0;
let readTimer: ReturnType<typeof setTimeout> | undefined;

export function openMessage(id: string, how: How): void {
  const at = get(route);
  const folder = get(current)?.id ?? null;
  // Stepping from message to message is one place for the back gesture.
  const replace = at.view === 'mail' && at.message !== null;
  // Before the address changes: what listens to it must not open the message a second time, as if it had been tapped.
  wanted = id;
  if (at.view !== 'mail' || at.message !== id) go({ view: 'mail', folder, message: id }, replace);
  void show(id, how);
}

export function closeMessage(): void {
  forget();
  if (get(route).view === 'mail') go({ view: 'mail', folder: get(current)?.id ?? null, message: null }, true);
}

/** The neighbour in the list; deliberate enough to be shown, not to be marked. */
export function step(by: number): void {
  const keys = get(list).keys;
  const at = keys.findIndex((key) => key.id === wanted);
  const next = keys[at + by];
  if (at >= 0 && next) openMessage(next.id, 'keys');
}

function forget(): void {
  wanted = '';
  clearTimeout(readTimer);
  shown.set(null);
}

async function show(id: string, how: How): Promise<void> {
  wanted = id;
  clearTimeout(readTimer);
  const place = await arrival();
  const [found, body] = await Promise.all([rows([id]), heldBody(place.mirror, id)]);
  if (wanted !== id) return;
  const row = found.get(id);
  if (!row) return forget();
  openedIn = row.folder;
  openedSeq = row.seq;
  shown.set({ row, left: '', body, state: body ? 'ready' : 'loading', code: '' });
  if (body) return countAsRead(row, how);
  const answer = await fetchBody(place.mirror, place.bell, id);
  if (wanted !== id) return;
  if ('body' in answer) {
    learn({ body: answer.body, state: 'ready' });
    countAsRead((await rows([id])).get(id) ?? row, how);
  } else {
    const state = answer.code === 'gone' ? 'gone' : answer.code === 'network' ? 'not_here' : 'failed';
    learn({ state, code: answer.code });
  }
}

/** What came meanwhile about the open message stays. */
const learn = (change: Partial<Opened>): void => shown.update((now) => now && { ...now, ...change });

/** What was seen of the open message where somebody has moved it since: what was meant for the folder it was read in must
 *  not take it out of the one it is in now. */
export function seenOf(ids: readonly string[]): number | undefined {
  const open = get(shown);
  return open?.left && ids.includes(open.row.id) ? openedSeq : undefined;
}

function countAsRead(row: RowView, how: How): void {
  const after = get(settings).readAfter;
  if (row.flags & SEEN || how === 'keys' || after === 'never') return;
  const mark = (): void => {
    if (wanted === row.id && document.visibilityState === 'visible')
      void import('./act').then((acts) => acts.markReadQuietly(row.id));
  };
  if (after === 'at_once') mark();
  else readTimer = setTimeout(mark, READ_AFTER_MS);
}

/** Rows changed: the open one may be flagged now, or gone. */
async function look(): Promise<void> {
  const now = get(shown);
  if (!now) return;
  const id = now.row.id;
  const row = (await rows([id])).get(id);
  // It turned up again, and what could not be had is asked for again.
  if (row && now.state === 'gone' && row.seq !== now.row.seq && wanted === id) return show(id, 'keys');
  shown.update((latest) => {
    if (latest?.row.id !== id) return latest;
    // Taken away while it is being read: what is on the screen stays readable, and says so.
    if (!row) return { ...latest, left: GONE, state: latest.body ? latest.state : 'gone' };
    const left = row.folder === openedIn ? '' : row.folder;
    return left === latest.left && JSON.stringify(row) === JSON.stringify(latest.row)
      ? latest
      : { ...latest, row, left };
  });
}

export const inlineImage = async (message: string, part: string): Promise<Blob | null> => {
  const place = here();
  return place ? inlineImageOf(place.mirror, message, part) : null;
};

export const attachment = (
  message: string,
  part: string,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> => {
  const place = here();
  return place ? attachmentOf(place.mirror, message, part, onProgress) : Promise.reject(new Error('signed out'));
};

export type Peek = { row: RowView | null; body: BodyRow };

/** Another message's text, beside what is open: not opened, never counted as read. `row` null: its folder was never looked
 *  into here. Null: cannot be had now. */
export async function peek(id: string): Promise<Peek | null> {
  const place = await arrival();
  const [found, held] = await Promise.all([rows([id]), heldBody(place.mirror, id)]);
  const row = found.get(id) ?? null;
  if (held) return { row, body: held };
  const answer = await fetchBody(place.mirror, place.bell, id);
  return 'body' in answer ? { row, body: answer.body } : null;
}

export const source = (message: string): Promise<string> => sourceOf(message);

rowsChanged.subscribe(() => void look());
// The back gesture, a reload, another folder: the address says which message is open.
route.subscribe((at) => {
  const message = at.view === 'mail' ? at.message : null;
  if (message === wanted || at.view !== 'mail') return;
  if (message) void show(message, 'tap');
  else forget();
});
onEnd(forget);
