/** What other apps shared with this one, until it is in a mail: the service worker keeps it, whoever is signed in or not.
 *
 *  A database of its own that is gone when nothing waits, so that asking whether something does costs nothing. Sealed
 *  under a key of its own; slices first, then the row that says they are all here. */
import { Dexie, type Table } from 'dexie';
import type { SharedText } from '../mail/compose/shared';
import { Codec, newKey } from './codec';
import type { Sealed } from './schema';

const NAME = 'shared-with-praxispost';
const SLICE_BYTES = 1024 * 1024;
/** Shares nobody took: older ones go. */
const MOST_SHARES = 5;

type SharedFile = { name: string; type: string; slices: number };
type StoredShare = { id: string; sealed: Sealed };
type StoredSlice = { share: string; file: number; at: number; sealed: Sealed };
export type Share = SharedText & { id: string; files: File[] };

class SharedDb extends Dexie {
  keys!: Table<{ name: string; key: CryptoKey }, string>;
  shares!: Table<StoredShare, string>;
  slices!: Table<StoredSlice, [string, number, number]>;

  constructor() {
    super(NAME);
    this.version(1).stores({ keys: 'name', shares: 'id', slices: '[share+file+at], share' });
  }

  async codec(): Promise<Codec> {
    const found = (await this.keys.get('key'))?.key;
    if (found) return new Codec(found);
    const key = await newKey();
    // Two at once must agree on one.
    await this.keys.add({ name: 'key', key }).catch(() => undefined);
    return new Codec((await this.keys.get('key'))?.key ?? key);
  }
}

/** False also where the browser does not tell: such a one shares nothing with an app either. */
export async function sharesWait(): Promise<boolean> {
  const names = typeof indexedDB.databases === 'function' ? await indexedDB.databases() : [];
  return names.some(({ name }) => name === NAME);
}

/** Raises when the device is full; then nothing of it stays. */
export async function keepShare(id: string, shared: SharedText, files: readonly File[]): Promise<void> {
  const db = new SharedDb();
  try {
    const codec = await db.codec();
    const kept: SharedFile[] = [];
    for (const file of files) {
      const slices = await keepSlices(db, codec, [id, kept.length], file);
      kept.push({ name: file.name, type: file.type, slices });
    }
    await db.shares.put({ id, sealed: await codec.seal('shares', id, { ...shared, files: kept }) });
    const ids = await db.shares.orderBy('id').primaryKeys();
    for (const old of ids.slice(0, -MOST_SHARES)) await remove(db, old);
  } catch (error) {
    await remove(db, id).catch(() => undefined);
    throw error;
  } finally {
    db.close();
  }
}

/** The oldest that waits. */
export async function nextShare(): Promise<Share | null> {
  if (!(await sharesWait())) return null;
  const db = new SharedDb();
  try {
    const row = await db.shares.orderBy('id').first();
    if (!row) return null;
    const codec = await db.codec();
    const said = await codec.open<SharedText & { files: SharedFile[] }>('shares', row.id, row.sealed);
    const files: File[] = [];
    for (const [at, file] of said.files.entries()) files.push(await openFile(db, codec, [row.id, at], file));
    return { ...said, id: row.id, files };
  } finally {
    db.close();
  }
}

/** It is in a mail now. */
export async function forgetShare(id: string): Promise<void> {
  const db = new SharedDb();
  await remove(db, id);
  const left = await db.shares.count();
  db.close();
  if (left === 0) await forgetShares();
}

export async function forgetShares(): Promise<void> {
  if (await sharesWait()) await Dexie.delete(NAME);
}

const sliceId = (share: string, file: number, at: number): string => `${share}/${file}/${at}`;

async function keepSlices(db: SharedDb, codec: Codec, [share, file]: [string, number], bytes: File): Promise<number> {
  let at = 0;
  for (; at * SLICE_BYTES < bytes.size; at += 1) {
    const slice = await bytes.slice(at * SLICE_BYTES, (at + 1) * SLICE_BYTES).arrayBuffer();
    const sealed = await codec.sealBytes('shared', sliceId(share, file, at), slice);
    await db.slices.put({ share, file, at, sealed });
  }
  return at;
}

async function openFile(
  db: SharedDb,
  codec: Codec,
  [share, file]: [string, number],
  { name, type, slices }: SharedFile,
): Promise<File> {
  const parts: ArrayBuffer[] = [];
  for (let at = 0; at < slices; at += 1) {
    const slice = await db.slices.get([share, file, at]);
    if (slice) parts.push(await codec.openBytes('shared', sliceId(share, file, at), slice.sealed));
  }
  return new File(parts, name, { type });
}

async function remove(db: SharedDb, id: string): Promise<void> {
  await db.transaction('rw', db.shares, db.slices, async () => {
    await db.shares.delete(id);
    await db.slices.where('share').equals(id).delete();
  });
}
