/** The verbs of the screen: what a key, a swipe, a button or the menu does to messages, and where the eye goes next. */
import { get } from 'svelte/store';
import { act, askArchive, chooseArchive, knowsArchive } from '../state/act';
import { current } from '../state/folders';
import { list } from '../state/list';
import { closeMessage, GONE, opened, openMessage } from '../state/reader';
import { clear, selected } from '../state/selection';
import { afterLeaving, focusedId, focusRow } from './list/focus';
import { DELETED, FLAGGED, SEEN } from './list/rowwords';
import { layout } from './layout';
import { askMove, askDestroy } from './dialogs/asked';

export type Verb = 'archive' | 'trash' | 'destroy' | 'restore' | 'read' | 'unread' | 'flag' | 'unflag' | 'move';

/** What a command without a target means: the selection, else the open message, else the row with the focus. */
export function targets(): string[] {
  const chosen = get(selected);
  if (chosen.size > 0) return [...chosen];
  const open = get(opened);
  if (open) return open.left === GONE ? [] : [open.row.id];
  const focused = get(focusedId);
  return focused ? [focused] : [];
}

function flagsOf(ids: readonly string[]): number[] {
  const wanted = new Set(ids);
  const open = get(opened);
  const known = get(list)
    .keys.filter((key) => wanted.has(key.id))
    .map((key) => key.flags);
  return known.length === 0 && open && wanted.has(open.row.id) ? [open.row.flags] : known;
}

/** Mixed selections go one way: to read, to flagged. */
export const anyUnread = (ids: readonly string[]): boolean => flagsOf(ids).some((flags) => !(flags & SEEN));
export const allFlagged = (ids: readonly string[]): boolean => flagsOf(ids).every((flags) => (flags & FLAGGED) !== 0);
export const anyMarkedDeleted = (ids: readonly string[]): boolean =>
  flagsOf(ids).some((flags) => (flags & DELETED) !== 0);

export const inTrash = (): boolean => get(current)?.role === 'trash';

/** Before rows leave: the next row takes the focus, and on wide screens it opens, without counting as read. */
function goOn(ids: readonly string[]): void {
  const leaving = new Set(ids);
  const keys = get(list).keys.map((key) => key.id);
  const open = get(opened);
  const from = open && leaving.has(open.row.id) ? open.row.id : get(focusedId);
  if (!leaving.has(from)) return;
  const next = afterLeaving(keys, leaving, from);
  if (next && document.activeElement?.closest('[data-id]')) focusRow(next);
  else focusedId.set(next);
  if (open && leaving.has(open.row.id)) readOn(next);
}

function readOn(next: string): void {
  if (get(layout) === 'phone' || !next) closeMessage();
  else openMessage(next, 'keys');
}

async function leave(ids: string[], how: (ids: string[]) => Promise<void>): Promise<void> {
  // Begun while the message is still open: what was seen of it counts. The rows leave later, when it is stored.
  const done = how(ids);
  goOn(ids);
  clear();
  await done;
}

const VERBS: Record<Verb, (ids: string[]) => Promise<void> | void> = {
  archive: (ids) => (knowsArchive() ? leave(ids, act.archive) : act.archive(ids)),
  trash: (ids) => (inTrash() ? askDestroy(ids) : leave(ids, act.trash)),
  destroy: (ids) => leave(ids, act.destroy),
  restore: (ids) => act.restore(ids),
  read: (ids) => act.markRead(ids),
  unread: (ids) => act.markUnread(ids),
  flag: (ids) => act.flag(ids),
  unflag: (ids) => act.unflag(ids),
  move: (ids) => askMove(ids),
};

export function perform(verb: Verb, ids: string[] = targets()): void {
  if (ids.length > 0) void VERBS[verb](ids);
}

/** The answer to which folder is the archive: a folder, or null to make one. Only now the messages leave. */
export async function answerArchive(folder: string | null): Promise<void> {
  const ids = get(askArchive);
  if (ids) await leave(ids, () => chooseArchive(folder));
}

export const toggleRead = (ids: string[]): void => perform(anyUnread(ids) ? 'read' : 'unread', ids);
export const toggleFlag = (ids: string[]): void => perform(allFlagged(ids) ? 'unflag' : 'flag', ids);

export function moveTo(ids: string[], folder: string): void {
  void leave(ids, (those) => act.move(those, folder));
}
