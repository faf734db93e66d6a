import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { storePage } from '../../../src/db/messages';
import { waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import type { FolderRow } from '../../../src/mail/rows';
import { askArchive } from '../../../src/state/act';
import { list } from '../../../src/state/list';
import { enter, here, leave } from '../../../src/state/place';
import { answerArchive, perform } from '../../../src/ui/acts';
import { delta, folder, message, page } from '../support/rows';
import { noNetwork, serve } from '../support/server';

afterEach(leave);

async function desk(...others: FolderRow[]): Promise<Mirror> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { folders: [folder('inbox', { role: 'inbox' }), ...others] }));
  const rows = ['a', 'b', 'c'].map((id, at) => message(id, { received_at: 9 - at }));
  await storePage(mirror, 'inbox', 'all', page(5, rows, { complete: true }));
  await enter(mirror);
  await until(list, ({ keys }) => keys.length === 3);
  return mirror;
}
const wishes = async (mirror: Mirror) =>
  (await waitingOf(mirror)).map(({ kind, targets, args }) => [kind, targets, args]);

test.each([
  [null, 'archive', { create: true, from: 'inbox' }],
  ['filed', 'move', { to: 'filed', from: 'inbox' }],
])('where archived mail goes is asked once, also while the answer %s waits for a network', async (to, kind, args) => {
  serve({ archive: noNetwork });
  const mirror = await desk(folder('filed'));
  perform('archive', ['a']);
  expect(get(askArchive)).toEqual(['a']);
  await answerArchive(to);
  await until(list, ({ keys }) => keys.length === 2);
  perform('archive', ['b']);
  await until(list, ({ keys }) => keys.length === 1);
  expect(get(askArchive)).toBeNull();
  expect(await wishes(mirror)).toEqual([
    [kind, ['a'], args],
    [kind, ['b'], args],
  ]);
});

test('the folder that was chosen without a network is told when there is one', async () => {
  serve({ archive: noNetwork });
  await desk(folder('filed'));
  perform('archive', ['a']);
  await answerArchive('filed');
  const told = new Promise((resolve) => serve({ archive: ({ body }) => (resolve(body), { csrf: 'token' }) }));
  here()?.bell.ring({ kind: 'link', link: { kind: 'live', asOf: 1, since: 1, held: 0, wanted: 0 } });
  expect(await told).toEqual({ folder: 'filed' });
});
