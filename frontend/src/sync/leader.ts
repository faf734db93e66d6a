/** One tab syncs. The lock goes to the next tab by itself when this one closes or crashes. */

/** Run `work` while this tab leads; `work` ends when its signal aborts. Comes back when `signal` aborts. */
export async function lead(
  account: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  try {
    await navigator.locks.request(`praxispost-sync-${account}`, { signal }, () => work(signal));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One sender at a time, also over the service worker. Waits for its turn: the other may have looked a moment too early. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(name, work);
}
