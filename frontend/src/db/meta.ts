/** Small things about a mirror: the cursor, this device, the account's last known state. */
import type { AccountRow } from '../mail/rows';
import type { MirrorDb, Sealed } from './schema';
import type { Mirror } from './vault';

export type Cursor = { epoch: string; seq: number };
export type Device = { id: string; name: string };

type Meta = {
  cursor: Cursor;
  fresh_at: number;
  next_n: number;
  /** The lowest seq a page was read at that the feed may not have covered yet: catching up begins there. `pages` tells
   *  whether another one came meanwhile. */
  owed: { since: number; pages: number };
  opened: string[];
  /** Mails that did not leave and of which this device has told its writer. */
  announced: string[];
};
/** Names and addresses: sealed like mail. */
type SealedMeta = { device: Device; account: AccountRow };

export async function readMeta<K extends keyof Meta>(db: MirrorDb, key: K): Promise<Meta[K] | null> {
  return ((await db.meta.get(key))?.value as Meta[K] | undefined) ?? null;
}

export async function writeMeta<K extends keyof Meta>(db: MirrorDb, key: K, value: Meta[K]): Promise<void> {
  await db.meta.put({ key, value });
}

export async function readSealed<K extends keyof SealedMeta>(mirror: Mirror, key: K): Promise<SealedMeta[K] | null> {
  const row = await mirror.db.meta.get(key);
  return row ? mirror.codec.open<SealedMeta[K]>('meta', key, row.value as Sealed) : null;
}

export async function writeSealed<K extends keyof SealedMeta>(
  mirror: Mirror,
  key: K,
  value: SealedMeta[K],
): Promise<void> {
  await mirror.db.meta.put({ key, value: await mirror.codec.seal('meta', key, value) });
}
