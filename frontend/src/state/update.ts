/** The service worker, and a newer version that waits until somebody says yes and nothing is under way. */
import { get, writable, type Readable } from 'svelte/store';
import { waitingCount } from './wishes';

const ready = writable(false);
export const updateReady: Readable<boolean> = ready;

const LOOK_EVERY_MS = 60 * 60 * 1000;
let registration: ServiceWorkerRegistration | null = null;

/** Trusted Types: the only script address that this code ever makes is our own worker's. */
function workerUrl(): string {
  const types = window.trustedTypes;
  const only = (url: string): string => {
    if (url !== '/sw.js') throw new TypeError('only the service worker');
    return url;
  };
  return types ? types.createPolicy('app', { createScriptURL: only }).createScriptURL('/sw.js') : '/sw.js';
}

export async function registerWorker(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || import.meta.env.DEV) return;
  try {
    registration = await workers.register(workerUrl(), { scope: '/' });
  } catch (error) {
    // Without it everything works but starting offline; a private window is the usual reason.
    console.warn('No service worker:', error);
    return;
  }
  const watch = (worker: ServiceWorker | null): void => {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && workers.controller) ready.set(true);
    });
  };
  if (registration.waiting && workers.controller) ready.set(true);
  registration.addEventListener('updatefound', () => watch(registration?.installing ?? null));
  setInterval(() => void registration?.update().catch(() => undefined), LOOK_EVERY_MS);
  // Absent on pages without TLS.
  void (navigator.storage as StorageManager | undefined)?.persist();
}

/** Only on consent. What waits in the outbox stays: newer code reads it. */
export function applyUpdate(): void {
  const waiting = registration?.waiting;
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage({ type: 'SKIP_WAITING' });
}

export const isQuiet = (): boolean => get(waitingCount) === 0;
