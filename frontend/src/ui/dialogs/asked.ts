/** Which question is on the screen. One at a time; the dialogs themselves load when they are first needed. */
import { writable } from 'svelte/store';
import type { Unsent } from '../../state/unsent';

export type Asked =
  | { kind: 'move'; ids: string[] }
  | { kind: 'destroy'; ids: string[] }
  | { kind: 'source'; message: string }
  | { kind: 'keys' }
  | { kind: 'held'; item: Unsent }
  | null;

export const asked = writable<Asked>(null);

export const askMove = (ids: string[]): void => asked.set({ kind: 'move', ids });
export const askDestroy = (ids: string[]): void => asked.set({ kind: 'destroy', ids });
export const showSource = (message: string): void => asked.set({ kind: 'source', message });
export const askHeld = (item: Unsent): void => asked.set({ kind: 'held', item });
export const showKeys = (): void => asked.set({ kind: 'keys' });
/** A dialog reports late that it was closed: only its own question is taken away then. */
export const answered = (question: Asked): void => asked.update((now) => (now === question ? null : now));
