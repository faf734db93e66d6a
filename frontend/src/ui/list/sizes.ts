/** Row heights in px: fixed for each layout and density, so that windowing is arithmetic. Rows are at least 64 px for a thumb. */
import type { Layout } from '../layout';

export function rowHeight(layout: Layout, density: string): number {
  if (layout !== 'desktop') return density === 'compact' ? 66 : 88;
  return density === 'compact' ? 54 : 76;
}

export function rowPadding(layout: Layout, density: string): number {
  if (layout !== 'desktop') return density === 'compact' ? 10 : 11;
  return density === 'compact' ? 7 : 9;
}
