import { newMirror } from '../support/browser';
import { expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import {
  allHeldBodies,
  blobOf,
  bodyOf,
  BOUND_BYTES,
  evict,
  heldBlobs,
  isFull,
  keepBlob,
  keepBodies,
  keepWithin,
  usedBytes,
} from '../../../src/db/bodies';
import { enqueue } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { body, delta, message } from '../support/rows';

const IDS = ['oldest', 'middle', 'newest'];

async function filled(): Promise<Mirror> {
  const mirror = await newMirror();
  const rows = IDS.map((id, at) => message(id, { received_at: at }));
  await applyDelta(mirror, delta(0, 1, { messages: rows }));
  await keepBodies(
    mirror,
    [...IDS].reverse().map((id) => body(id)),
  );
  return mirror;
}
const held = async (mirror: Mirror): Promise<string[]> => [...(await allHeldBodies(mirror))].sort();
const full = (): Error => Object.assign(new Error('full'), { name: 'QuotaExceededError' });

test('a text is had again as it was kept, one that is not held is null', async () => {
  const mirror = await filled();
  expect(await bodyOf(mirror, 'middle')).toEqual(body('middle'));
  expect(await bodyOf(mirror, 'other')).toBeNull();
  expect((await allHeldBodies(mirror)).has('middle')).toBe(true);
});

test('the text of a message that is no longer mirrored is not kept', async () => {
  const mirror = await filled();
  await keepBodies(mirror, [body('gone')]);
  expect(await held(mirror)).toEqual(['middle', 'newest', 'oldest']);
});

test('a file is had again with its bytes and its type', async () => {
  const mirror = await filled();
  const bytes = new Uint8Array([0, 10, 255, 10, 13]);
  await keepBlob(mirror, 'newest', '1.2', new Blob([bytes], { type: 'image/png' }));
  const blob = await blobOf(mirror, 'newest', '1.2');
  expect(blob?.type).toBe('image/png');
  expect(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(bytes);
  expect(await heldBlobs(mirror)).toEqual(new Set(['newest/1.2']));
  expect(await blobOf(mirror, 'newest', '1.3')).toBeNull();
});

test('what is used counts texts and files', async () => {
  const mirror = await filled();
  const texts = await usedBytes(mirror);
  await keepBlob(mirror, 'newest', '1', new Blob([new Uint8Array(5000)]));
  expect(texts).toBeGreaterThan(0);
  expect(await usedBytes(mirror)).toBeGreaterThanOrEqual(texts + 5000);
});

test('files go before texts, the oldest first, and no more than asked for', async () => {
  const mirror = await filled();
  for (const id of ['newest', 'oldest', 'elsewhere']) await keepBlob(mirror, id, '1', new Blob(['file']));
  expect(await evict(mirror, 1)).toBeGreaterThan(0);
  expect(await heldBlobs(mirror)).toEqual(new Set(['newest/1', 'oldest/1']));
  await evict(mirror, 1);
  expect(await heldBlobs(mirror)).toEqual(new Set(['newest/1']));
  await evict(mirror, 1);
  expect([await held(mirror), (await heldBlobs(mirror)).size]).toEqual([['middle', 'newest', 'oldest'], 0]);
  await evict(mirror, 1);
  expect(await held(mirror)).toEqual(['middle', 'newest']);
  expect(await evict(mirror, Infinity)).toBeGreaterThan(0);
  expect(await held(mirror)).toEqual([]);
  expect(await evict(mirror, 1)).toBe(0);
});

test('what is wanted stays, however old it is', async () => {
  const mirror = await filled();
  await evict(mirror, Infinity, (id) => id === 'oldest');
  expect(await held(mirror)).toEqual(['oldest']);
});

test('over the bound the oldest that nobody wants go, and not more than needed', async () => {
  const mirror = await filled();
  await mirror.db.bodies.update('oldest', { bytes: BOUND_BYTES / 2 });
  await mirror.db.bodies.update('middle', { bytes: BOUND_BYTES / 2 });
  expect(await keepWithin(mirror, (id) => id === 'oldest')).toBe(true);
  expect(await held(mirror)).toEqual(['newest', 'oldest']);
  expect(await keepWithin(mirror, () => false)).toBe(true);
  expect(await held(mirror)).toEqual(['newest', 'oldest']);
});

test('when everything is wanted nothing goes, and that is told', async () => {
  const mirror = await filled();
  await mirror.db.bodies.update('oldest', { bytes: BOUND_BYTES });
  expect(await keepWithin(mirror, () => true)).toBe(false);
  expect(await held(mirror)).toHaveLength(3);
});

test('making room touches neither rows nor wishes', async () => {
  const mirror = await filled();
  await enqueue(mirror, [{ kind: 'trash', targets: ['oldest'], args: {} }], 1);
  await evict(mirror, Infinity);
  expect([await mirror.db.messages.count(), await mirror.db.outbox.count()]).toEqual([3, 1]);
});

test('when the browser is full the oldest make room and the write is tried again', async () => {
  const mirror = await filled();
  vi.spyOn(mirror.db.blobs, 'put').mockRejectedValueOnce(full());
  await keepBlob(mirror, 'newest', '1', new Blob(['file']));
  expect(await heldBlobs(mirror)).toEqual(new Set(['newest/1']));
  expect((await held(mirror)).includes('oldest')).toBe(false);
});

test('when there is nothing to give up, being full is told', async () => {
  const mirror = await newMirror();
  vi.spyOn(mirror.db.blobs, 'put').mockRejectedValue(full());
  await expect(keepBlob(mirror, 'm', '1', new Blob(['file']))).rejects.toThrow('full');
});

test('any other failure is told and evicts nothing', async () => {
  const mirror = await filled();
  vi.spyOn(mirror.db.blobs, 'put').mockRejectedValueOnce(new Error('closed'));
  await expect(keepBlob(mirror, 'newest', '1', new Blob(['file']))).rejects.toThrow('closed');
  expect(await held(mirror)).toHaveLength(3);
});

test('being full is known by its name, also inside another error', () => {
  expect(isFull(full())).toBe(true);
  expect(isFull(Object.assign(new Error('aborted'), { inner: full() }))).toBe(true);
  expect(isFull(new Error('other'))).toBe(false);
  expect(isFull('text')).toBe(false);
});
