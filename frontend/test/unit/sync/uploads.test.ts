import { dump, newMirror } from '../support/browser';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { keepUpload, removeUpload, uploadAgain, uploadById } from '../../../src/db/uploads';
import type { Mirror } from '../../../src/db/vault';
import { Uploads } from '../../../src/sync/uploads';
import { failure, noNetwork, serve, type Answer } from '../support/server';

const CHUNK = 256 * 1024;
const KIB = 1024;

type StoredFile = { size: number; sha256: string; bytes: number[] };

const hashOf = (held: number[]): string => bytesToHex(sha256(Uint8Array.from(held)));

/** The server's side: bytes in the order in which they fit, and what it got that it had already. */
class Store {
  readonly files = new Map<string, StoredFile>();
  resent = 0;
  chunks: number[] = [];
  /** Runs before a chunk is taken; what it answers is answered instead, and the chunk is taken all the same if `after`. */
  cut: (count: number) => unknown = () => undefined;
  after = false;
  damage: (bytes: number[]) => void = () => undefined;

  readonly begin: Answer = ({ body }) => {
    const { id, size, sha256 } = body as { id: string; size: number; sha256: string };
    const known = this.files.get(id) ?? { size, sha256, bytes: [] };
    this.files.set(id, known);
    return { id, received: known.bytes.length };
  };

  readonly chunk: Answer = ({ path, body }) => {
    const [, id = '', at = ''] = path.split('/');
    const bytes = body as Uint8Array;
    this.chunks.push(bytes.length);
    const instead = (): unknown => this.cut(this.chunks.length);
    if (!this.after) {
      const answer = instead();
      if (answer !== undefined) return answer;
    }
    const file = this.files.get(id);
    if (!file) return failure(404, 'missing');
    if (Number(at) === file.bytes.length) for (const byte of bytes) file.bytes.push(byte);
    else this.resent += bytes.length;
    this.compare(file);
    return (this.after && instead()) || { id, received: file.bytes.length };
  };

  private compare(file: StoredFile): void {
    this.damage(file.bytes);
    if (file.bytes.length === file.size && hashOf(file.bytes) !== file.sha256) file.bytes = [];
  }

  open(): { path: string }[] {
    return serve({ 'uploads/': this.chunk, uploads: this.begin });
  }
}

const bytes = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 253);
const whole = (store: Store, id: string): Uint8Array => Uint8Array.from(store.files.get(id)?.bytes ?? []);
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

function uploads(mirror: Mirror, change: { turn?: () => Promise<void>; signal?: AbortSignal } = {}) {
  const told: string[] = [];
  const run = new Uploads(mirror, {
    told: (draft) => told.push(draft),
    turn: change.turn ?? (() => Promise.resolve()),
    signal: change.signal ?? new AbortController().signal,
  });
  return { run, told };
}

/** Until it gets through, as the engine does with a pause between. */
async function untilDone(run: Uploads): Promise<number> {
  for (let cuts = 0; ; cuts += 1) {
    try {
      await run.run();
      return cuts;
    } catch (error) {
      if (cuts > 50) throw error;
    }
  }
}

test('files go up one after the other, a chunk at a time, and arrive as they were', async () => {
  const mirror = await newMirror();
  const [one, two] = [bytes(CHUNK + 5), bytes(10)];
  await keepUpload(mirror, 'u1', 'd1', new Blob([one]));
  await keepUpload(mirror, 'u2', 'd2', new Blob([two]));
  const store = new Store();
  const log = store.open();
  const { run, told } = uploads(mirror);
  await run.run();
  expect(log.map((asked) => asked.path)).toEqual([
    'uploads',
    'uploads/u1/0',
    `uploads/u1/${CHUNK}`,
    'uploads',
    'uploads/u2/0',
  ]);
  expect([same(whole(store, 'u1'), one), same(whole(store, 'u2'), two)]).toEqual([true, true]);
  expect([(await uploadById(mirror, 'u1'))?.state, (await uploadById(mirror, 'u2'))?.state]).toEqual(['done', 'done']);
  expect(told).toContain('d2');
});

