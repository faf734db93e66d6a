/** How wide the list may be. */
export const LIST_MIN_PX = 360;
export const LIST_MAX_PX = 480;

export function clampWidth(px: number): number {
  return Math.round(Math.min(LIST_MAX_PX, Math.max(LIST_MIN_PX, px)));
}
