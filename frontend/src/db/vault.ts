/** Which mirrors exist in this browser, and their keys. Wiping begins here: without its key a mirror is noise.
 *
 *  One database an account, so that somebody else who signs in never sees or sends what the first left. */
import { Dexie, type Table } from 'dexie';
import { Codec, newKey } from './codec';
import { forgetShares } from './shared';
import { MirrorDb } from './schema';

type Entry = { account: string; key: CryptoKey; opened_at: number };

class Vault extends Dexie {
  keys!: Table<Entry, string>;

  constructor() {
    super('praxispost');
    this.version(1).stores({ keys: 'account, opened_at' });
  }
}

const vault = new Vault();

export type Mirror = { account: string; db: MirrorDb; codec: Codec };

const nameOf = (account: string): string => `praxispost-${account}`;

/** The mirror of an account; a new key where there was none (and then nothing old can be read). */
export async function openMirror(account: string): Promise<Mirror> {
  const found = await vault.keys.get(account);
  const key = found?.key ?? (await beginMirror(account));
  if (found) void vault.keys.update(account, { opened_at: Date.now() });
  const db = new MirrorDb(nameOf(account));
  await db.open();
  return { account, db, codec: new Codec(key) };
}

/** A mirror without a key is noise: it is removed, and a new key kept before anything is written under it. Two tabs that
 *  sign in at once must agree on one key. */
async function beginMirror(account: string): Promise<CryptoKey> {
  return navigator.locks.request(`praxispost-begin-${account}`, async () => {
    const other = await vault.keys.get(account);
    if (other) return other.key;
    const key = await newKey();
    await Dexie.delete(nameOf(account));
    await vault.keys.put({ account, key, opened_at: Date.now() });
    return key;
  });
}

/** The account that was used last: what opens without a network. */
export async function lastAccount(): Promise<string | null> {
  return (await vault.keys.orderBy('opened_at').last())?.account ?? null;
}

export async function wipe(mirror: Mirror): Promise<void> {
  await vault.keys.delete(mirror.account);
  mirror.db.close();
  await Dexie.delete(nameOf(mirror.account));
  await forgetShares();
}
