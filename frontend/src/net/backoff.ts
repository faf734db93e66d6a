/** How long to wait before trying again: doubling from half a second to half a minute, spread so that five desks that
 *  lost the same server do not come back in the same moment. */
export const FIRST_MS = 500;
export const LONGEST_MS = 30_000;

/** `attempt` counts from 0; `random` gives 0…1. */
export function waitFor(attempt: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(whole / 2 + (whole / 2) * random());
}
