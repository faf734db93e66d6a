/** Which row the keys are on. The row keeps the focus while it is scrolled away; `focusWish` brings it into view. */
import { get, writable } from 'svelte/store';
import { list } from '../../state/list';

export const focusedId = writable('');
export const focusWish = writable(0);

export function focusRow(id: string): void {
  focusedId.set(id);
  focusWish.update((n) => n + 1);
}

/** The id `by` rows away, stopping at the ends; the first row when none has the focus. */
export function neighbour(ids: readonly string[], from: string, by: number): string {
  const index = ids.indexOf(from);
  if (index < 0) return ids[0] ?? '';
  return ids[Math.min(ids.length - 1, Math.max(0, index + by))] ?? '';
}

/** The row to go to when `leaving` rows leave: the next that stays, else the one before. */
export function afterLeaving(ids: readonly string[], leaving: ReadonlySet<string>, from: string): string {
  const start = ids.indexOf(from);
  if (start < 0) return '';
  for (let i = start + 1; i < ids.length; i++) if (!leaving.has(ids[i] ?? '')) return ids[i] ?? '';
  for (let i = start - 1; i >= 0; i--) if (!leaving.has(ids[i] ?? '')) return ids[i] ?? '';
  return '';
}

export function moveFocus(by: number): string {
  const ids = get(list).keys.map((key) => key.id);
  const next = neighbour(ids, get(focusedId), by);
  if (next) focusRow(next);
  return next;
}
