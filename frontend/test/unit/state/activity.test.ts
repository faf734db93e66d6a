import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { activity, takeBack } from '../../../src/state/activity';
import { enter, leave } from '../../../src/state/place';
import { action, delta, folder, message } from '../support/rows';

async function used(): Promise<Mirror> {
  const mirror = await newMirror();
  const folders = [folder('inbox', { role: 'inbox' })];
  await applyDelta(mirror, delta(0, 5, { folders, messages: [message('m1')] }));
  return mirror;
}
afterEach(leave);
const trashed = action('trash', { kind: 'trash', targets: ['m1'] });

test('a line leads to its mail where this browser holds it', async () => {
  const mirror = await used();
  await applyDelta(mirror, delta(5, 6, { actions: [trashed] }));
  await enter(mirror);
  const [line] = await until(activity, (found) => found.length === 1);
  expect([line?.about?.subject, line?.here]).toEqual(['Subject of m1', true]);
});

test('a line still says which mail it was when that has left what this browser holds', async () => {
  const mirror = await used();
  await applyDelta(mirror, delta(5, 6, { actions: [{ ...trashed, state: 'waiting' }] }));
  await applyDelta(mirror, delta(6, 7, { actions: [trashed], lost: ['m1'] }));
  await enter(mirror);
  const [line] = await until(activity, ([first]) => first !== undefined);
  expect([line?.about?.subject, line?.here, line?.state]).toEqual(['Subject of m1', false, 'done']);
});

test('a line about several mails is named by one that was here', async () => {
  const mirror = await used();
  const both = { ...trashed, targets: ['m0', 'm1'], device: 'other' };
  await applyDelta(mirror, delta(5, 6, { actions: [both], lost: ['m1'] }));
  await enter(mirror);
  const [line] = await until(activity, ([first]) => first !== undefined);
  expect([line?.about?.subject, line?.here]).toEqual(['Subject of m1', false]);
});

test('the same when the loss comes with the line', async () => {
  const mirror = await used();
  await applyDelta(mirror, delta(5, 6, { actions: [trashed], lost: ['m1'] }));
  await enter(mirror);
  const [line] = await until(activity, ([first]) => first !== undefined);
  expect([line?.about?.subject, line?.here]).toEqual(['Subject of m1', false]);
});

test('what is taken back is decided by what the line says, not by what was moved since', async () => {
  const mirror = await used();
  const moved = action('move', { kind: 'move', args: { from: 'inbox', to: 'labor' }, targets: ['m1'], seq: 6 });
  await applyDelta(mirror, delta(5, 6, { actions: [moved] }));
  await applyDelta(mirror, delta(6, 9, { messages: [message('m1', { folder: 'elsewhere', seq: 9 })] }));
  await enter(mirror);
  const [line] = await until(activity, (found) => found.length === 1);
  if (line) await takeBack(line);
  const [back] = await waitingOf(mirror);
  expect([back?.kind, back?.args.to, back?.base_seq]).toEqual(['move', 'inbox', 6]);
});

test('what one person looked at is not there for the next one', async () => {
  const mirror = await used();
  await applyDelta(mirror, delta(5, 6, { actions: [trashed] }));
  await enter(mirror);
  await until(activity, (found) => found.length === 1);
  leave();
  expect(get(activity)).toEqual([]);
});