test('an empty file is there as soon as it is begun', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([]));
  new Store().open();
  await uploads(mirror).run.run();
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'done', sent: 0 });
});

test.each([
  ['before a chunk arrived', false],
  ['after it arrived, before the answer', true],
])('cut %s, it goes on where the server stands, and at most one chunk goes twice a cut', async (_, after) => {
  const mirror = await newMirror();
  const file = bytes(6 * CHUNK + 77);
  await keepUpload(mirror, 'u1', 'd1', new Blob([file]));
  const store = new Store();
  store.after = after;
  const cutAt = new Set([2, 3, 5, 7, 8]);
  store.cut = (count) => (cutAt.has(count) ? noNetwork() : undefined);
  store.open();
  const { run } = uploads(mirror);
  expect(await untilDone(run)).toBe(cutAt.size);
  expect(same(whole(store, 'u1'), file)).toBe(true);
  const sent = store.chunks.reduce((sum, size) => sum + size, 0);
  expect(sent - file.length).toBeLessThanOrEqual(cutAt.size * CHUNK);
  expect(store.resent).toBe(0);
});

test('after a failure chunks are smaller, so that they get through in time, and grow again', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(3 * CHUNK)]));
  const store = new Store();
  store.cut = (count) => (count < 6 ? noNetwork() : undefined);
  store.open();
  await untilDone(uploads(mirror).run);
  expect(store.chunks.slice(0, 9).map((size) => size / KIB)).toEqual([256, 128, 64, 32, 32, 32, 64, 128, 256]);
});

test('a browser that was closed goes on where it was', async () => {
  const mirror = await newMirror();
  const file = bytes(4 * CHUNK);
  await keepUpload(mirror, 'u1', 'd1', new Blob([file]));
  const store = new Store();
  store.cut = (count) => (count === 3 ? noNetwork() : undefined);
  store.open();
  await expect(uploads(mirror).run.run()).rejects.toMatchObject({ code: 'network' });
  expect(await uploadById(mirror, 'u1')).toMatchObject({ sent: 2 * CHUNK, state: 'waiting' });
  await uploads(mirror).run.run();
  expect(same(whole(store, 'u1'), file)).toBe(true);
});

test('the server’s word counts, also when it has lost a part', async () => {
  const mirror = await newMirror();
  const file = bytes(3 * CHUNK);
  await keepUpload(mirror, 'u1', 'd1', new Blob([file]));
  const store = new Store();
  store.cut = (count) => {
    if (count === 2) store.files.get('u1')?.bytes.splice(100);
    return undefined;
  };
  store.open();
  await uploads(mirror).run.run();
  expect(same(whole(store, 'u1'), file)).toBe(true);
});

test('an upload that the server has let go of begins anew', async () => {
  const mirror = await newMirror();
  const file = bytes(3 * CHUNK);
  await keepUpload(mirror, 'u1', 'd1', new Blob([file]));
  const store = new Store();
  store.cut = (count) => {
    if (count === 2) store.files.clear();
    return undefined;
  };
  store.open();
  await uploads(mirror).run.run();
  expect(same(whole(store, 'u1'), file)).toBe(true);
});

test.each([
  [413, 'too_large', 'too_large'],
  [404, 'missing', 'gone'],
  [422, 'bad_input', 'bad_input'],
])('a file that is refused (%i) is told, and holds up no other', async (status, said, code) => {
  const mirror = await newMirror();
  for (const id of ['u1', 'u2']) await keepUpload(mirror, id, 'd1', new Blob([id]));
  const store = new Store();
  serve({
    'uploads/': store.chunk,
    uploads: (asked) => ((asked.body as { id: string }).id === 'u1' ? failure(status, said) : store.begin(asked)),
  });
  await uploads(mirror).run.run();
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'failed', code });
  expect(await uploadById(mirror, 'u2')).toMatchObject({ state: 'done' });
});

