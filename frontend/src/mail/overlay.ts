/** What the screen shows: mirrored rows with what is wished laid over, first what colleagues wished and the server accepted,
 *  then what waits here. Nothing is ever written back, and nobody waits for the mail server to see what was decided.
 *  A wish is dropped from the overlay exactly when the row that stops it was applied from the feed, so nothing flickers. */
import { ANSWERED, FORWARDED, withFlags } from './flags';
import type { ActionRow, ActionState, Intent } from './rows';

export const TERMINAL: ReadonlySet<ActionState> = new Set<ActionState>([
  'done',
  'noop',
  'conflict',
  'failed',
  'unknown',
]);

/** Accepted by the server, and not carried out yet. */
export const UNDER_WAY: ReadonlySet<ActionState> = new Set<ActionState>(['waiting', 'sending']);

/** Nothing is under way any more: it has ended, or a person decides whether it goes on. */
export const STOPPED: ReadonlySet<ActionState> = new Set<ActionState>([...TERMINAL, 'held']);

/** What a colleague wished, as the feed told it. */
export type Accepted = Pick<ActionRow, 'id' | 'kind' | 'targets' | 'args'>;
type Wish = Pick<Intent, 'kind' | 'composition'> & { args: Record<string, unknown> };

/** `pending`: something of this device waits. */
export type Shown = { folder: string; flags: number; pending: boolean; gone: boolean };

/** Folder ids that wishes resolve to on this account. */
export type Targets = { archive: string; trash: string };

export type Overlay = {
  /** How a message is shown now, given where the mirror has it. */
  shown(id: string, folder: string, flags: number): Shown;
  /** Ids a wish touches. */
  touched(): Iterable<string>;
};

export function overlayOf(waiting: readonly Intent[], targets: Targets, accepted: readonly Accepted[] = []): Overlay {
  // What is being written about a message changes nothing of it, and a colleague's answer marks it once it has left.
  const theirs = byMessage(accepted.filter(({ kind }) => kind !== 'draft' && kind !== 'send'));
  const mine = byMessage([...waiting].filter(({ kind }) => kind !== 'draft').sort((a, b) => a.n - b.n));
  return {
    touched: () => new Set([...theirs.keys(), ...mine.keys()]),
    shown(id, folder, flags) {
      const own = mine.get(id) ?? [];
      return [...(theirs.get(id) ?? []), ...own].reduce<Shown>((now, wish) => laid(now, wish, targets), {
        folder,
        flags,
        pending: own.length > 0,
        gone: false,
      });
    },
  };
}

function byMessage<T extends Wish & { targets: string[] }>(wishes: readonly T[]): Map<string, Wish[]> {
  const found = new Map<string, Wish[]>();
  for (const wish of wishes) {
    for (const id of wish.targets) {
      const known = found.get(id);
      if (known) known.push(wish);
      else found.set(id, [wish]);
    }
  }
  return found;
}

function laid(now: Shown, wish: Wish, targets: Targets): Shown {
  switch (wish.kind) {
    case 'flag':
      return { ...now, flags: withFlags(now.flags, ...bitsOf(wish)) };
    case 'move':
      return { ...now, folder: String(wish.args.to) };
    case 'archive':
      return archived(now, wish, targets);
    case 'trash':
      return { ...now, folder: targets.trash };
    case 'destroy':
    case 'discard':
      return { ...now, gone: true };
    case 'send':
      return { ...now, flags: withFlags(now.flags, markOf(wish), 0) };
    case 'draft':
      return now;
  }
}

const bitsOf = ({ args }: Wish): [add: number, remove: number] => [Number(args.add ?? 0), Number(args.remove ?? 0)];

const archived = (now: Shown, wish: Wish, { archive }: Targets): Shown =>
  archive || wish.args.create ? { ...now, folder: archive } : now;

function markOf({ composition }: Wish): number {
  if (!composition || composition.kind === 'new') return 0;
  return composition.kind === 'forward' ? FORWARDED : ANSWERED;
}

/** Which waiting wishes the feed has settled. */
export function settledIds(actions: readonly ActionRow[]): string[] {
  return actions.filter((row) => STOPPED.has(row.state)).map((row) => row.id);
}

/** How waiting wishes move a folder's unread number, so that the badge answers at once. */
export function unreadShift(
  rows: Iterable<{ id: string; folder: string; flags: number }>,
  overlay: Overlay,
): Map<string, number> {
  const shift = new Map<string, number>();
  const add = (folder: string, by: number): void => void shift.set(folder, (shift.get(folder) ?? 0) + by);
  const counts = (flags: number): boolean => (flags & 1) === 0 && (flags & 16) === 0;
  for (const row of rows) {
    const shown = overlay.shown(row.id, row.folder, row.flags);
    if (counts(row.flags)) add(row.folder, -1);
    if (!shown.gone && counts(shown.flags)) add(shown.folder, 1);
  }
  return shift;
}

/** The same from the ledger: a move knows where it came from only if that was told along. */
export function takenBack(
  row: Pick<ActionRow, 'kind' | 'args' | 'state' | 'targets'>,
): Pick<Intent, 'kind' | 'args' | 'targets'> | null {
  const from = row.args.from;
  if (row.state !== 'done' || row.targets.length === 0) return null;
  if (row.kind !== 'flag' && typeof from !== 'string') return null;
  const back = inverse({ kind: row.kind, args: row.args as Intent['args'] }, String(from));
  return back && { ...back, targets: row.targets };
}

/** The wish that takes another back. Null where nothing brings it back. */
export function inverse(wish: Pick<Intent, 'kind' | 'args'>, cameFrom: string): Pick<Intent, 'kind' | 'args'> | null {
  if (wish.kind === 'flag') {
    return { kind: 'flag', args: { add: Number(wish.args.remove ?? 0), remove: Number(wish.args.add ?? 0) } };
  }
  const moved = wish.kind === 'move' || wish.kind === 'archive' || wish.kind === 'trash';
  return moved ? { kind: 'move', args: { to: cameFrom } } : null;
}
