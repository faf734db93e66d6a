/** What is selected in the list; it never outlives the rows it names. */
import { get, writable, type Readable } from 'svelte/store';
import { list } from './list';

const chosen = writable<ReadonlySet<string>>(new Set());
export const selected: Readable<ReadonlySet<string>> = chosen;

let anchor = '';

export function toggle(id: string): void {
  anchor = id;
  chosen.update((now) => {
    const next = new Set(now);
    if (!next.delete(id)) next.add(id);
    return next;
  });
}

/** From the last toggled row to this one. */
export function range(id: string): void {
  const ids = get(list).keys.map((key) => key.id);
  const [from, to] = [ids.indexOf(anchor), ids.indexOf(id)];
  if (from < 0 || to < 0) return toggle(id);
  const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  chosen.update((now) => new Set([...now, ...between]));
}

export const selectAll = (): void => chosen.set(new Set(get(list).keys.map((key) => key.id)));
export const clear = (): void => chosen.set(new Set());

let shown = '';
list.subscribe(({ folder, filter, keys }) => {
  const now = get(chosen);
  if (shown !== `${folder}/${filter}`) {
    shown = `${folder}/${filter}`;
    if (now.size) clear();
    return;
  }
  if (now.size === 0) return;
  const there = new Set(keys.map((key) => key.id));
  const left = [...now].filter((id) => there.has(id));
  if (left.length !== now.size) chosen.set(new Set(left));
});
