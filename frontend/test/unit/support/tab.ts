/** A page of the app without its screens: what state/ needs of a window, and the stores as one tab has them.
 *
 *  Every tab has modules of its own over one storage, one set of locks and one broadcast channel, as in a browser. */
import './browser';
import { vi } from 'vitest';
import type { Mirror } from '../../../src/db/vault';

/** What was reported as a defect. */
export const defects: unknown[] = [];

const storage = new Map<string, string>();
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const address = { pathname: '/', search: '', href: 'http://localhost/' };
const goTo = (_: unknown, __: string, path: string): void => void (address.pathname = path);

Object.assign(globalThis, {
  window: new EventTarget(),
  document: page,
  location: address,
  history: { pushState: goTo, replaceState: goTo },
  localStorage: { getItem: (key: string) => storage.get(key) ?? null, setItem: storage.set.bind(storage) },
  requestAnimationFrame: (painted: () => void) => setTimeout(painted, 0),
  reportError: (error: unknown) => defects.push(error),
});

/** Hidden or shown, as by switching to another tab. */
export function show(visible: boolean): void {
  page.visibilityState = visible ? 'visible' : 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
}

async function stores() {
  const [place, route, act, status, wishes, presence, writing, settings] = await Promise.all([
    import('../../../src/state/place'),
    import('../../../src/state/route'),
    import('../../../src/state/act'),
    import('../../../src/state/status'),
    import('../../../src/state/wishes'),
    import('../../../src/state/presence'),
    import('../../../src/state/writing'),
    import('../../../src/state/settings'),
  ]);
  const list = await import('../../../src/state/list');
  const vault = await import('../../../src/db/vault');
  return { place, route, act, status, wishes, presence, writing, settings, list, vault };
}

export type Tab = Awaited<ReturnType<typeof stores>> & {
  compose: typeof import('../../../src/state/compose');
  current: typeof import('../../../src/state/compose/current');
  mirror: Mirror;
  /** Closed at once, as by a crash: nothing more is stored. */
  kill: () => void;
};

/** A tab of this account opened at an address. */
export async function openTab(account: string, path = '/'): Promise<Tab> {
  vi.resetModules();
  address.pathname = path;
  const all = await stores();
  const mirror = await all.vault.openMirror(account);
  await all.place.enter(mirror);
  const compose = await import('../../../src/state/compose');
  const kill = (): void => {
    mirror.db.close();
    all.place.leave();
  };
  const current = await import('../../../src/state/compose/current');
  return { ...all, compose, current, mirror, kill };
}

let accounts = 0;
export const newAccount = (): string => `tabs-${(accounts += 1)}`;
