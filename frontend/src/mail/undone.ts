/** Which lines of the ledger can still be taken back: not what somebody has undone or gone beyond since. Pure. */
import { withFlags } from './flags';
import { takenBack } from './overlay';
import type { ActionRow, MessageRow } from './rows';

type Line = Pick<ActionRow, 'id' | 'kind' | 'args' | 'state' | 'targets' | 'created_at' | 'seq'> & {
  local: boolean;
  about: Pick<MessageRow, 'id' | 'folder' | 'flags'> | null;
  here: boolean;
};

const MOVES: ReadonlySet<ActionRow['kind']> = new Set(['move', 'archive', 'trash', 'destroy']);
/** It came to nothing: what was before it stands. */
const NOTHING: ReadonlySet<ActionRow['state']> = new Set(['conflict', 'failed', 'unknown', 'held', 'noop']);

/** The ids of those that "undo" would do something about, of `lines`, newest first. */
export function undoable(lines: readonly Line[]): Set<string> {
  const later: Line[] = [];
  const can = new Set<string>();
  for (const line of lines) {
    if (takenBack(line) !== null && !isBack(line) && !later.some((one) => goesBeyond(one, line))) can.add(line.id);
    if (!NOTHING.has(line.state)) later.push(line);
  }
  return can;
}

/** The mail is as it was before, by whichever program. Of several, only the first is looked at. */
function isBack({ kind, args, about, here, targets }: Line): boolean {
  if (!here || about === null || targets.length !== 1) return false;
  if (kind !== 'flag') return about.folder === args.from;
  const [add, remove] = bitsOf(args);
  return withFlags(about.flags, remove, add) === about.flags;
}

/** A later deed has moved all of these, or has set anew every mark that `line` set. */
function goesBeyond(later: Line, line: Line): boolean {
  const of = new Set(later.targets);
  if (!line.targets.every((id) => of.has(id))) return false;
  if (line.kind !== 'flag') return MOVES.has(later.kind);
  if (later.kind !== 'flag') return later.kind === 'destroy';
  const set = (args: ActionRow['args']): number => bitsOf(args)[0] | bitsOf(args)[1];
  return (set(later.args) & set(line.args)) === set(line.args);
}

const bitsOf = (args: ActionRow['args']): [add: number, remove: number] => [
  Number(args.add ?? 0),
  Number(args.remove ?? 0),
];
