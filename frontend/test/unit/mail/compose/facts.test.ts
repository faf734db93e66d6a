import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterRow,
  begun,
  isForgotten,
  isOver,
  isOverdue,
  isUnsaved,
  type Facts,
} from '../../../../src/mail/compose/facts';
import { savedOf, type Standing } from '../../../../src/mail/compose/saved';
import type { ActionRow } from '../../../../src/mail/rows';
import { action } from '../../support/rows';

const facts = (change: Partial<Facts>): Facts => ({ ...begun('d1'), version: 2, ...change });
const row = (kind: ActionRow['kind'], change: Partial<ActionRow> = {}): ActionRow =>
  action('w1', { kind, draft: 'd1', ...change });

test('a mail that was not touched is neither unsaved nor overdue', () => {
  expect([isUnsaved(begun('d1')), isOverdue(begun('d1'))]).toEqual([false, false]);
});

test('text is unsaved until its version is in Drafts, unless it is being sent or was thrown away', () => {
  expect(isUnsaved(facts({}))).toBe(true);
  expect(isUnsaved(facts({ saved: 2 }))).toBe(false);
  expect(isUnsaved(facts({ sending: 'w1' }))).toBe(false);
  expect(isUnsaved(facts({ discarding: 'w1' }))).toBe(false);
});

test('it is overdue when no wish carries it and none has come to nothing', () => {
  expect(isOverdue(facts({}))).toBe(true);
  expect(isOverdue(facts({ wish: 'w1', wished: 1 }))).toBe(true);
  expect(isOverdue(facts({ wish: 'w1', wished: 2 }))).toBe(false);
  expect(isOverdue(facts({ code: 'bad_input' }))).toBe(false);
});

test('it is over when nobody writes it and all of it is in Drafts', () => {
  expect(isOver(facts({ closed: true, saved: 2 }), false)).toBe(true);
  expect(isOver(facts({ closed: true, saved: 2 }), true)).toBe(false);
  expect(isOver(facts({ closed: false, saved: 2 }), false)).toBe(false);
  expect(isOver(facts({ closed: true, saved: 1 }), false)).toBe(false);
  expect(isOver({ ...begun('d1'), closed: true, saved: -1 }, false), 'a file came, and no letter').toBe(true);
  expect(isOver(facts({ closed: true, saved: 2, sending: 'w1' }), false)).toBe(false);
  expect(isOver(facts({ closed: true, saved: 2, discarding: 'w1' }), false)).toBe(false);
});

test('what was thrown away is forgotten after an hour', () => {
  const thrown = facts({ discarding: 'w1', updated_at: 1000 });
  expect([isForgotten(thrown, 3_601_000), isForgotten(thrown, 3_601_001)]).toEqual([false, true]);
  expect(isForgotten(facts({ updated_at: 1000 }), 9_999_999)).toBe(false);
});

test('a row of another wish, or one that is still under way, changes nothing', () => {
  const now = facts({ wish: 'w9', sending: 'w8', discarding: 'w7' });
  for (const kind of ['draft', 'send', 'discard', 'flag'] as const) expect(afterRow(now, row(kind))).toEqual(now);
  for (const state of ['waiting', 'sending', 'held'] as const) {
    expect(afterRow(facts({ sending: 'w1' }), row('send', { state }))).toEqual(facts({ sending: 'w1' }));
  }
});

test('a version that was superseded is wished again if no newer wish is known here', () => {
  const now = afterRow(facts({ wish: 'w1', wished: 2 }), row('draft', { state: 'noop', detail: 'superseded' }));
  expect(now && isOverdue(now)).toBe(true);
});

test('whatever is said, text that is not in Drafts and was not sent is never called saved', () => {
  const states = fc.constantFrom<ActionRow['state']>(
    'waiting',
    'sending',
    'noop',
    'conflict',
    'held',
    'failed',
    'unknown',
  );
  const kinds = fc.constantFrom<ActionRow['kind']>('draft', 'send', 'discard');
  const details = fc.constantFrom('', 'superseded', 'ended', 'discarded', 'already_sent', 'file_gone');
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, states, details)), (rows) => {
      let now: Facts | null = facts({ wish: 'w1', wished: 2, sending: 'w1', discarding: 'w1', closed: true });
      for (const [kind, state, detail] of rows) now = now && afterRow(now, row(kind, { state, detail }));
      expect(now).not.toBeNull();
      expect(now?.saved).toBe(0);
    }),
  );
});

const standing = (change: Partial<Standing> = {}): Standing => ({ full: false, live: true, wish: null, ...change });

test('the saved line says where the newest letter is', () => {
  expect(savedOf(facts({}), 2, standing())).toBe('local');
  expect(savedOf(facts({}), 2, standing({ full: true }))).toBe('full');
  expect(savedOf(facts({ saved: 2 }), 2, standing())).toBe('saved');
  expect(savedOf(facts({ saved: 2 }), 3, standing())).toBe('local');
  expect(savedOf(facts({ wish: 'w1', wished: 2 }), 2, standing({ wish: 'waiting', live: false }))).toBe('waiting');
  expect(savedOf(facts({ wish: 'w1', wished: 2 }), 2, standing({ wish: 'waiting' }))).toBe('saving');
  expect(savedOf(facts({ wish: 'w1', wished: 2 }), 2, standing({ wish: 'sent', live: false }))).toBe('saving');
  expect(savedOf(facts({ wish: 'w1', wished: 2 }), 3, standing({ wish: 'sent' }))).toBe('local');
  expect(savedOf(facts({ code: 'bad_input' }), 2, standing())).toBe('failed');
  expect(savedOf(begun('d1'), 0, standing())).toBe('saved');
});
