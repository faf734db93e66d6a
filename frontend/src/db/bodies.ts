/** Bodies and attachments held for offline. Over the bound, or when the browser is full, the oldest go first. */
import type { BodyRow } from '../mail/rows';
import type { Mirror } from './vault';

export const BOUND_BYTES = 300 * 1024 * 1024;
const ROOM_BYTES = 20 * 1024 * 1024;
const NOTHING: ReadonlySet<string> = new Set();

export const blobKey = (message: string, part: string): string => `${message}/${part}`;

export async function bodyOf(mirror: Mirror, id: string): Promise<BodyRow | null> {
  const row = await mirror.db.bodies.get(id);
  return row ? mirror.codec.open<BodyRow>('bodies', id, row.sealed) : null;
}

export async function allHeldBodies(mirror: Mirror): Promise<Set<string>> {
  return new Set(await mirror.db.bodies.toCollection().primaryKeys());
}

export async function keepBodies(mirror: Mirror, bodies: readonly BodyRow[]): Promise<void> {
  const rows = await mirror.db.messages.bulkGet(bodies.map((body) => body.id));
  const sealed = await mirror.codec.sealAll('bodies', bodies, (body) => body.id);
  const stored = bodies.flatMap((body, at) => {
    const row = rows[at];
    const seal = sealed[at];
    if (!row || !seal) return [];
    return [
      { id: body.id, folder: row.folder, received_at: row.received_at, bytes: seal.data.byteLength, sealed: seal },
    ];
  });
  await makingRoom(mirror, () => mirror.db.bodies.bulkPut(stored));
}

export async function blobOf(mirror: Mirror, message: string, part: string): Promise<Blob | null> {
  const key = blobKey(message, part);
  const row = await mirror.db.blobs.get(key);
  if (!row) return null;
  const bytes = new Uint8Array(await mirror.codec.openBytes('blobs', key, row.sealed));
  const typeEnd = bytes.indexOf(10);
  return new Blob([bytes.subarray(typeEnd + 1)], { type: new TextDecoder().decode(bytes.subarray(0, typeEnd)) });
}

export async function keepBlob(mirror: Mirror, message: string, part: string, blob: Blob): Promise<void> {
  const key = blobKey(message, part);
  const whole = await new Blob([`${blob.type}\n`, blob]).arrayBuffer();
  const sealed = await mirror.codec.sealBytes('blobs', key, whole);
  await makingRoom(mirror, () => mirror.db.blobs.put({ key, message, bytes: whole.byteLength, sealed }));
}

export async function heldBlobs(mirror: Mirror): Promise<Set<string>> {
  return new Set(await mirror.db.blobs.toCollection().primaryKeys());
}

export async function usedBytes(mirror: Mirror): Promise<number> {
  const { bodies, blobs } = mirror.db;
  const sizes = await Promise.all([bodies.orderBy('bytes').keys(), blobs.orderBy('bytes').keys()]);
  return sizes.flat().reduce<number>((sum, bytes) => sum + Number(bytes), 0);
}

/** The outbox and the rows are never touched: only what can be fetched again goes, the oldest first, and nothing of
 *  the messages `spared`. → how many bytes went. */
export async function evict(mirror: Mirror, wantedBytes: number, spared = NOTHING): Promise<number> {
  const { bodies, blobs } = mirror.db;
  let freed = 0;
  for (const id of await bodies.orderBy('received_at').primaryKeys()) {
    if (freed >= wantedBytes) break;
    if (spared.has(id)) continue;
    const files = await blobs.where('message').equals(id).toArray();
    const body = await bodies.get(id);
    await blobs.bulkDelete(files.map((file) => file.key));
    await bodies.delete(id);
    freed += (body?.bytes ?? 0) + files.reduce((sum, file) => sum + file.bytes, 0);
  }
  return freed;
}

/** Below the bound again, with some room to spare. → false when everything that is left is spared. */
export async function keepWithin(mirror: Mirror, spared: ReadonlySet<string>): Promise<boolean> {
  const over = (await usedBytes(mirror)) - BOUND_BYTES;
  return over <= 0 || (await evict(mirror, over + ROOM_BYTES, spared)) >= over;
}

/** For whatever else did not fit. */
export const makeRoom = (mirror: Mirror): Promise<number> => evict(mirror, ROOM_BYTES);

async function makingRoom(mirror: Mirror, write: () => PromiseLike<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isFull(error) || (await makeRoom(mirror)) === 0) throw error;
    await write();
  }
}

export function isFull(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  const inner = error instanceof Error && 'inner' in error && error.inner instanceof Error ? error.inner.name : '';
  return name === 'QuotaExceededError' || inner === 'QuotaExceededError';
}
