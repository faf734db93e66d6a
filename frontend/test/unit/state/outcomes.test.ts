import { newMirror } from '../support/browser';
import { until } from '../support/page';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { LEDGER_ROWS } from '../../../src/db/ledger';
import type { Mirror } from '../../../src/db/vault';
import type { ActionRow } from '../../../src/mail/rows';
import { act, dismissToast, toast } from '../../../src/state/act';
import '../../../src/state/outcomes';
import { enter, here, leave } from '../../../src/state/place';
import { device } from '../../../src/state/session';
import { unsent } from '../../../src/state/unsent';
import { wish } from '../../../src/state/wishes';
import { action, delta, folder, message } from '../support/rows';

const folders = [
  folder('inbox', { role: 'inbox' }),
  folder('filed', { role: 'archive' }),
  folder('bin', { role: 'trash' }),
];
const held = action('h', { kind: 'send', state: 'held', detail: 'answer_sent', device: 'mine' });
const TOAST = (code: string) => until(toast, (now) => now?.text.code === code);

beforeEach(() => device.set({ id: 'mine', name: 'Empfang 2' }));
afterEach(() => {
  leave();
  dismissToast();
});

async function desk(...actions: ActionRow[]): Promise<Mirror> {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 5, { folders, messages: [message('m1')], actions }));
  await enter(mirror);
  return mirror;
}

async function news(mirror: Mirror, from: number, actions: ActionRow[]): Promise<void> {
  await applyDelta(mirror, delta(from, from + 1, { actions }));
  here()?.bell.ring({ kind: 'mirror', messages: [], folders: false, actions: true, account: false });
}

test('a mail that did not leave is marked on the device of its writer until a person has decided', async () => {
  const mirror = await desk(held);
  await until(unsent, ([line]) => line?.id === 'h');
  await TOAST('unsent');
  await news(mirror, 5, [{ ...held, state: 'noop', detail: 'discarded' }]);
  await until(unsent, (lines) => lines.length === 0);
  expect(get(toast)).toBeNull();
});

test('those of other devices are not', async () => {
  const mirror = await desk({ ...held, device: 'other' });
  await news(mirror, 5, [{ ...held, id: 'own' }]);
  const lines = await until(unsent, (now) => now.length > 0);
  expect(lines.map((line) => line.id)).toEqual(['own']);
});

test('it is announced once, also where it happened while the app was closed', async () => {
  const mirror = await desk(held);
  expect((await TOAST('unsent'))?.about?.id).toBe('h');
  dismissToast();
  leave();
  await enter(mirror);
  await news(mirror, 5, [{ ...held, id: 'second', state: 'failed', detail: 'rejected' }]);
  await until(unsent, (now) => now.length === 2);
  expect((await TOAST('unsent'))?.about?.id).toBe('second');
  dismissToast();
  expect(get(toast)).toBeNull();
});

test('the mark stays, however much is done after it', async () => {
  const mirror = await desk({ ...held, created_at: 1 });
  const many = Array.from({ length: 2 * LEDGER_ROWS }, (_, n) => action(`a${n}`, { created_at: 10 + n }));
  await news(mirror, 5, many);
  await news(mirror, 6, [action('last', { created_at: 9000 })]);
  leave();
  await enter(mirror);
  await until(unsent, ([line]) => line?.id === 'h');
});

test('who answered first is known from the ledger', async () => {
  const answer = action('z', { kind: 'send', device_name: 'Empfang 1', settled_at: 77 });
  await desk(held, answer);
  const [line] = await until(unsent, (now) => now.length > 0);
  expect(line?.answer).toEqual({ device: 'Empfang 1', at: 77 });
});

const mail = { kind: 'send' as const, targets: ['m1'], args: { hold_ms: 0 } };

test('that a mail has left is told when the server has accepted it', async () => {
  const mirror = await desk();
  const [sent] = await wish([mail]);
  await news(mirror, 5, [
    action(sent?.id ?? '', { kind: 'send', state: 'sending', detail: 'accepted', device: 'mine' }),
  ]);
  await TOAST('sent');
});

test('one that was taken back is not told to have left', async () => {
  const mirror = await desk();
  const [first, second] = await wish([mail, mail]);
  const row = (id = '', change: Partial<ActionRow> = {}) => action(id, { kind: 'send', device: 'mine', ...change });
  await news(mirror, 5, [row(first?.id, { state: 'noop', detail: 'discarded' })]);
  await news(mirror, 6, [row(second?.id)]);
  await TOAST('sent');
  dismissToast();
  expect(get(toast)).toBeNull();
});

test('what was said to be archived is taken back when somebody else was faster, and it is said who', async () => {
  const mirror = await desk();
  await act.archive(['m1']);
  const archived = await TOAST('archived');
  expect(archived?.undo).toBe(true);
  const { id } = (await mirror.db.outbox.toArray())[0] ?? { id: '' };
  const faster = action('f', { kind: 'trash', device: 'other', device_name: 'Empfang 1' });
  const row = action(id, { kind: 'archive', state: 'conflict', detail: 'moved', where: 'bin', device: 'mine' });
  await news(mirror, 5, [faster, row]);
  const now = await TOAST('overtaken');
  expect([now?.text.folder, now?.text.by, now?.undo]).toEqual(['bin', 'Empfang 1', false]);
});

test('a way back that is shown is not taken from under the hand', async () => {
  const mirror = await desk();
  const [sent] = await wish([mail]);
  await act.flag(['m1']);
  await news(mirror, 5, [action(sent?.id ?? '', { kind: 'send', device: 'mine' })]);
  await news(mirror, 6, [held]);
  await until(unsent, (lines) => lines.length > 0);
  expect(get(toast)?.text.code).toBe('flagged');
  dismissToast();
  const told = await until(toast, (now) => now?.undo === false);
  dismissToast();
  const next = await until(toast, (now) => now !== null);
  expect([told?.text.code, next?.text.code].sort()).toEqual(['sent', 'unsent']);
});
