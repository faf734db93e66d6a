import { newMirror } from '../support/browser';
import { afterEach, expect, test } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { factsOf, sendDraft } from '../../../src/db/compositions';
import { enqueue, markTried, waitingOf } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import { Bell } from '../../../src/sync/bell';
import { discard, ledgerOf } from '../../../src/sync/ledger';
import { action, composition, delta } from '../support/rows';
import { noNetwork, pathsOf, serve } from '../support/server';

const bells: Bell[] = [];
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));
const writing = { composition: composition('d1'), original: null, message: '', instead: '' };

/** The line of the ledger that is not wanted any more is given up. */
async function giveUp(mirror: Mirror): Promise<void> {
  const bell = new Bell(mirror.account);
  bells.push(bell);
  const [line] = await ledgerOf(mirror);
  if (line) await discard(mirror, bell, line);
}

test('a mail that waits here says what it is about and until when it is held', async () => {
  const mirror = await newMirror();
  await sendDraft(mirror, writing, 1, 1000, 10_000);
  expect(await ledgerOf(mirror)).toMatchObject([
    { kind: 'send', state: 'waiting', local: true, draft: 'd1', subject: 'Befund', due_at: 11_000 },
  ]);
});

test('given up before it left, a mail is a draft again', async () => {
  const mirror = await newMirror();
  await sendDraft(mirror, writing, 1, 1000, 0);
  await giveUp(mirror);
  expect([await waitingOf(mirror), (await factsOf(mirror, 'd1'))?.sending]).toEqual([[], '']);
});

test('given up without a network after it may have left, a mail leaves no more by itself, and the line says so', async () => {
  const mirror = await newMirror();
  const { id } = await sendDraft(mirror, writing, 1, 1000, 0);
  await markTried(mirror, [id]);
  serve({ actions: noNetwork });
  await giveUp(mirror);
  expect(await ledgerOf(mirror)).toMatchObject([{ state: 'waiting', detail: 'recalled' }]);
});

test('given up while the server has it waiting, a mail is taken back, not only asked to be', async () => {
  const mirror = await newMirror();
  const { id } = await sendDraft(mirror, writing, 1, 1000, 0);
  await markTried(mirror, [id]);
  await applyDelta(mirror, delta(0, 2, { actions: [action(id, { kind: 'send', state: 'waiting', draft: 'd1' })] }));
  serve({ actions: noNetwork });
  await giveUp(mirror);
  expect(await waitingOf(mirror)).toMatchObject([{ recalled: true }]);
});

test('any other wish is given up here where it is only here, else at the server', async () => {
  const mirror = await newMirror();
  const wish = { kind: 'flag' as const, targets: ['m1'], args: { add: 1 } };
  await enqueue(mirror, [wish], 1);
  const log = serve({ 'actions/': () => ({ accepted: [], refused: [] }) });
  await giveUp(mirror);
  expect([await waitingOf(mirror), log]).toEqual([[], []]);
  await applyDelta(mirror, delta(0, 2, { actions: [action('a1', { state: 'failed' })] }));
  await giveUp(mirror);
  expect(pathsOf(log)).toEqual(['actions/a1/discard']);
});
