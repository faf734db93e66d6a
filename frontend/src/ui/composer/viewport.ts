/** The part of the page that the keyboard leaves free. Android resizes the page (`interactive-widget`), iOS only the
 *  visual viewport, and scrolls the page under it: there the composer must follow. Null: the page is what is seen. */
import { readable, type Readable } from 'svelte/store';

export type Free = { top: number; height: number };

/** Rounding and the address bar are no keyboard. */
const LEAST_PX = 80;

export function freeOf(seen: { offsetTop: number; height: number; scale: number }, pagePx: number): Free | null {
  if (seen.scale > 1.01 || pagePx - seen.height < LEAST_PX) return null;
  return { top: seen.offsetTop, height: seen.height };
}

export const free: Readable<Free | null> = readable<Free | null>(null, (set) => {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const measure = (): void => set(freeOf(viewport, window.innerHeight));
  measure();
  viewport.addEventListener('resize', measure);
  viewport.addEventListener('scroll', measure);
  return () => {
    viewport.removeEventListener('resize', measure);
    viewport.removeEventListener('scroll', measure);
  };
});
