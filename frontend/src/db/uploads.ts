/** Files to attach, kept on this device until the mail that has them is sent: sealed slices, then the row that says they
 *  are all here. A browser killed in between leaves slices that no row names; `sweepSlices` finds them. */
import { makingAllRoom } from './bodies';
import type { MirrorDb, StoredUpload } from './schema';
import type { Mirror } from './vault';

export const SLICE_BYTES = 1024 * 1024;

const sliceKey = (upload: string, at: number): string => `${upload}/${at}`;

/** Raises when the device is full and nothing could be given up; then nothing of it stays. */
export async function keepUpload(mirror: Mirror, id: string, draft: string, file: Blob): Promise<void> {
  const { db, codec } = mirror;
  try {
    const [{ sha256 }, { bytesToHex }] = await Promise.all([
      import('@noble/hashes/sha2.js'),
      import('@noble/hashes/utils.js'),
    ]);
    const hash = sha256.create();
    for (let at = 0; at * SLICE_BYTES < file.size; at += 1) {
      const bytes = await file.slice(at * SLICE_BYTES, (at + 1) * SLICE_BYTES).arrayBuffer();
      hash.update(new Uint8Array(bytes));
      const sealed = await codec.sealBytes('slices', sliceKey(id, at), bytes);
      await makingAllRoom(mirror, () => db.slices.put({ upload: id, at, sealed }));
    }
    const row: StoredUpload = {
      id,
      draft,
      size: file.size,
      sent: 0,
      state: 'waiting',
      code: '',
      sha256: bytesToHex(hash.digest()),
    };
    await makingAllRoom(mirror, () => db.uploads.put(row));
  } catch (error) {
    await removeUpload(mirror, id);
    throw error;
  }
}

/** Bytes from `offset` on, at most `most` and never over the end of a slice. Null: they are not here. */
export async function chunkOf(
  mirror: Mirror,
  id: string,
  offset: number,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const at = Math.floor(offset / SLICE_BYTES);
  const slice = await mirror.db.slices.get([id, at]);
  if (!slice) return null;
  const bytes = await mirror.codec.openBytes('slices', sliceKey(id, at), slice.sealed);
  const from = offset - at * SLICE_BYTES;
  return new Uint8Array(bytes, from, Math.min(most, bytes.byteLength - from));
}

/** All of it again, for a picture that is shown while it is written about. Null: its bytes are not here. */
export async function uploadedFile(mirror: Mirror, id: string, type: string): Promise<Blob | null> {
  const row = await mirror.db.uploads.get(id);
  if (!row) return null;
  const slices: ArrayBuffer[] = [];
  for (let at = 0; at * SLICE_BYTES < row.size; at += 1) {
    const slice = await mirror.db.slices.get([id, at]);
    if (!slice) return null;
    slices.push(await mirror.codec.openBytes('slices', sliceKey(id, at), slice.sealed));
  }
  return new Blob(slices, { type });
}

export const uploadById = async (mirror: Mirror, id: string): Promise<StoredUpload | null> =>
  (await mirror.db.uploads.get(id)) ?? null;

export const uploadsOf = (mirror: Mirror, draft: string): Promise<StoredUpload[]> =>
  mirror.db.uploads.where('draft').equals(draft).toArray();

/** The one whose turn it is: ids are in the order in which files were attached. */
export async function nextUpload(mirror: Mirror): Promise<StoredUpload | null> {
  const waiting = mirror.db.uploads.orderBy('id').filter((row) => row.state === 'waiting');
  return (await waiting.first()) ?? null;
}

/** Which of all files are still on their way. */
export async function uploadsUnderWay(mirror: Mirror): Promise<Set<string>> {
  const rows = await mirror.db.uploads.toArray();
  return new Set(rows.filter((row) => row.state === 'waiting').map((row) => row.id));
}

/** The server has this much. With the last byte, versions that were saved without the file no longer count as whole. */
export async function noteSent(mirror: Mirror, id: string, sent: number): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.uploads, db.compositions, async () => {
    const row = await db.uploads.get(id);
    if (!row) return; // taken off again meanwhile
    const done = sent >= row.size;
    await db.uploads.put({ ...row, sent, ...(done ? { state: 'done', code: '' } : {}) });
    if (done) await db.compositions.update(row.draft, { wish: '', wished: -1, saved: -1 });
  });
}

/** It arrived, and not as it is here: the server kept nothing of it. */
export async function noteDamaged(mirror: Mirror, id: string): Promise<void> {
  await mirror.db.uploads.update(id, { sent: 0, code: 'anew' });
}

export async function failUpload(mirror: Mirror, id: string, code: string): Promise<void> {
  await mirror.db.uploads.update(id, { state: 'failed', code });
}

/** → false: its bytes are not here. */
export async function uploadAgain(mirror: Mirror, id: string): Promise<boolean> {
  return (await mirror.db.uploads.update(id, { state: 'waiting', sent: 0, code: '' })) > 0;
}

export async function removeUpload(mirror: Mirror, id: string): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.uploads, db.slices, () => remove(db, id));
}

/** Slices that were stored when the browser was killed, of files that were never all here. */
export async function sweepSlices(mirror: Mirror, before: string): Promise<void> {
  const { db } = mirror;
  const keys = await db.slices.toCollection().primaryKeys();
  const rows = new Set(await db.uploads.toCollection().primaryKeys());
  // What is being stored just now has an id of this moment.
  const stray = keys.filter(([upload]) => !rows.has(upload) && upload < before);
  await db.slices.bulkDelete(stray);
}

/** Inside a transaction: are there files of this draft that the server does not have? */
export async function waitsForUploads(db: MirrorDb, draft: string): Promise<boolean> {
  return (await db.uploads.where('draft').equals(draft).toArray()).some((row) => row.state !== 'done');
}

/** Inside a transaction. */
export async function forgetUploads(db: MirrorDb, draft: string): Promise<void> {
  for (const id of await db.uploads.where('draft').equals(draft).primaryKeys()) await remove(db, id);
}

async function remove(db: MirrorDb, id: string): Promise<void> {
  await db.uploads.delete(id);
  await db.slices.where('[upload+at]').between([id, -Infinity], [id, Infinity]).delete();
}
