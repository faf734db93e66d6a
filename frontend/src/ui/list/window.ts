/** Windowing with one fixed row height: which rows are mounted, and how far to scroll so that nothing moves. Pure. */

export type Range = { first: number; last: number };

/** Rows from `first` to `last` (inclusive) that touch the viewport, `extra` more on each side. Empty: last < first. */
export function visibleRange(
  view: { top: number; height: number },
  rowHeight: number,
  total: number,
  extra: number,
): Range {
  if (total === 0 || rowHeight <= 0) return { first: 0, last: -1 };
  const first = Math.max(0, Math.floor(view.top / rowHeight) - extra);
  const last = Math.min(total - 1, Math.ceil((view.top + view.height) / rowHeight) + extra);
  return { first: Math.min(first, total - 1), last };
}

/** The indexes to mount: the range, and the focused row even when it is far away (it must not lose the focus). */
export function mounted(range: Range, focused: number): number[] {
  const indexes: number[] = [];
  if (focused >= 0 && focused < range.first) indexes.push(focused);
  for (let i = range.first; i <= range.last; i++) indexes.push(i);
  if (focused > range.last) indexes.push(focused);
  return indexes;
}

export type Anchor = { id: string; offset: number };

/** The first row that is fully or partly in view, and how far its top lies above (negative) or below the view's top. */
export function anchorAt(ids: readonly string[], top: number, rowHeight: number): Anchor | null {
  const index = Math.floor(top / rowHeight);
  const id = ids[index];
  return id === undefined ? null : { id, offset: index * rowHeight - top };
}

/** Where to scroll after the rows changed so that the anchored row stands still; null when it is gone or at the top. */
export function keepStill(anchor: Anchor | null, ids: readonly string[], rowHeight: number): number | null {
  if (!anchor) return null;
  const index = ids.indexOf(anchor.id);
  return index < 0 ? null : Math.max(0, index * rowHeight - anchor.offset);
}

/** Scroll position that shows row `index` whole, moving as little as possible. */
export function reveal(view: { top: number; height: number }, index: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < view.top) return top;
  if (top + rowHeight > view.top + view.height) return top + rowHeight - view.height;
  return view.top;
}
