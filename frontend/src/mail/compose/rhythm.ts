/** When text that is being typed is stored on the device, and when it is wished into Drafts. Pure; ms since 1970. */

const STORE_EVERY_MS = 700;
const PAUSE_MS = 8000;
const LATEST_MS = 60_000;

/** The first letter at once, those that follow together. */
export const storeAt = (changed: number, stored: number): number => Math.max(changed, stored + STORE_EVERY_MS);

/** In a pause, or in the middle of a long text. `since`: the first change that no wish carries. */
export const wishAt = (changed: number, since: number): number => Math.min(changed + PAUSE_MS, since + LATEST_MS);
