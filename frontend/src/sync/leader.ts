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
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(name, work);
}

/** Only if nobody else is at it. */
export async function ifFree(name: string, work: () => Promise<unknown>): Promise<void> {
  await navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** Have a lock until it is let go of. `lost`: somebody took it away. → how to let go; null: another has it. */
export function hold(name: string, how: LockOptions, lost: () => void): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    let got = false;
    navigator.locks
      .request(name, how, (lock) => {
        got = lock !== null;
        return lock ? new Promise<void>((letGo) => resolve(letGo)) : undefined;
      })
      .then(
        () => resolve(null),
        () => (got ? lost() : resolve(null)),
      );
  });
}
