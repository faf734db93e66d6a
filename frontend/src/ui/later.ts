/** The first rows are on the screen before what is done with them is loaded: a moment later, or with the first touch. */
import { readable, type Readable } from 'svelte/store';

type Hands = typeof import('./shell/hands');

let loading: Promise<Hands> | undefined;

export const hands = (): Promise<Hands> => (loading ??= import('./shell/hands'));

/** Null until they are here. */
export const later: Readable<Hands | null> = readable<Hands | null>(null, (set) => {
  let wanted = true;
  const painted = requestAnimationFrame(() =>
    setTimeout(() => {
      void hands().then((all) => wanted && set(all));
    }),
  );
  return () => {
    wanted = false;
    cancelAnimationFrame(painted);
  };
});
