/** What a person does to messages: wishes, and the way back. */
import { get, writable, type Readable } from 'svelte/store';
import { withdraw, type Waiting } from '../db/outbox';
import { DELETED, FLAGGED, SEEN, withFlags } from '../mail/flags';
import { inverse } from '../mail/overlay';
import type { Intent } from '../mail/rows';
import type { LedgerLine } from '../sync/ledger';
import { chooseArchive as tellArchive } from '../sync/session';
import { folderByRole, folders } from './folders';
import { list } from './list';
import { here, onEnd } from './place';
import { opened, seenOf } from './reader';
import { makesArchive, overlay, targets, touched, wish } from './wishes';
import { linkKind, status } from './status';

type Done =
  | 'read'
  | 'unread'
  | 'flagged'
  | 'unflagged'
  | 'archived'
  | 'trashed'
  | 'destroyed'
  | 'moved'
  | 'restored'
  | 'undone'
  | 'overtaken'
  | 'share_lost'
  | 'share_too_large'
  | 'sending'
  | 'sent'
  | 'unsent'
  | 'draft_discarded'
  | 'failed';

/** `until`: ms since 1970; the way back closes then. Null: as long as the toast is shown. `about`: the line of the ledger
 *  that says more. */
export type Toast = {
  id: number;
  text: { code: Done; n: number; folder: string; by: string; waits: boolean };
  undo: boolean;
  until: number | null;
  about: LedgerLine | null;
};

/** What became of something, told when no way back would be taken from under the hand. */
export type Outcome = {
  code: 'sent' | 'unsent' | 'overtaken' | 'failed' | 'share_lost' | 'share_too_large';
  n?: number;
  folder?: string;
  by?: string;
  about?: LedgerLine;
};

/** The server takes this many at once. */
const AT_ONCE = 500;

const shown = writable<Toast | null>(null);
export const toast: Readable<Toast | null> = shown;
let queued: Outcome[] = [];

export function dismissToast(): void {
  shown.set(null);
  tellNext();
}

/** Messages that wait for the answer which folder is the archive. */
export const askArchive = writable<string[] | null>(null);

type Undo = { wishes: Waiting[]; from: Map<string, string> };
let last: Undo | null = null;
let toasts = 0;

/** → whether it went back. */
type Way = () => Promise<boolean>;
let way: Way | null = null;

function say(code: Done, n: number, folder = '', undo = true, until: number | null = null): void {
  const waits = get(status).kind !== 'live';
  shown.set({ id: (toasts += 1), text: { code, n, folder, by: '', waits }, undo, until, about: null });
}

/** Told now, or when the toast that is shown has gone: it may offer a way back, or be just read. What was said of these
 *  wishes is taken back at once where it is not so. */
export function tell(outcome: Outcome, wish = ''): void {
  if (last?.wishes.some((one) => one.id === wish)) {
    last = null;
    shown.set(null);
  }
  queued.push(outcome);
  tellNext();
}

/** What is told of lines of the ledger that are not among these is over. */
export function keepTold(lines: ReadonlySet<string>): void {
  const isOver = (about: LedgerLine | null | undefined): boolean => Boolean(about && !lines.has(about.id));
  queued = queued.filter(({ about }) => !isOver(about));
  if (isOver(get(shown)?.about)) dismissToast();
}

function tellNext(): void {
  const now = get(shown);
  if (now && !isOver(now)) return;
  const next = queued.shift();
  if (!next) return;
  const { code, about } = next;
  const text = { n: 1, folder: '', by: '', ...next, code, waits: false };
  shown.set({ id: (toasts += 1), text, undo: false, until: null, about: about ?? null });
}

/** The time to take a mail back is over. */
const isOver = ({ text, until }: Toast): boolean => text.code === 'sending' && until !== null && until <= Date.now();

/** What writing did, with a way back of its own. */
export function sayWritten(code: 'sending' | 'draft_discarded', until: number | null, back: Way): void {
  last = null;
  way = back;
  say(code, 1, '', true, until);
}

/** The way back of writing: the mail is on the screen again, or it is said that it was too late. */
async function goBack(back: Way): Promise<void> {
  way = null;
  shown.set(null);
  const isBack = await back().catch((error: unknown) => {
    reportError(error);
    return false;
  });
  if (!isBack) say('failed', 1, '', false);
}

/** Where each message is now, as the screen shows it. */
function placesOf(ids: readonly string[]): Map<string, string> {
  const { folder } = get(list);
  const keys = get(touched);
  const open = get(opened)?.row;
  return new Map(
    ids.map((id) => {
      const key = keys.get(id);
      if (key) return [id, get(overlay).shown(id, key.folder, key.flags).folder];
      return [id, open?.id === id ? open.folder : folder];
    }),
  );
}

function chunksOf(ids: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) chunks.push(ids.slice(at, at + AT_ONCE));
  return chunks;
}

function decidedAt(targets: readonly string[]): { since?: number } {
  const since = seenOf(targets);
  return since === undefined ? {} : { since };
}

