import { newMirror } from '../support/browser';
import { expect, test } from 'vitest';
import { applyDelta, startOver } from '../../../src/db/apply';
import { blocksOf, contactsOf } from '../../../src/db/book';
import { block, contact, delta } from '../support/rows';

test('contacts and text blocks come with a delta, change and go again', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { contacts: [contact('c1'), contact('c2')], blocks: [block('b1')] }));
  await applyDelta(
    mirror,
    delta(1, 2, { contacts: [contact('c1', { name: 'Neu' })], lost_entries: ['c2', 'b1', 'never'] }),
  );
  expect(await contactsOf(mirror)).toEqual([contact('c1', { name: 'Neu' })]);
  expect(await blocksOf(mirror)).toEqual([]);
});

test('no name or address of a contact stands in clear', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { contacts: [contact('c1')] }));
  const [stored] = await mirror.db.contacts.toArray();
  expect(Object.keys(stored ?? {}).sort()).toEqual(['id', 'sealed', 'seq']);
});

test('whoever starts over holds what the first look brings and nothing older', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { contacts: [contact('c1')], blocks: [block('b1')] }));
  await startOver(mirror, delta(0, 9, { contacts: [contact('c2')] }));
  expect((await contactsOf(mirror)).map(({ id }) => id)).toEqual(['c2']);
  expect(await blocksOf(mirror)).toEqual([]);
});
