import { newMirror } from '../support/browser';
import { Dexie } from 'dexie';
import { afterEach, expect, test } from 'vitest';
import { forgetShare, forgetShares, keepShare, nextShare, sharesWait } from '../../../src/db/shared';
import { wipe } from '../../../src/db/vault';

const TEXT = { title: 'Befund', text: 'Siehe Bild', url: '' };
const bytes = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 253);
const image = (size = 1_100_000): File => new File([bytes(size)], 'Röntgen.png', { type: 'image/png' });
const keep = (id: string, files: File[] = [], account: string | null = 'a', text = TEXT): Promise<void> =>
  keepShare(id, account, text, files);

/** Something happens to the disk. */
async function onDisk(harm: (db: Dexie) => Promise<unknown>): Promise<void> {
  const db = await new Dexie('shared-with-praxispost').open();
  await harm(db);
  db.close();
}

afterEach(forgetShares);

test('what is shared comes back as it was, the oldest first, and nothing stays of what was taken', async () => {
  await keep('2', [], 'a', { ...TEXT, title: 'Später' });
  await keep('1', [image(), new File([], 'leer.txt', { type: 'text/plain' })]);
  const { share } = await nextShare('a');
  expect(share).toMatchObject({ id: '1', ...TEXT });
  expect(share?.files.map(({ name, type, size }) => [name, type, size])).toEqual([
    ['Röntgen.png', 'image/png', 1_100_000],
    ['leer.txt', 'text/plain', 0],
  ]);
  const held = new Uint8Array((await share?.files[0]?.arrayBuffer()) ?? new ArrayBuffer(0));
  expect(held.every((byte, at) => byte === (at * 31) % 253)).toBe(true);
  await forgetShare('1');
  expect((await nextShare('a')).share?.title).toBe('Später');
  await forgetShare('2');
  expect([await nextShare('a'), await sharesWait()]).toEqual([{ share: null, lost: 0 }, false]);
});

test('where five wait, the sixth is refused, and nothing of the five is lost', async () => {
  for (const id of ['1', '2', '3', '4', '5']) await keep(id);
  await expect(keep('6')).rejects.toThrow('too much');
  expect((await nextShare('a')).share?.id).toBe('1');
});

test('what waits is bounded in bytes together', async () => {
  const large = Object.defineProperty(image(10), 'size', { value: 201 * 1024 * 1024 });
  await expect(keep('1', [large])).rejects.toThrow('too much');
  expect(await sharesWait()).toBe(false);
});

test('two that are shared at once can both be read', async () => {
  await Promise.all([keep('1'), keep('2')]);
  expect((await nextShare('a')).share?.title).toBe('Befund');
  await forgetShare('1');
  expect((await nextShare('a')).share?.title).toBe('Befund');
});

test('one that is being kept while the last one is forgotten is whole', async () => {
  await keep('1');
  const files = [image(3_500_000)];
  await Promise.all([keep('2', files), forgetShare('1')]);
  const { share, lost } = await nextShare('a');
  expect([share?.id, share?.files[0]?.size, lost]).toEqual(['2', 3_500_000, 0]);
});

test('one that lacks a part goes and is told, and the one behind it comes', async () => {
  await keep('1', [image()]);
  await keep('2');
  await onDisk((db) => db.table('slices').delete(['1', 0, 1]));
  const { share, lost } = await nextShare('a');
  expect([share?.id, lost]).toEqual(['2', 1]);
});

test('one whose key is gone goes and is told, once', async () => {
  await keep('1', [image()]);
  await onDisk((db) => db.table('keys').clear());
  expect(await nextShare('a')).toEqual({ share: null, lost: 1 });
  expect(await sharesWait()).toBe(false);
});

test('one that is sealed under another key goes and is told', async () => {
  await keep('1', [image()]);
  await onDisk((db) => db.table('keys').clear());
  await keep('2');
  const { share, lost } = await nextShare('a');
  expect([share?.id, lost]).toEqual(['2', 1]);
});

test('what is kept for one account is never opened for another, and goes', async () => {
  await keep('1', [image()], 'a');
  expect(await nextShare('b')).toEqual({ share: null, lost: 1 });
  expect(await nextShare('a')).toEqual({ share: null, lost: 0 });
});

test('what is kept before there is a mailbox is for the first that signs in, and for nobody after', async () => {
  await keep('1', [], null);
  await keep('2', [], null);
  expect((await nextShare('a')).share?.id).toBe('1');
  expect((await nextShare('a')).share?.id).toBe('1');
  expect(await nextShare('b')).toEqual({ share: null, lost: 2 });
});

test('signing out leaves nothing that was shared to the next person', async () => {
  await keep('1');
  await wipe(await newMirror());
  expect(await sharesWait()).toBe(false);
});
