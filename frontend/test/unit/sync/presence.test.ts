import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Present } from '../../../src/mail/rows';
import { Bell, type News } from '../../../src/sync/bell';
import { AGAIN_MS, Presence } from '../../../src/sync/presence';

type Words = { replying: string[]; drafts: string[]; taken: string[] };
const NOBODY: Words = { replying: [], drafts: [], taken: [] };

let bell: Bell;
let presence: Presence;
let said: Words[];
let rung: Present[][];

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  rung = [];
  bell = new Bell('a');
  bell.on((news) => {
    if (news.kind === 'present') rung.push(news.present);
  });
  presence = new Presence(bell, (words) => said.push(words));
});
afterEach(() => {
  presence.close();
  bell.close();
  vi.useRealTimers();
});

const writes = (tab: string, words: Partial<Words>): void =>
  presence.hear({ kind: 'writing', tab, ...NOBODY, ...words } satisfies News);
const other = (change: Partial<Present> = {}): Present => ({
  device: 'd2',
  device_name: 'Empfang 2',
  ...NOBODY,
  ...change,
});

test('what is opened for writing is said at once, and that it was closed too', () => {
  writes('t1', { replying: ['m1'], drafts: ['d1'] });
  writes('t1', NOBODY);
  expect(said).toEqual([{ replying: ['m1'], drafts: ['d1'], taken: [] }, NOBODY]);
});

test('it is said again every five seconds while it lasts, and nothing is said while nobody writes', () => {
  vi.advanceTimersByTime(3 * AGAIN_MS);
  expect(said).toEqual([]);
  writes('t1', { drafts: ['d1'] });
  for (let at = 0; at < 3; at += 1) {
    vi.advanceTimersByTime(AGAIN_MS);
    writes('t1', { drafts: ['d1'] });
  }
  expect(said).toHaveLength(4);
  writes('t1', NOBODY);
  vi.advanceTimersByTime(4 * AGAIN_MS);
  expect(said).toHaveLength(5);
});

test('several tabs are said as one browser, each id once', () => {
  writes('t1', { replying: ['m1'], drafts: ['d1'] });
  writes('t2', { replying: ['m1'], drafts: ['d2'] });
  expect(said.at(-1)).toEqual({ replying: ['m1'], drafts: ['d1', 'd2'], taken: [] });
  writes('t1', NOBODY);
  expect(said.at(-1)).toEqual({ replying: ['m1'], drafts: ['d2'], taken: [] });
});

test('a tab that was killed is forgotten', () => {
  writes('t1', { drafts: ['d1'] });
  vi.advanceTimersByTime(3 * AGAIN_MS);
  expect(said.at(-1)).toEqual(NOBODY);
});

test('a new connection is told what is open, or nothing when nothing is', () => {
  presence.connected();
  expect(said).toEqual([]);
  writes('t1', { drafts: ['d1'] });
  presence.connected();
  expect(said).toEqual([
    { ...NOBODY, drafts: ['d1'] },
    { ...NOBODY, drafts: ['d1'] },
  ]);
});

test('no more is said than the server takes', () => {
  writes('t1', { drafts: Array.from({ length: 30 }, (_, at) => `d${at}`) });
  expect(said[0]?.drafts).toHaveLength(20);
});

test('who else writes is told to the tabs, and again to one that asks later', () => {
  presence.take([other({ replying: ['m1'] })]);
  presence.hear({ kind: 'ask' });
  expect(rung).toEqual([[other({ replying: ['m1'] })], [other({ replying: ['m1'] })]]);
});

test('15 s after the connection was lost nobody is known to write, unless it says so again', () => {
  presence.take([other()]);
  presence.lost();
  vi.advanceTimersByTime(14_000);
  expect(rung).toHaveLength(1);
  presence.take([other({ drafts: ['d1'] })]);
  vi.advanceTimersByTime(60_000);
  expect(rung).toHaveLength(2);
  presence.lost();
  vi.advanceTimersByTime(15_000);
  expect(rung.at(-1)).toEqual([]);
});
