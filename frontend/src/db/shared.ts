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
/** What nobody takes must not fill the device: more is refused. */
const MOST_SHARES = 5;
const MOST_BYTES = 200 * 1024 * 1024;

type SharedFile = { name: string; type: string; slices: number };
/** `bytes` of its files together. */
type StoredShare = { id: string; bytes: number; sealed: Sealed };
type StoredSlice = { share: string; file: number; at: number; sealed: Sealed };
type Said = SharedText & { account: string | null; files: SharedFile[] };
export type Share = SharedText & { id: string; files: File[] };

class Unreadable extends Error {}

class SharedDb extends Dexie {
  keys!: Table<{ name: string; key: CryptoKey }, string>;
  shares!: Table<StoredShare, string>;
  slices!: Table<StoredSlice, [string, number, number]>;

  constructor() {
    super(NAME);
    this.version(1).stores({ keys: 'name', shares: 'id', slices: '[share+file+at], share' });
  }

  async codec(): Promise<Codec | null> {
    const found = await this.keys.get('key');
    return found ? new Codec(found.key) : null;
  }

  async newCodec(): Promise<Codec> {
    const key = await newKey();
    await this.keys.put({ name: 'key', key });
    return new Codec(key);
  }
}

/** False also where the browser does not tell: such a one shares nothing with an app either. */
export async function sharesWait(): Promise<boolean> {
  const names = typeof indexedDB.databases === 'function' ? await indexedDB.databases() : [];
  return names.some(({ name }) => name === NAME);
}

/** The database goes when nothing waits: never while a service worker or another tab is at it. */
const alone = <T>(work: () => Promise<T>): Promise<T> => navigator.locks.request('praxispost-shared-database', work);

async function withDb<T>(work: (db: SharedDb) => Promise<T>): Promise<T> {
  const db = new SharedDb();
  try {
    return await work(db);
  } finally {
    const left = await db.shares.count().catch(() => 1);
    db.close();
    if (left === 0) await Dexie.delete(NAME);
  }
}

/** `account`: for whom; null where no mailbox was here yet. Raises when the device is full, or too much waits already;
 *  then nothing of it stays. */
export const keepShare = (
  id: string,
  account: string | null,
  shared: SharedText,
  files: readonly File[],
): Promise<void> =>
  alone(() =>
    withDb(async (db) => {
      // Of a worker that was ended in the middle.
      await db.slices
        .where('share')
        .noneOf(await db.shares.toCollection().primaryKeys())
        .delete();
      const bytes = files.reduce((sum, file) => sum + file.size, 0);
      await refuseTooMuch(db, bytes);
      try {
        const codec = (await db.codec()) ?? (await db.newCodec());
        const kept: SharedFile[] = [];
        for (const file of files) {
          const slices = await keepSlices(db, codec, [id, kept.length], file);
          kept.push({ name: file.name, type: file.type, slices });
        }
        const said: Said = { ...shared, account, files: kept };
        await db.shares.put({ id, bytes, sealed: await codec.seal('shares', id, said) });
      } catch (error) {
        await remove(db, id).catch(() => undefined);
        throw error;
      }
    }),
  );

async function refuseTooMuch(db: SharedDb, bytes: number): Promise<void> {
  const waiting = await db.shares.toArray();
  const all = waiting.reduce((sum, one) => sum + one.bytes, bytes);
  if (waiting.length >= MOST_SHARES || all > MOST_BYTES) throw new Error('too much that was shared waits already');
}

/** The oldest that waits for this account. What is somebody else's, or can no longer be read, goes. `lost`: so many. */
export async function nextShare(account: string): Promise<{ share: Share | null; lost: number }> {
  if (!(await sharesWait())) return { share: null, lost: 0 };
  return alone(() =>
    withDb(async (db) => {
      const codec = await db.codec();
      const mine: { id: string; said: Said }[] = [];
      let lost = 0;
      for (const row of await db.shares.orderBy('id').toArray()) {
        const said = await readable(() => claimed(db, codec, row, account));
        if (said) mine.push({ id: row.id, said });
        else lost += await removed(db, row.id);
      }
      for (const { id, said } of mine) {
        const files = await readable(() => openFiles(db, codec, id, said.files));
        if (files) return { share: { ...said, id, files }, lost };
        lost += await removed(db, id);
      }
      return { share: null, lost };
    }),
  );
}

/** What was kept before there was a mailbox becomes that of the first who signs in. Null: it is somebody else's. */
async function claimed(db: SharedDb, codec: Codec | null, row: StoredShare, account: string): Promise<Said | null> {
  if (!codec) throw new Unreadable();
  const said = await codec.open<Said>('shares', row.id, row.sealed);
  if (said.account !== null) return said.account === account ? said : null;
  await db.shares.put({ ...row, sealed: await codec.seal('shares', row.id, { ...said, account }) });
  return said;
}

/** Null: it can never be read. Raises what may pass. */
async function readable<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Unreadable || (error as Error).name === 'OperationError') return null;
    throw error;
  }
}

async function removed(db: SharedDb, id: string): Promise<1> {
  await remove(db, id);
  return 1;
}

/** It is in a mail now. */
export const forgetShare = (id: string): Promise<void> => alone(() => withDb((db) => remove(db, id)));

export const forgetShares = (): Promise<void> =>
  alone(async () => {
    if (await sharesWait()) await Dexie.delete(NAME);
  });

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

/** Raises Unreadable where a part is missing: a shorter file would go unnoticed. */
async function openFiles(
  db: SharedDb,
  codec: Codec | null,
  share: string,
  files: readonly SharedFile[],
): Promise<File[]> {
  const opened: File[] = [];
  for (const [file, { name, type, slices }] of files.entries()) {
    const parts: ArrayBuffer[] = [];
    for (let at = 0; at < slices; at += 1) {
      const slice = await db.slices.get([share, file, at]);
      if (!codec || !slice) throw new Unreadable();
      parts.push(await codec.openBytes('shared', sliceId(share, file, at), slice.sealed));
    }
    opened.push(new File(parts, name, { type }));
  }
  return opened;
}

async function remove(db: SharedDb, id: string): Promise<void> {
  await db.transaction('rw', db.shares, db.slices, async () => {
    await db.shares.delete(id);
    await db.slices.where('share').equals(id).delete();
  });
}
