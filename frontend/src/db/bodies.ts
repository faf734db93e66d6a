/** Bodies and attachments held for offline. Over the bound, or when the browser is full, the oldest go first. */
import type { BodyRow } from '../mail/rows';
import type { Mirror } from './vault';

export const BOUND_BYTES = 300 * 1024 * 1024;

export const blobKey = (message: string, part: string): string => `${message}/${part}`;

export async function bodyOf(mirror: Mirror, id: string): Promise<BodyRow | null> {
  const row = await mirror.db.bodies.get(id);
  return row ? mirror.codec.open<BodyRow>('bodies', id, row.sealed) : null;
}

export async function heldBodies(mirror: Mirror, ids: readonly string[]): Promise<Set<string>> {
  const keys = await mirror.db.bodies
    .where('id')
    .anyOf([...ids])
    .primaryKeys();
  return new Set(keys);
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
  let bytes = 0;
  await mirror.db.bodies.each((row) => (bytes += row.bytes));
  await mirror.db.blobs.each((row) => (bytes += row.bytes));
  return bytes;
}

/** The outbox and the rows are never touched: only what can be fetched again goes. */
export async function evict(mirror: Mirror, wantedBytes: number): Promise<number> {
  let freed = 0;
  const oldest = await mirror.db.bodies.orderBy('received_at').limit(500).toArray();
  for (const row of oldest) {
    if (freed >= wantedBytes) break;
    const blobs = await mirror.db.blobs.where('message').equals(row.id).toArray();
    await mirror.db.blobs.bulkDelete(blobs.map((blob) => blob.key));
    await mirror.db.bodies.delete(row.id);
    freed += row.bytes + blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  }
  return freed;
}

async function makingRoom(mirror: Mirror, write: () => PromiseLike<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isFull(error) || (await evict(mirror, 20 * 1024 * 1024)) === 0) throw error;
    await write();
  }
}

export function isFull(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  const inner = error instanceof Error && 'inner' in error && error.inner instanceof Error ? error.inner.name : '';
  return name === 'QuotaExceededError' || inner === 'QuotaExceededError';
}
