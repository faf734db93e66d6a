import { dump, newMirror } from '../support/browser';
import { expect, test, vi } from 'vitest';
import {
  chunkOf,
  failUpload,
  keepUpload,
  nextUpload,
  noteSent,
  removeUpload,
  SLICE_BYTES,
  sweepSlices,
  uploadAgain,
  uploadById,
  uploadsOf,
  uploadsUnderWay,
} from '../../../src/db/uploads';

const bytes = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, at) => (at * 7) % 251);

test('a file is had back byte for byte, in chunks that never cross a slice', async () => {
  const mirror = await newMirror();
  const whole = bytes(2 * SLICE_BYTES + 1000);
  await keepUpload(mirror, 'u1', 'd1', new Blob([whole]));
  const got = new Uint8Array(whole.length);
  for (let at = 0; at < whole.length;) {
    const chunk = await chunkOf(mirror, 'u1', at, 300_000);
    if (!chunk) throw new Error('nothing there');
    expect(chunk.length).toBeLessThanOrEqual(300_000);
    got.set(chunk, at);
    at += chunk.length;
  }
  expect(got.every((byte, at) => byte === whole[at])).toBe(true);
});

test('an empty file is a file', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([]));
  expect(await nextUpload(mirror)).toMatchObject({ id: 'u1', size: 0, state: 'waiting' });
});

test('the one that was attached first goes first; what has failed or arrived waits for nothing', async () => {
  const mirror = await newMirror();
  for (const id of ['u2', 'u1', 'u3']) await keepUpload(mirror, id, 'd1', new Blob([id]));
  expect((await nextUpload(mirror))?.id).toBe('u1');
  await noteSent(mirror, 'u1', 2);
  await failUpload(mirror, 'u2', 'too_large');
  expect((await nextUpload(mirror))?.id).toBe('u3');
  expect(await uploadsUnderWay(mirror)).toEqual(new Set(['u3']));
  expect((await uploadsOf(mirror, 'd1')).map((row) => [row.id, row.state, row.code])).toEqual([
    ['u1', 'done', ''],
    ['u2', 'failed', 'too_large'],
    ['u3', 'waiting', ''],
  ]);
});

test('a file that failed can be tried again, one that is not here cannot', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  await failUpload(mirror, 'u1', 'gone');
  expect([await uploadAgain(mirror, 'u1'), await uploadAgain(mirror, 'u9')]).toEqual([true, false]);
  expect(await nextUpload(mirror)).toMatchObject({ id: 'u1', sent: 0, code: '' });
});

test('a file that was taken off is gone with all its bytes, and nothing of it comes back', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(SLICE_BYTES + 1)]));
  await keepUpload(mirror, 'u2', 'd1', new Blob(['other']));
  await removeUpload(mirror, 'u1');
  await noteSent(mirror, 'u1', 5);
  expect([await uploadById(mirror, 'u1'), await chunkOf(mirror, 'u1', 0, 10)]).toEqual([null, null]);
  expect((await dump(mirror)).slices).toHaveLength(1);
});

test('a file for which there is no room leaves nothing behind', async () => {
  const mirror = await newMirror();
  const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  const put = mirror.db.slices.put.bind(mirror.db.slices);
  vi.spyOn(mirror.db.slices, 'put').mockImplementation(
    (...args) => (args[0].at === 1 ? Promise.reject(full) : put(...args)) as ReturnType<typeof put>,
  );
  await expect(keepUpload(mirror, 'u1', 'd1', new Blob([bytes(SLICE_BYTES + 1)]))).rejects.toThrow('full');
  const { slices, uploads } = await dump(mirror);
  expect({ slices, uploads }).toEqual({ slices: [], uploads: [] });
});

test('slices of a file that was never all here are swept, those that are being stored are not', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, '01', 'd1', new Blob(['kept']));
  for (const upload of ['02', '08']) {
    await mirror.db.slices.put({ upload, at: 0, sealed: await mirror.codec.seal('slices', `${upload}/0`, '') });
  }
  await sweepSlices(mirror, '05');
  expect((await mirror.db.slices.toCollection().primaryKeys()).map(([upload]) => upload)).toEqual(['01', '08']);
});
