import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { lastAccount } from '../../../src/db/vault';
import { delta, folder } from '../support/rows';
import { noNetwork, pathsOf, serve, type Answer } from '../support/server';

type App = typeof import('../../../src/state/session') & typeof import('../../../src/state/place');
const pages: (() => void)[] = [];

/** A page is loaded: its memory is new, the browser's storage is as it was. */
async function load(): Promise<App> {
  vi.resetModules();
  const [session, place] = [await import('../../../src/state/session'), await import('../../../src/state/place')];
  // The page loads these by itself and nobody waits for it: a test that is over sooner would leave it in the middle.
  await Promise.all([import('../../../src/sync/engine'), import('../../../src/sync/leader')]);
  pages.push(place.leave);
  return { ...session, ...place };
}

const signedIn = (account: string | null): Answer => {
  const row = account && {
    id: account,
    seq: 1,
    address: 'a@praxis.example',
    preset: 'other',
    state: 'ok',
    archive: '',
  };
  return () => ({ csrf: 'token', signed_in: account !== null, account: row, device: null, demo: false });
};
const nothing = { changes: () => ({ reset: true }), snapshot: () => delta(0, 1), actions: noNetwork };
class NoSocket extends EventTarget {
  close(): void {}
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', NoSocket);
  localStorage.clear();
});
afterEach(() => pages.splice(0).forEach((leave) => leave()));

async function used(): Promise<string> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { folders: [folder('inbox', { role: 'inbox' })] }));
  mirror.db.close();
  return mirror.account;
}

/** Signed out without a network, and started again without one. */
async function owing(): Promise<App> {
  localStorage.setItem('praxispost-sign-out', '1');
  serve({ session: noNetwork });
  const page = await load();
  await page.start();
  return page;
}

test('a sign-out that is owed is told once, though somebody signs in when the network comes back', async () => {
  const page = await owing();
  const log = serve({ session: signedIn(null), 'sign-out': signedIn(null), 'sign-in': signedIn(null) });
  window.dispatchEvent(new Event('online'));
  await page.signIn({} as Parameters<App['signIn']>[0]);
  expect(pathsOf(log).filter((path) => path.startsWith('sign'))).toEqual(['sign-out', 'sign-in']);
});

test('a sign-out that is owed is told as soon as the browser has a network', async () => {
  await owing();
  serve({ session: signedIn(null), 'sign-out': signedIn(null) });
  window.dispatchEvent(new Event('online'));
  await vi.waitFor(() => expect(localStorage.getItem('praxispost-sign-out')).toBeNull());
});

test('signing out without a network is told to the server before anything is opened again', async () => {
  const other = await used(); // an older mirror in this browser, which would open by itself
  const mine = await used();
  serve({ ...nothing, session: signedIn(mine) });
  const page = await load();
  await page.start();
  expect(page.here()?.mirror.account).toBe(mine);
  serve({ session: noNetwork, 'sign-out': noNetwork });
  await page.signOut();
  expect([get(page.session).phase, await lastAccount()]).toEqual(['signed_out', other]);

  const offline = await load();
  await offline.start();
  expect([get(offline.session).phase, offline.here()]).toEqual(['signed_out', null]);

  const log = serve({ ...nothing, session: signedIn(null), 'sign-out': signedIn(null) });
  const online = await load();
  await online.start();
  expect(pathsOf(log).slice(0, 2)).toEqual(['session', 'sign-out']);
  await until(online.session, ({ phase }) => phase === 'signed_out');
});
