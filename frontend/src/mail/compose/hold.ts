/** Who of several devices writes a draft. One holds it and the others look; it moves when a person takes it over. Pure.
 *
 *  Nobody is asked who was first: words of presence have no order. Whoever opens a draft that is held looks; whoever took
 *  it over holds it, and whoever held it before lets go. Two that begin in the same moment without knowing of each other
 *  both look, and whoever writes first holds it. */
import type { Present } from '../rows';

/** `since`: when it was opened here, ms since 1970. `taken`: a person took it over here. `takers`: devices of which it is
 *  known already that they took it over. */
export type Hold = { held: boolean; taken: boolean; takers: ReadonlySet<string>; since: number };

/** So long after it was opened nobody was known who holds it: the connection had to come up first. */
const ARRIVING_MS = 4000;

const holders = (all: readonly Present[], draft: string): Present[] => all.filter((one) => one.drafts.includes(draft));
const takersOf = (all: readonly Present[], draft: string): Set<string> =>
  new Set(holders(all, draft).flatMap(({ taken, device }) => (taken?.includes(draft) ? [device] : [])));

export const opened = (all: readonly Present[], draft: string, now: number): Hold => ({
  held: holders(all, draft).length === 0,
  taken: false,
  takers: takersOf(all, draft),
  since: now,
});

export const takenOver = (hold: Hold, all: readonly Present[], draft: string): Hold => ({
  ...hold,
  held: true,
  taken: true,
  takers: takersOf(all, draft),
});

/** Somebody said something. `touched`: it was written in here. */
export function afterWords(hold: Hold, all: readonly Present[], draft: string, touched: boolean, now: number): Hold {
  const takers = takersOf(all, draft);
  const isTaken = [...takers].some((device) => !hold.takers.has(device));
  const isLate = !touched && !hold.taken && now - hold.since < ARRIVING_MS && holders(all, draft).length > 0;
  const held = hold.held && !isTaken && !isLate;
  return { ...hold, held, taken: hold.taken && held, takers };
}

/** A letter was written where nobody else holds it. */
export const written = (hold: Hold): Hold => (hold.held ? hold : { ...hold, held: true });
