import { expect, test } from 'vitest';
import { FLAGGED, SEEN } from '../../../src/mail/flags';
import type { ActionRow } from '../../../src/mail/rows';
import { undoable } from '../../../src/mail/undone';
import { action, message } from '../support/rows';

type Line = Parameters<typeof undoable>[0][number];

const line = (id: string, change: Partial<ActionRow>, more: Partial<Line> = {}): Line => ({
  ...action(id, change),
  local: false,
  about: null,
  here: false,
  ...more,
});
const archived = line('a', { kind: 'archive', args: { from: 'inbox' }, targets: ['m1'] });
const brought = line('b', { kind: 'move', args: { to: 'inbox' }, targets: ['m1'], device: 'other' });
const can = (...newestFirst: Line[]): string[] => [...undoable(newestFirst)];

test('what was done can be taken back', () => {
  expect(can(archived)).toEqual(['a']);
});

test('not what was taken back, by whomever', () => {
  expect(can(brought, archived)).toEqual([]);
});

test('nor what waits to be taken back', () => {
  expect(can({ ...brought, state: 'waiting', local: true }, archived)).toEqual([]);
});

test('what came to nothing has taken nothing back', () => {
  expect(can({ ...brought, state: 'conflict' }, archived)).toEqual(['a']);
});

test('of two moves of a mail only the later can be taken back', () => {
  const then = line('t', { kind: 'trash', args: { from: 'filed' }, targets: ['m1'] });
  expect(can(then, archived)).toEqual(['t']);
});

test('several are taken back as long as one of them is not', () => {
  const both = line('a', { kind: 'archive', args: { from: 'inbox' }, targets: ['m1', 'm2'] });
  expect(can(brought, both)).toEqual(['a']);
});

test('what another program brought back need not be taken back', () => {
  expect(can({ ...archived, about: message('m1', { folder: 'inbox' }), here: true })).toEqual([]);
  expect(can({ ...archived, about: message('m1', { folder: 'filed' }), here: true })).toEqual(['a']);
});

test('how a mail was when it was last here says nothing of how it is', () => {
  expect(can({ ...archived, about: message('m1', { folder: 'inbox' }), here: false })).toEqual(['a']);
});

const flagged = line('f', { kind: 'flag', args: { add: FLAGGED, remove: 0 }, targets: ['m1'] });

test('a mark is taken back by another of the same kind, not by any other', () => {
  const read = line('r', { kind: 'flag', args: { add: SEEN, remove: 0 }, targets: ['m1'] });
  const bare = line('u', { kind: 'flag', args: { add: 0, remove: FLAGGED }, targets: ['m1'] });
  expect(can(read, flagged)).toEqual(['r', 'f']);
  expect(can(bare, flagged)).toEqual(['u']);
});

test('a mark that is not there any more need not be taken back', () => {
  expect(can({ ...flagged, about: message('m1', { flags: SEEN }), here: true })).toEqual([]);
  expect(can({ ...flagged, about: message('m1', { flags: FLAGGED }), here: true })).toEqual(['f']);
});

test('a move says nothing of marks', () => {
  expect(can(archived, flagged)).toEqual(['a', 'f']);
});
