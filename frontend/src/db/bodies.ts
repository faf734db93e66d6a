/** Bodies and attachments held for offline. Over the bound, or when the browser is full, files go first, then the oldest. */
import type { BodyRow } from '../mail/rows';
import type { Mirror } from './vault';

export const BOUND_BYTES = 300 * 1024 * 1024;
const ROOM_BYTES = 20 * 1024 * 1024;
/** Messages whose text and files stay. */
export type Spared = (message: string) => boolean;
const nobody: Spared = () => false;

export const blobKey = (message: string, part: string): string => `${message}/${part}`;
const messageOf = (key: string): string => key.split('/')[0] ?? '';

export async function bodyOf(mirror: Mirror, id: string): Promise<BodyRow | null> {
  const row = await mirror.db.bodies.get(id);
  return row ? mirror.codec.open<BodyRow>('bodies', id, row.sealed) : null;
}

/** Those of `ids` whose text is held. */
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
  const { bodies, blobs } = mirror.db;
  const sizes = await Promise.all([bodies.orderBy('bytes').keys(), blobs.orderBy('bytes').keys()]);
  return sizes.flat().reduce<number>((sum, bytes) => sum + Number(bytes), 0);
}

/** The outbox and the rows are never touched: only what can be fetched again goes, files before texts and the oldest
 *  first. → how many bytes went. */
export async function evict(mirror: Mirror, wantedBytes: number, isSpared = nobody): Promise<number> {
  const { bodies, blobs } = mirror.db;
  const oldest = (await bodies.orderBy('received_at').primaryKeys()).filter((id) => !isSpared(id));
  const place = new Map(oldest.map((id, at) => [id, at]));
  const placeOf = (key: string): number => place.get(messageOf(key)) ?? -1;
  const files = (await blobs.toCollection().primaryKeys()).filter((key) => !isSpared(messageOf(key)));
  let freed = 0;
  for (const key of files.sort((a, b) => placeOf(a) - placeOf(b))) {
    if (freed >= wantedBytes) return freed;
    freed += (await blobs.get(key))?.bytes ?? 0;
    await blobs.delete(key);
  }
  for (const id of oldest) {
    if (freed >= wantedBytes) return freed;
    freed += (await bodies.get(id))?.bytes ?? 0;
    await bodies.delete(id);
  }
  return freed;
}

export const isWithin = async (mirror: Mirror): Promise<boolean> => (await usedBytes(mirror)) <= BOUND_BYTES;

/** Below the bound again, with some room left. → false when everything that is left is spared. */
export async function keepWithin(mirror: Mirror, isSpared: Spared, roomBytes = ROOM_BYTES): Promise<boolean> {
  const over = (await usedBytes(mirror)) - BOUND_BYTES;
  return over <= 0 || (await evict(mirror, over + roomBytes, isSpared)) >= over;
}

/** For whatever else did not fit. */
export const makeRoom = (mirror: Mirror): Promise<number> => evict(mirror, ROOM_BYTES);

/** For what can be fetched again: others like it make room once. */
const makingRoom = <T>(mirror: Mirror, write: () => PromiseLike<T>): Promise<T> => retrying(mirror, write, 1);

/** For what was written here: everything that can be fetched again gives way. */
export const makingAllRoom = <T>(mirror: Mirror, write: () => PromiseLike<T>): Promise<T> =>
  retrying(mirror, write, Infinity);

async function retrying<T>(mirror: Mirror, write: () => PromiseLike<T>, times: number): Promise<T> {
  for (let left = times; ; left -= 1) {
    try {
      return await write();
    } catch (error) {
      if (left === 0 || !isFull(error) || (await makeRoom(mirror)) === 0) throw error;
    }
  }
}

export function isFull(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  const inner = error instanceof Error && 'inner' in error && error.inner instanceof Error ? error.inner.name : '';
  return name === 'QuotaExceededError' || inner === 'QuotaExceededError';
}
