/** Where the menu of a row or a message is open. */
import { get, writable } from 'svelte/store';
import { selected } from '../../state/selection';

/** `above`: where it ends when there is no room below, so that it does not lie under the finger that opened it. */
export type OpenMenu = {
  x: number;
  y: number;
  above: number;
  ids: string[];
  message: string;
  printable: boolean;
} | null;

export const menu = writable<OpenMenu>(null);

/** From the "More" of a message. */
export function openMenuAt(button: Element, id: string): void {
  const box = button.getBoundingClientRect();
  menu.set({ x: box.left, y: box.bottom + 4, above: box.top - 4, ids: [id], message: id, printable: true });
}

/** On a selected row the menu means the whole selection, else that row alone. */
export function openMenu(x: number, y: number, id: string): void {
  const chosen = get(selected);
  const ids = chosen.has(id) ? [...chosen] : [id];
  menu.set({ x, y, above: Infinity, ids, message: id, printable: false });
}

export const closeMenu = (): void => menu.set(null);
