import { expect, test } from 'vitest';
import { begun, type Facts } from '../../../../src/mail/compose/facts';
import { turnOf } from '../../../../src/mail/compose/turn';
import type { ActionRow } from '../../../../src/mail/rows';
import { action } from '../../support/rows';

const OWN = new Set(['w1']);
const facts = (change: Partial<Facts> = {}): Facts => ({ ...begun('d1'), version: 1, ...change });
const turn = (rows: ActionRow[], change: Partial<Facts> = {}) => turnOf(facts(change), rows, OWN, 10);
const second = action('w1', {
  kind: 'draft',
  draft: 'd1',
  state: 'conflict',
  detail: 'second_draft',
  where: 'd9',
  seq: 12,
});

test('a version that became a second draft goes on as that one, from where it was saved', () => {
  expect(turn([second])).toEqual({ how: 'as', draft: 'd9', base: 12 });
});

test('a second draft that another editor made is none of our business', () => {
  expect(turn([{ ...second, id: 'w5' }])).toBeNull();
  expect(turn([{ ...second, draft: 'd2' }])).toBeNull();
});

test('a draft that somebody else has sent meanwhile goes on as another mail', () => {
  const sent = action('w5', { kind: 'send', draft: 'd1', seq: 11 });
  expect(turn([sent])).toEqual({ how: 'anew', sent: true });
  expect(turn([{ ...sent, state: 'sending', detail: 'accepted' }])).toEqual({ how: 'anew', sent: true });
});

test('what was sent before it was opened, is not sent yet or was sent from here changes nothing', () => {
  const sent = action('w5', { kind: 'send', draft: 'd1', seq: 11 });
  expect(turn([{ ...sent, seq: 10 }])).toBeNull();
  expect(turn([{ ...sent, state: 'sending', detail: 'network' }])).toBeNull();
  expect(turn([{ ...sent, state: 'failed' }])).toBeNull();
  expect(turn([sent], { sending: 'w5' })).toBeNull();
});

test('a draft that this device has ended before goes on as another one', () => {
  expect(turn([], { code: 'ended' })).toEqual({ how: 'anew', sent: false });
  expect(turn([], { code: 'already_sent' })).toEqual({ how: 'anew', sent: false });
  expect(turn([], { code: 'file_gone' })).toBeNull();
});
