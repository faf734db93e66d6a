/** Who is signed in here, and the beginning of everything: the mirror that was used last is shown before anybody asks
 *  the server. Only the server's own 401 ends a session; a network never does, and the mirror stays for the next. */
import { get, readonly, writable, type Readable } from 'svelte/store';
import type { Session } from '../mail/rows';
import {
  askSession,
  firstLook,
  isSignOutOwed,
  known,
  nameDevice as tellName,
  openFor,
  openLast,
  remember,
  replaceSecret as tellSecret,
  signIn as tellSignIn,
  signOut as tellSignOut,
  type Device,
  type SignIn,
} from '../sync/session';
import { beginSync, enter, here, leave, onNews } from './place';
import { go, route, type Route } from './route';
import { prime as primeFolders } from './folders';
import { prime as primeList } from './list';
import { account, linkKind, prime as primeStatus } from './status';
import { prime as primeWishes } from './wishes';

export { account };
export type SignInForm = SignIn;
export type SignInResult = { ok: true } | { ok: false; code: string };
type Hint = NonNullable<Session['demo_hint']>;

const state = writable<{ phase: 'starting' | 'signed_out' | 'ready' }>({ phase: 'starting' });
export const session: Readable<{ phase: 'starting' | 'signed_out' | 'ready' }> = readonly(state);
export const device = writable<Device | null>(null);
export const demo = writable(false);
/** In the demo: where its server is and who may sign in. */
export const demoHint = writable<Hint | null>(null);

export async function start(): Promise<void> {
  // Somebody signed out and the server has not heard of it: until then no older mailbox of this browser opens either.
  if (isSignOutOwed()) return meet(await askSession());
  // Unreadable is no reason not to start: the mirror says what is wrong, or begins anew.
  const look = await firstLook(folderNamed(get(route))).catch(() => null);
  if (look) {
    primeWishes(look);
    primeList(look);
    primeFolders(look);
    primeStatus(look);
    device.set(look.device);
    state.set({ phase: 'ready' });
    // Everything further may take its time.
    await painted(get(route).view === 'mail' && look.keys.length > 0);
  }
  const mirror = await openLast();
  if (!mirror) return meet(await askSession());
  await enter(mirror);
  device.set((await known(mirror)).device);
  state.set({ phase: 'ready' });
  void beginSync();
  const answer = await askSession();
  if (!answer.ok) return;
  learn(answer.session);
  if (!answer.session.signed_in) ended();
  else if (answer.session.account?.id !== mirror.account) await meet(answer);
  else await remember(mirror, answer.session);
}

const PATIENCE_MS = 500;

/** Until the first picture is on the screen. Its words may still be on their way when the rows are known: what is loaded
 *  meanwhile would stand in front of it. */
function painted(withRows: boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  return new Promise((resolve) => {
    const look = (): void => {
      const here = !withRows || document.querySelector('[data-id]') !== null || performance.now() > end;
      requestAnimationFrame(here ? () => setTimeout(resolve) : look);
    };
    requestAnimationFrame(look);
  });
}

const folderNamed = (at: Route): string | null => (at.view === 'mail' ? at.folder : null);

function learn(found: Session): void {
  demo.set(found.demo);
  demoHint.set(found.demo_hint ?? null);
  if (found.device) device.set(found.device);
}

/** The first answer of a browser that has no mirror, or a fresh sign-in. */
async function meet(answer: Awaited<ReturnType<typeof askSession>>): Promise<void> {
  if (answer.ok) {
    learn(answer.session);
    const mirror = answer.session.signed_in ? await openFor(answer.session) : null;
    if (mirror) {
      await enter(mirror);
      state.set({ phase: 'ready' });
      void beginSync();
      return;
    }
  }
  state.set({ phase: 'signed_out' });
}

/** The session is over: the mirror and the outbox stay for whoever signs in to this account again. */
function ended(): void {
  leave();
  state.set({ phase: 'signed_out' });
}

export async function signIn(form: SignInForm): Promise<SignInResult> {
  const answer = await tellSignIn(form);
  if (!answer.ok) return answer;
  // In the middle of a sentence the session may have ended.
  if (get(route).view !== 'compose') go({ view: 'mail', folder: null, message: null }, true);
  await meet(answer);
  return { ok: true };
}

export async function signOut(): Promise<void> {
  const place = here();
  place?.bell.ring({ kind: 'left' });
  leave();
  if (place) await tellSignOut(place.mirror);
  device.set(null);
  go({ view: 'mail', folder: null, message: null }, true);
  state.set({ phase: 'signed_out' });
}

export async function nameDevice(name: string): Promise<SignInResult> {
  const answer = await tellName(name);
  if (!answer.ok) return answer;
  learn(answer.session);
  const place = here();
  if (place) await remember(place.mirror, answer.session);
  return { ok: true };
}

export async function replaceSecret(secret: string): Promise<SignInResult> {
  const answer = await tellSecret(secret);
  return answer.ok ? { ok: true } : answer;
}

onNews((news) => {
  if (news.kind === 'left') ended();
});
window.addEventListener('online', () => {
  if (isSignOutOwed()) void askSession();
});
linkKind.subscribe((kind) => {
  if (kind === 'signed_out' && get(state).phase === 'ready') ended();
});