test('a server that takes nothing is not asked for ever', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(CHUNK + 1)]));
  const log = serve({ uploads: () => ({ id: 'u1', received: 0 }) });
  await uploads(mirror).run.run();
  expect(log.length).toBeLessThan(6);
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'failed', code: 'upload_stuck' });
});

test.each([
  [noNetwork, 0],
  [() => failure(503, 'http_503'), 503],
  [() => failure(429, 'slow_down'), 429],
  [() => failure(401, 'signed_out'), 401],
])('what may work later is told and changes nothing', async (answer, status) => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  const before = await dump(mirror);
  serve({ uploads: answer });
  await expect(uploads(mirror).run.run()).rejects.toMatchObject({ status });
  expect(await dump(mirror)).toEqual(before);
});

test('a file whose bytes are gone is told', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  await mirror.db.slices.clear();
  new Store().open();
  await uploads(mirror).run.run();
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'failed', code: 'gone' });
});

test('text goes first: every chunk waits for its turn', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(2 * CHUNK)]));
  const store = new Store();
  const log = store.open();
  const seen: number[] = [];
  await uploads(mirror, { turn: () => Promise.resolve(void seen.push(log.length)) }).run.run();
  expect(seen).toEqual([0, 1, 2]);
});

test('a file that is taken off in the middle is not sent on, nor is anything when the tab closes', async () => {
  const mirror = await newMirror();
  for (const id of ['u1', 'u2']) await keepUpload(mirror, id, 'd1', new Blob([bytes(2 * CHUNK)]));
  const store = new Store();
  const leaving = new AbortController();
  store.open();
  let chunks = 0;
  const turn = async (): Promise<void> => {
    chunks = store.chunks.length;
    if (chunks === 1) await removeUpload(mirror, 'u1');
    if (chunks === 2) leaving.abort();
  };
  await uploads(mirror, { turn, signal: leaving.signal }).run.run();
  expect([chunks, store.chunks.length]).toEqual([2, 2]);
  expect(await uploadById(mirror, 'u1')).toBeNull();
  expect(await uploadById(mirror, 'u2')).toMatchObject({ state: 'waiting' });
});

test('two who would send the same file take turns', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(3 * CHUNK)]));
  const store = new Store();
  store.open();
  await Promise.all([uploads(mirror).run.run(), uploads(mirror).run.run()]);
  expect(store.chunks).toHaveLength(3);
});

test.each([CHUNK - 1, 2 * CHUNK + 1])('what arrives damaged goes up anew, and the screen hears of it', async (size) => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(size)]));
  const store = new Store();
  store.open();
  let [count, heard] = [0, ''];
  store.damage = (held) => {
    if (held.length === size && (count += 1) === 1) held[7] = 255;
  };
  const told = async (): Promise<void> => {
    heard ||= (await uploadById(mirror, 'u1'))?.code ?? '';
  };
  await uploads(mirror, { turn: told }).run.run();
  expect(heard).toBe('anew');
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'done', sent: size, code: '' });
  expect(same(whole(store, 'u1'), bytes(size))).toBe(true);
});

test('what arrives damaged twice is not tried for ever', async () => {
  const mirror = await newMirror();
  await keepUpload(mirror, 'u1', 'd1', new Blob([bytes(CHUNK + 1)]));
  const store = new Store();
  store.open();
  store.damage = (held) => (held[0] = 255);
  await uploads(mirror).run.run();
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'failed', code: 'damaged' });
  store.damage = () => undefined;
  await uploadAgain(mirror, 'u1');
  await uploads(mirror).run.run();
  expect(await uploadById(mirror, 'u1')).toMatchObject({ state: 'done', code: '' });
});
