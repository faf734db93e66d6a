/** Where the menu of a row or a message is open. */
import { get, writable } from 'svelte/store';
import { selected } from '../../state/selection';

export type OpenMenu = { x: number; y: number; ids: string[]; message: string; printable: boolean } | null;

export const menu = writable<OpenMenu>(null);

/** On a selected row the menu means the whole selection, else that row alone. */
export function openMenu(x: number, y: number, id: string, printable = false): void {
  const chosen = get(selected);
  menu.set({ x, y, ids: chosen.has(id) ? [...chosen] : [id], message: id, printable });
}

export const closeMenu = (): void => menu.set(null);
