import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchOf, intentOf, leaving, MOST_BYTES } from '../../../src/mail/leaving';
import type { Intent } from '../../../src/mail/rows';
import { attached, composition, intent } from '../support/rows';

type Wish = Intent & { state: 'waiting' | 'sent' | 'refused'; created_at: number };
const wish = (kind: Intent['kind'], change: Partial<Wish> = {}): Wish => ({
  ...intent(kind, ['m1']),
  state: 'waiting',
  created_at: 1000,
  ...change,
});
const mail = (kind: 'send' | 'draft', draft: string, ...files: string[]): Wish =>
  wish(kind, { composition: composition(draft, { files: files.map((id) => attached(id)) }) });

test('only what waits leaves, in its order', () => {
  const all = [wish('flag', { state: 'sent' }), wish('trash'), wish('flag', { state: 'refused' }), wish('flag')];
  expect(leaving(all, new Set())).toEqual([all[1], all[3]]);
});

test('what is wanted back does not leave, and what is about other mail does', () => {
  const all = [{ ...mail('send', 'd1'), recalled: true }, mail('send', 'd2')];
  expect(leaving(all, new Set())).toEqual([all[1]]);
});

test('a mail whose files are not there stays behind, and everything else goes', () => {
  const all = [mail('send', 'd1', 'f1', 'f2'), wish('trash'), mail('send', 'd2', 'f3'), mail('draft', 'd3', 'f1')];
  expect(leaving(all, new Set(['f2']))).toEqual(all.slice(1));
  expect(leaving(all, new Set())).toEqual(all);
});

test('what comes after it about the same draft waits with it, what came before does not', () => {
  const before = mail('draft', 'd1');
  const discard = wish('discard', { targets: [], args: { draft: 'd1' } });
  const all = [before, mail('send', 'd1', 'f1'), discard, mail('draft', 'd2')];
  expect(leaving(all, new Set(['f1']))).toEqual([before, all[3]]);
});

test('at most fifty leave at once, and no more than one request may carry', () => {
  expect(batchOf(Array.from({ length: 60 }, () => wish('flag')))).toHaveLength(50);
  const long = (size: number): Wish => wish('draft', { composition: composition('d1', { text: 'ä'.repeat(size) }) });
  expect(batchOf([long(200_000), long(200_000), long(200_000)])).toHaveLength(2);
  expect(batchOf([long(600_000), wish('flag')])).toHaveLength(1);
  expect(batchOf([])).toEqual([]);
});

test('one after the other every wish leaves, and no batch but a single large one is over the bound', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, (all) => {
      let rest = all.map((size) => wish('draft', { composition: composition('d1', { text: 'a'.repeat(size) }) }));
      const left: Wish[] = [];
      const before = [...rest];
      while (rest.length > 0) {
        const batch = batchOf(rest);
        const bytes = new TextEncoder().encode(JSON.stringify(batch)).length;
        expect(batch.length === 1 || bytes < MOST_BYTES + 64).toBe(true);
        left.push(...batch);
        rest = rest.slice(batch.length);
      }
      expect(left).toEqual(before);
    }),
    { numRuns: 20 },
  );
});

test('the server gets nothing of how a wish waited', () => {
  const sent = intentOf({ ...mail('send', 'd1'), code: 'x', instead: 'a1' } as Wish, new Set(), 1000);
  expect(Object.keys(sent).sort()).toEqual([
    'ago_ms',
    'args',
    'base_seq',
    'composition',
    'id',
    'kind',
    'n',
    'targets',
    'v',
  ]);
  expect(Object.keys(intentOf(wish('flag'), new Set(), 1000))).not.toContain('composition');
});

test('the server gets how long ago a wish was made, within the reach of the ledger', () => {
  const day_ms = 24 * 3_600_000;
  const ago = (now: number) => intentOf(wish('flag', { created_at: day_ms }), new Set(), now).ago_ms;
  expect([ago(day_ms + 5), ago(0), ago(100 * day_ms)]).toEqual([5, 0, 30 * day_ms]);
});

test('a version is saved without the files that are not there yet, a mail is sent with all of them', () => {
  const uploading = new Set(['f1']);
  expect(intentOf(mail('draft', 'd1', 'f1', 'f2'), uploading, 0).composition?.files.map((file) => file.id)).toEqual([
    'f2',
  ]);
  expect(intentOf(mail('send', 'd1', 'f1', 'f2'), uploading, 0).composition?.files).toHaveLength(2);
});

test('of the time to take a mail back only the rest counts, also after a day without a network', () => {
  const held = (now: number) => {
    const send = { ...mail('send', 'd1'), args: { hold_ms: 10_000, anyway: false } };
    return intentOf(send, new Set(), now).args;
  };
  expect(held(1000)).toEqual({ hold_ms: 10_000, anyway: false });
  expect(held(4000)).toEqual({ hold_ms: 7000, anyway: false });
  expect(held(90_000_000)).toEqual({ hold_ms: 0, anyway: false });
  expect(held(0), 'a clock that was set back').toEqual({ hold_ms: 10_000, anyway: false });
});
