/** Who this browser is: signing in and out, this device's name, the secret. */
import { readSealed, writeSealed, type Device } from '../db/meta';
import type { Mirror } from '../db/vault';
import type { AccountRow, Session } from '../mail/rows';
import { api, ApiError, speakFor, type SignIn } from '../net/api';

/** IndexedDB's library loads behind the first picture. */
const vault = (): Promise<typeof import('../db/vault')> => import('../db/vault');

export type { SignIn, Session, Mirror, Device };
export type Result = { ok: true; session: Session } | { ok: false; code: string };

async function answered(asked: Promise<Session>): Promise<Result> {
  try {
    return { ok: true, session: await asked };
  } catch (error) {
    return { ok: false, code: error instanceof ApiError ? error.code : 'storage' };
  }
}

/** A sign-out that the server has not heard of yet: it comes before anything else that is asked of it. */
const OWED = 'praxispost-sign-out';

export const isSignOutOwed = (): boolean => localStorage.getItem(OWED) !== null;

/** Asked twice at once it is told once: told later, it would end the session that begins behind it. */
let telling: Promise<Result> | null = null;

async function tellSignOut(): Promise<Result> {
  const out = await answered(api.signOut());
  if (out.ok) localStorage.removeItem(OWED);
  telling = null;
  return out;
}

async function afterSignOut(ask: () => Promise<Session>): Promise<Result> {
  if (isSignOutOwed()) {
    const out = await (telling ??= tellSignOut());
    if (!out.ok) return out;
  }
  return answered(ask());
}

export const askSession = (): Promise<Result> => afterSignOut(api.session);
export const signIn = (form: SignIn): Promise<Result> => afterSignOut(() => api.signIn(form));
export const nameDevice = (name: string): Promise<Result> => answered(api.nameDevice(name));
export const replaceSecret = (secret: string): Promise<Result> => answered(api.replaceSecret(secret));
export const chooseArchive = (folder: string): Promise<Result> => answered(api.chooseArchive(folder));

export { firstLook, type FirstLook } from '../db/firstlook';

/** A browser that was killed may hold its storage for a moment after the next one has started. */
const PATIENCE_MS = [100, 300, 1000, 3000];

/** What opens without a network: the mirror that was used last. Raises what the browser's storage says in the end. */
export async function openLast(): Promise<Mirror | null> {
  const { lastAccount, openMirror } = await vault();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const account = await lastAccount();
      if (!account) return null;
      const mirror = await openMirror(account);
      speakFor(account);
      return mirror;
    } catch (error) {
      const wait = PATIENCE_MS[attempt];
      if (wait === undefined) throw error;
      await new Promise((later) => setTimeout(later, wait));
    }
  }
}

/** The mirror of a session that was just confirmed. */
export async function openFor(session: Session): Promise<Mirror | null> {
  if (!session.account) return null;
  const mirror = await (await vault()).openMirror(session.account.id);
  speakFor(session.account.id);
  await remember(mirror, session);
  return mirror;
}

export async function remember(mirror: Mirror, session: Session): Promise<void> {
  if (session.device) await writeSealed(mirror, 'device', session.device);
  // A state that the feed has not brought yet: rows of the feed are newer by their seq.
  const held = await readSealed(mirror, 'account');
  if (session.account && (held?.seq ?? -1) <= session.account.seq)
    await writeSealed(mirror, 'account', session.account);
}

export async function known(mirror: Mirror): Promise<{ device: Device | null; account: AccountRow | null }> {
  return { device: await readSealed(mirror, 'device'), account: await readSealed(mirror, 'account') };
}

/** Everything of this account leaves this browser, beginning with the key; then the server hears of it, without a
 *  network at the next start. */
export async function signOut(mirror: Mirror): Promise<void> {
  localStorage.setItem(OWED, '1');
  speakFor('');
  await (await vault()).wipe(mirror);
  await askSession();
}