async function wishFor(ids: readonly string[], what: Pick<Intent, 'kind' | 'args'>): Promise<Undo> {
  const from = placesOf(ids);
  // Where they come from is told along: they can then be brought back from the ledger too, on any device.
  const moves = what.kind === 'move' || what.kind === 'archive' || what.kind === 'trash';
  const groups = moves ? byFolder(ids, from) : new Map([['', [...ids]]]);
  const wishes = await wish(
    [...groups].flatMap(([folder, members]) =>
      chunksOf(members).map((targets) => ({
        ...what,
        args: folder ? { ...what.args, from: folder } : what.args,
        targets,
        ...decidedAt(targets),
      })),
    ),
  );
  return { wishes, from };
}

async function perform(ids: string[], what: Pick<Intent, 'kind' | 'args'>, code: Done, folder = ''): Promise<void> {
  if (ids.length === 0) return;
  try {
    // Somebody else moved what was read here: the server will not do it.
    const overtaken = what.kind !== 'flag' && seenOf(ids) !== undefined;
    last = await wishFor(ids, what);
    way = null;
    if (overtaken) say('overtaken', ids.length, '', false);
    else say(code, ids.length, folder, what.kind !== 'destroy');
  } catch {
    // The device is full or its storage is gone: nothing was changed, and that is said.
    last = null;
    say('failed', ids.length, '', false);
  }
}

/** Only those that it changes: undo must not touch what was so before. */
const flag = (ids: string[], add: number, remove: number, code: Done): Promise<void> => {
  const known = new Map(get(list).keys.map((key) => [key.id, key.flags]));
  const changes = (id: string): boolean => {
    const flags = known.get(id);
    return flags === undefined || withFlags(flags, add, remove) !== flags;
  };
  return perform(ids.filter(changes), { kind: 'flag', args: { add, remove } }, code);
};

/** Else it has to be asked first. */
export const knowsArchive = (): boolean => get(targets).archive !== '' || chosen() !== '' || get(makesArchive);

/** The folder that was chosen, until the feed says so too; `told`: the server has heard of it. */
let choice = { folder: '', told: true };
const chosen = (): string => get(folders).find((row) => row.id === choice.folder)?.id ?? '';

async function tellChoice(): Promise<void> {
  const now = choice;
  if (!now.told) now.told = (await tellArchive(now.folder)).ok;
}

async function archive(ids: string[]): Promise<void> {
  if (!knowsArchive()) return askArchive.set(ids);
  if (get(targets).archive) return perform(ids, { kind: 'archive', args: {} }, 'archived');
  await perform(ids, answerOf(chosen()), 'archived');
}

export const act = {
  markRead: (ids: string[]): Promise<void> => flag(ids, SEEN, 0, 'read'),
  markUnread: (ids: string[]): Promise<void> => flag(ids, 0, SEEN, 'unread'),
  flag: (ids: string[]): Promise<void> => flag(ids, FLAGGED, 0, 'flagged'),
  unflag: (ids: string[]): Promise<void> => flag(ids, 0, FLAGGED, 'unflagged'),
  restore: (ids: string[]): Promise<void> => flag(ids, 0, DELETED, 'restored'),
  archive,
  trash: (ids: string[]): Promise<void> => perform(ids, { kind: 'trash', args: {} }, 'trashed'),
  destroy: (ids: string[]): Promise<void> => perform(ids, { kind: 'destroy', args: {} }, 'destroyed'),
  move: (ids: string[], to: string): Promise<void> => perform(ids, { kind: 'move', args: { to } }, 'moved', to),
};

/** Reading marks by itself; nothing to announce, nothing to undo. */
export const markReadQuietly = (id: string): Promise<unknown> =>
  wishFor([id], { kind: 'flag', args: { add: SEEN, remove: 0 } });

const answerOf = (folder: string | null): Pick<Intent, 'kind' | 'args'> =>
  folder ? { kind: 'move', args: { to: folder } } : { kind: 'archive', args: { create: true } };

/** The answer to `askArchive`: a folder, or null to make one. */
export async function chooseArchive(folder: string | null): Promise<void> {
  const ids = get(askArchive);
  askArchive.set(null);
  if (!ids) return;
  choice = { folder: folder ?? '', told: folder === null };
  await perform(ids, answerOf(folder), 'archived');
  await tellChoice();
}

/** Take back what was done last: what has not left is withdrawn, the rest is wished back. */
export async function undoLast(): Promise<void> {
  const place = here();
  const undo = last;
  last = null;
  if (way) return goBack(way);
  if (!place || !undo || !get(shown)?.undo) return;
  let n = 0;
  for (const done of [...undo.wishes].reverse()) {
    n += done.targets.length;
    if (await withdraw(place.mirror, done.id)) continue;
    for (const [from, ids] of byFolder(done.targets, undo.from)) {
      const back = inverse(done, from);
      if (back) await wish([{ ...back, targets: ids }]);
    }
  }
  place.bell.ring({ kind: 'outbox' });
  say('undone', n, '', false);
}

function byFolder(ids: readonly string[], from: ReadonlyMap<string, string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const folder = from.get(id) ?? folderByRole('inbox')?.id ?? '';
    groups.set(folder, [...(groups.get(folder) ?? []), id]);
  }
  return groups;
}

onEnd(() => {
  last = null;
  way = null;
  queued = [];
  shown.set(null);
  askArchive.set(null);
  choice = { folder: '', told: true };
});
linkKind.subscribe((kind) => {
  if (kind === 'live') void tellChoice();
});
