/** A finger on a row, as a small machine: undecided until it has moved, then locked to one axis. Pure. */

export type Swipe = {
  id: string;
  startX: number;
  startY: number;
  dx: number;
  axis: 'undecided' | 'across' | 'along';
};

export type Side = 'left' | 'right';

const LOCK_PX = 10;
const EDGE_PX = 24; // the platform's back gesture starts here
const THRESHOLD = 0.28; // of the row's width

export function startSwipe(id: string, x: number, y: number): Swipe | null {
  return x < EDGE_PX ? null : { id, startX: x, startY: y, dx: 0, axis: 'undecided' };
}

/** Sideways must clearly win: a slanted scroll is a scroll. */
export function moveSwipe(swipe: Swipe, x: number, y: number): Swipe {
  const dx = x - swipe.startX;
  const dy = y - swipe.startY;
  if (swipe.axis === 'along') return swipe;
  if (swipe.axis === 'across') return { ...swipe, dx };
  if (Math.hypot(dx, dy) < LOCK_PX) return swipe;
  const axis = Math.abs(dx) > Math.abs(dy) * 1.4 ? 'across' : 'along';
  return { ...swipe, axis, dx: axis === 'across' ? dx : 0 };
}

export function swipedTo(swipe: Swipe, widthPx: number): Side | null {
  if (swipe.axis !== 'across' || Math.abs(swipe.dx) < widthPx * THRESHOLD) return null;
  return swipe.dx < 0 ? 'left' : 'right';
}

/** Past the threshold the row follows more slowly: the hand feels that it has caught. */
export function shownOffset(swipe: Swipe, widthPx: number): number {
  const limit = widthPx * THRESHOLD;
  const over = Math.abs(swipe.dx) - limit;
  return over <= 0 ? swipe.dx : Math.sign(swipe.dx) * (limit + over * 0.5);
}
