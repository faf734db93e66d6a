import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { keepBodies } from '../../../src/db/bodies';
import { storePage } from '../../../src/db/messages';
import { waitingOf } from '../../../src/db/outbox';
import type { Delta } from '../../../src/mail/rows';
import { act, toast, undoLast } from '../../../src/state/act';
import { list } from '../../../src/state/list';
import { enter, here, leave, type Place } from '../../../src/state/place';
import { GONE, opened, openMessage } from '../../../src/state/reader';
import { go } from '../../../src/state/route';
import { perform } from '../../../src/ui/acts';
import { body, delta, folder, message, page } from '../support/rows';
import { serve } from '../support/server';

const FOLDERS = [folder('inbox', { role: 'inbox' }), folder('labor'), folder('trash', { role: 'trash' })];

/** The Inbox with one message, which is open. */
async function reading(held = true): Promise<void> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { folders: FOLDERS }));
  await storePage(mirror, 'inbox', 'all', page(5, [message('a')], { complete: true }));
  await storePage(mirror, 'labor', 'all', page(5, [], { complete: true }));
  if (held) await keepBodies(mirror, [body('a')]);
  await enter(mirror);
  await until(list, ({ keys }) => keys.length === 1);
  openMessage('a', 'tap');
  await until(opened, (now) => now !== null && now.state !== 'loading');
}
afterEach(() => {
  leave();
  go({ view: 'mail', folder: null, message: null });
});

const there = (): Place => {
  const place = here();
  if (!place) throw new Error('nobody is here');
  return place;
};

/** What the feed brings. */
async function heard(change: Delta): Promise<void> {
  await applyDelta(there().mirror, change);
  const messages = [...(change.messages ?? []).map((row) => row.id), ...(change.lost ?? [])];
  there().bell.ring({ kind: 'mirror', messages, folders: false, actions: false, account: false });
}
const moved = (to: string, seq: number): Delta =>
  delta(seq - 1, seq, { messages: [message('a', { folder: to, seq })] });
const wishes = async () => (await waitingOf(there().mirror)).map((one) => [one.kind, one.base_seq]);

test('what is done to a message that somebody moves while it is read is what the person saw', async () => {
  await reading();
  await heard(moved('labor', 9));
  await until(opened, (open) => open?.left === 'labor');
  perform('trash');
  await until(toast, (said) => said !== null);
  expect(await wishes()).toEqual([['trash', 1]]);
  expect(get(toast)).toMatchObject({ text: { code: 'overtaken' }, undo: false });
});

test('whoever opens it where it is now acts on it there, and undo puts it back there', async () => {
  await reading();
  await heard(moved('labor', 9));
  await until(opened, (open) => open?.left === 'labor');
  openMessage('a', 'tap');
  await until(opened, (open) => open?.left === '' && open.row.folder === 'labor');
  await act.trash(['a']);
  expect(await wishes()).toEqual([['trash', 9]]);
  await undoLast();
  expect((await waitingOf(there().mirror)).length).toBe(0);
  await act.trash(['a']);
  expect((await waitingOf(there().mirror))[0]?.args).toEqual({ from: 'labor' });
});

test('a message that comes back is at home again', async () => {
  await reading();
  await heard(moved('labor', 9));
  await until(opened, (open) => open?.left === 'labor');
  await heard(moved('inbox', 10));
  await until(opened, (open) => open?.left === '');
  await act.move(['a'], 'labor');
  expect(await wishes()).toEqual([['move', 10]]);
});

test('flags of a message that was moved are changed wherever it is', async () => {
  await reading();
  await heard(moved('labor', 9));
  await until(opened, (open) => open?.left === 'labor');
  await act.flag(['a']);
  expect(get(toast)).toMatchObject({ text: { code: 'flagged' }, undo: true });
});

test('a message that is taken away altogether stays readable', async () => {
  await reading();
  await heard(delta(5, 6, { lost: ['a'] }));
  const now = await until(opened, (open) => open?.left === GONE);
  expect([now?.state, now?.body?.id]).toEqual(['ready', 'a']);
});

test('a text that could not be had is asked for again when its message turns up again', async () => {
  serve({ bodies: () => ({ bodies: [], missing: [{ id: 'a', code: 'gone' }] }) });
  await reading(false);
  await heard(delta(5, 6, { lost: ['a'] }));
  await until(opened, (open) => open?.left === GONE && open.state === 'gone');
  serve({ bodies: () => ({ bodies: [body('a')], missing: [] }) });
  await heard(moved('labor', 7));
  const now = await until(opened, (open) => open?.state === 'ready');
  expect([now?.body?.id, now?.row.folder, now?.left]).toEqual(['a', 'labor', '']);
});
