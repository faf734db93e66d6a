/** Which of the three layouts the window has room for, and whether a finger or a mouse is at work. */
import { readable, type Readable } from 'svelte/store';

export type Layout = 'phone' | 'tablet' | 'desktop';

export const TABLET_MIN_PX = 768;
export const DESKTOP_MIN_PX = 1024;

export function layoutFor(widthPx: number): Layout {
  if (widthPx < TABLET_MIN_PX) return 'phone';
  return widthPx < DESKTOP_MIN_PX ? 'tablet' : 'desktop';
}

export const layout: Readable<Layout> = readable<Layout>(layoutFor(window.innerWidth), (set) => {
  const measure = (): void => set(layoutFor(window.innerWidth));
  measure();
  window.addEventListener('resize', measure);
  return () => window.removeEventListener('resize', measure);
});

/** The minute, so that "today" does not stay on the screen past midnight. */
export const now: Readable<number> = readable(Date.now(), (set) => {
  set(Date.now());
  const timer = setInterval(() => set(Date.now()), 30_000);
  return () => clearInterval(timer);
});
