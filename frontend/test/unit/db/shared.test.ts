import { newMirror } from '../support/browser';
import { afterEach, expect, test } from 'vitest';
import { forgetShare, forgetShares, keepShare, nextShare, sharesWait } from '../../../src/db/shared';
import { wipe } from '../../../src/db/vault';

const TEXT = { title: 'Befund', text: 'Siehe Bild', url: '' };
const bytes = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, at) => (at * 31) % 253);

afterEach(forgetShares);

test('what is shared comes back as it was, the oldest first, and nothing stays of what was taken', async () => {
  const image = new File([bytes(1_100_000)], 'Röntgen.png', { type: 'image/png' });
  await keepShare('2', { ...TEXT, title: 'Später' }, []);
  await keepShare('1', TEXT, [image, new File([], 'leer.txt', { type: 'text/plain' })]);
  const share = await nextShare();
  expect(share).toMatchObject({ id: '1', ...TEXT });
  expect(share?.files.map(({ name, type, size }) => [name, type, size])).toEqual([
    ['Röntgen.png', 'image/png', 1_100_000],
    ['leer.txt', 'text/plain', 0],
  ]);
  const held = new Uint8Array((await share?.files[0]?.arrayBuffer()) ?? new ArrayBuffer(0));
  expect(held.every((byte, at) => byte === (at * 31) % 253)).toBe(true);
  await forgetShare('1');
  expect((await nextShare())?.title).toBe('Später');
  await forgetShare('2');
  expect([await nextShare(), await sharesWait()]).toEqual([null, false]);
});

test('of what nobody takes the newest five stay', async () => {
  for (const id of ['1', '2', '3', '4', '5', '6']) await keepShare(id, TEXT, []);
  expect((await nextShare())?.id).toBe('2');
});

test('two that are shared at once can both be read', async () => {
  await Promise.all([keepShare('1', TEXT, []), keepShare('2', TEXT, [])]);
  expect((await nextShare())?.title).toBe('Befund');
  await forgetShare('1');
  expect((await nextShare())?.title).toBe('Befund');
});

test('signing out leaves nothing that was shared to the next person', async () => {
  await keepShare('1', TEXT, []);
  await wipe(await newMirror());
  expect(await sharesWait()).toBe(false);
});
