import { expect, test } from 'vitest';
import { answerTo, isUnsent } from '../../../src/mail/unsent';
import { action } from '../support/rows';

const held = action('h', { kind: 'send', state: 'held', detail: 'answer_sent', targets: ['m1'] });

test.each([
  ['send', 'held', true],
  ['send', 'failed', true],
  ['send', 'unknown', true],
  ['send', 'sending', false],
  ['send', 'done', false],
  ['send', 'noop', false],
  ['draft', 'failed', false],
  ['move', 'failed', false],
] as const)('a %s that is %s waits for its writer: %s', (kind, state, is) => {
  expect(isUnsent({ kind, state })).toBe(is);
});

test('the answer that overtook a reply is the one that left to the same mail', () => {
  const sent = { kind: 'send' as const, device_name: 'Empfang 1', settled_at: 7 };
  const other = action('x', { ...sent, targets: ['m2'] });
  const underWay = action('y', { ...sent, targets: ['m1'], state: 'sending', detail: 'connect' });
  const answer = action('z', { ...sent, targets: ['m1'] });
  expect(answerTo(held, [held, other, underWay, answer])).toEqual({ device: 'Empfang 1', at: 7 });
});

test('it has left when the server has accepted it, filed or not', () => {
  const accepted = action('z', { kind: 'send', state: 'sending', detail: 'accepted', settled_at: null, created_at: 5 });
  expect(answerTo(held, [accepted])).toEqual({ device: 'Empfang', at: 5 });
});

test('an answer of another program is not in the ledger', () => {
  expect(answerTo(held, [held])).toBeNull();
});
