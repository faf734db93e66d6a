import { defects, newAccount, openTab, show, type Tab } from '../support/tab';
import fc from 'fast-check';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dexie } from 'dexie';
import { allDrafts, draftById } from '../../../src/db/compositions';
import { waitingOf } from '../../../src/db/outbox';
import { until } from '../support/until';

/** No text is lost: in Drafts soon, on the device within a second, whatever happens to the page. */

const realTimeout = setTimeout;

let tab: Tab;
let account: string;
const tabs: Tab[] = [];

async function open(path?: string): Promise<Tab> {
  const one = await openTab(account, path);
  tabs.push(one);
  return one;
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.setSystemTime(1_700_000_000_000);
  account = newAccount();
  tab = await open();
});
afterEach(() => {
  for (const one of tabs.splice(0)) one.kill();
  vi.useRealTimers();
  expect(defects.splice(0)).toEqual([]);
});

const now = (at = tab) => get(at.compose.composing);
const draftNow = (): string => now()?.composition.draft ?? '';
const stored = async (): Promise<string | undefined> =>
  (await draftById(tab.mirror, draftNow()))?.writing.composition.text;
const wishes = async (at = tab): Promise<string[]> =>
  (await waitingOf(at.mirror)).map((wish) => `${wish.kind} ${wish.composition?.text ?? ''}`.trim());
const type = (text: string): void => tab.compose.change({ text });
/** The clock goes on, and what it starts gets done. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((done) => realTimeout(done, 0));
}

test('the first letter is stored at once, the next ones within a second', async () => {
  await tab.compose.composeNew();
  type('G');
  await pass(0);
  await until(async () => (await stored()) === 'G');
  type('Gu');
  await pass(100);
  type('Gut');
  expect(await stored()).toBe('G');
  await pass(600);
  await until(async () => (await stored()) === 'Gut');
});

test('in whatever rhythm somebody types, no letter older than a second is only in memory', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1400 }), { minLength: 2, maxLength: 12 }), async (gaps) => {
      await tab.compose.composeNew();
      const typedAt: number[] = [];
      for (const gap of gaps) {
        typedAt.push(Date.now());
        type('x'.repeat(typedAt.length));
        await pass(gap);
        const due = typedAt.filter((at) => Date.now() - at >= 1000).length;
        await until(async () => ((await stored()) ?? '').length >= due, `${due} of ${typedAt.length} letters`);
      }
      await tab.compose.discardDraft();
    }),
    { numRuns: 20 },
  ),
);

test('the screen has every letter before anything is stored', async () => {
  await tab.compose.composeNew();
  const before = now()?.saved;
  type('G');
  expect([before, now()?.composition.text, now()?.saved]).toEqual(['saved', 'G', 'local']);
});

test('a reload shows the mail as it was', async () => {
  await tab.compose.composeNew({ subject: 'Befund' });
  type('Guten Tag');
  await pass(800);
  await until(async () => (await stored()) === 'Guten Tag');
  const draft = draftNow();
  expect(get(tab.route.route)).toEqual({ view: 'compose', draft });
  tab.kill();
  tab = await open(`/compose/${draft}`);
  await until(() => now() !== null);
  expect(now()).toMatchObject({ composition: { draft, subject: 'Befund', text: 'Guten Tag' }, others: [] });
});

test('an answer that was only opened is there after a reload, too', async () => {
  await tab.compose.composeNew({ text: 'Grüsse' });
  await until(async () => (await stored()) !== undefined);
  const draft = draftNow();
  tab.kill();
  tab = await open(`/compose/${draft}`);
  await until(() => now()?.composition.draft === draft);
});

test('after a crash the text is named, and opens again', async () => {
  await tab.compose.composeNew({ to: [{ name: 'Vera', email: 'vera@example.org' }], subject: 'Termin' });
  type('Guten Tag');
  await pass(800);
  await until(async () => (await stored()) === 'Guten Tag');
  tab.kill();
  tab = await open();
  let named = get(tab.compose.unsaved);
  tab.compose.unsaved.subscribe((value) => (named = value));
  await until(() => named.length === 1);
  expect(named).toMatchObject([{ subject: 'Termin', to: 'Vera', saved: 'local' }]);
  tab.route.go({ view: 'compose', draft: named[0]?.draft ?? '' });
  await until(() => now()?.composition.text === 'Guten Tag');
});

test('a page that is hidden has everything stored and wished into Drafts', async () => {
  await tab.compose.composeNew();
  type('G');
  await pass(0);
  type('Guten Tag');
  show(false);
  await until(async () => (await wishes()).length > 0);
  expect(await wishes()).toEqual(['draft Guten Tag']);
  show(true);
});

test('in a pause the text is wished into Drafts, and nothing is wished twice', async () => {
  await tab.compose.composeNew();
  type('Guten Tag');
  await pass(7900);
  expect(await wishes()).toEqual([]);
  await pass(200);
  await until(async () => (await wishes()).length > 0);
  await until(() => now()?.saved === 'waiting');
  await pass(60_000);
  expect(await wishes()).toEqual(['draft Guten Tag']);
});

test('whoever types without a pause has a version wished after a minute', async () => {
  await tab.compose.composeNew();
  for (let at = 0; at < 12; at += 1) {
    type('x'.repeat(at + 1));
    await pass(5000);
    expect(await wishes()).toEqual([]);
  }
  await pass(200);
  await until(async () => (await wishes()).length > 0);
});

test('of the versions that could not leave only the newest waits', async () => {
  await tab.compose.composeNew();
  for (const text of ['one', 'two', 'three']) {
    type(text);
    await pass(8100);
    await until(async () => (await wishes()).at(-1) === `draft ${text}`);
  }
  expect(await wishes()).toEqual(['draft three']);
});

test('nothing is wished of an empty mail', async () => {
  await tab.compose.composeNew();
  tab.compose.change({ subject: 'x' });
  tab.compose.change({ subject: '' });
  await pass(20_000);
  expect(await wishes()).toEqual([]);
});

test('an expired session keeps all that was typed, for whoever signs in to this account again', async () => {
  await tab.compose.composeNew({ subject: 'Befund' });
  type('mitten im Satz');
  tab.place.leave();
  expect(now()).toBeNull();
  await until(async () => (await allDrafts(tab.mirror))[0]?.writing.composition.text === 'mitten im Satz');
  tab.mirror.db.close();
  tab = await open();
  let named = get(tab.compose.unsaved);
  tab.compose.unsaved.subscribe((value) => (named = value));
  await until(() => named.length === 1);
  expect(named).toMatchObject([{ subject: 'Befund' }]);
});

test('whoever signs in again on the same page goes on in the middle of the sentence', async () => {
  await tab.compose.composeNew({ subject: 'Befund' });
  type('mitten im Satz');
  const draft = draftNow();
  tab.place.leave();
  await tab.place.enter(await tab.vault.openMirror(account));
  await until(() => now() !== null);
  expect(now()).toMatchObject({ composition: { draft, text: 'mitten im Satz' }, others: [] });
});

test('whoever signs in to another mailbox on the same page sees nothing of it', async () => {
  await tab.compose.composeNew({ subject: 'Befund' });
  type('mitten im Satz');
  tab.place.leave();
  const other = await tab.vault.openMirror(newAccount());
  await tab.place.enter(other);
  await pass(1000);
  expect([now(), await allDrafts(other), get(tab.compose.unsaved)]).toEqual([null, [], []]);
  other.db.close();
});

test('signing out names what would be lost, and then takes it from this device', async () => {
  await tab.compose.composeNew({ subject: 'Befund' });
  type('Guten Tag');
  let named = get(tab.compose.unsaved);
  tab.compose.unsaved.subscribe((value) => (named = value));
  await pass(800);
  await until(() => named.length === 1);
  tab.place.leave();
  await tab.vault.wipe(tab.mirror);
  expect(await Dexie.exists(tab.mirror.db.name)).toBe(false);
  expect(named).toEqual([]);
});

// A full device.

const full = (): Error => Object.assign(new Error('full'), { name: 'QuotaExceededError' });

test('on a full device the text stays on the screen, it is said, and it is stored once there is room', async () => {
  await tab.compose.composeNew();
  await until(async () => (await stored()) !== undefined);
  const put = vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(full());
  type('Guten Tag');
  await pass(800);
  await until(() => now()?.saved === 'full');
  expect(now()?.composition.text).toBe('Guten Tag');
  put.mockRestore();
  await pass(5000);
  await until(async () => (await stored()) === 'Guten Tag');
  expect(now()?.saved).toBe('local');
});

test('a storage that fails is said too, and tried again by itself', async () => {
  await tab.compose.composeNew();
  await until(async () => (await stored()) !== undefined);
  const put = vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(new Error('the storage is gone'));
  type('Guten Tag');
  await pass(800);
  await until(() => now()?.saved === 'full');
  put.mockRestore();
  await pass(5000);
  await until(async () => (await stored()) === 'Guten Tag');
  expect(now()?.saved).toBe('local');
  expect(defects.splice(0)).toMatchObject([{ message: 'the storage is gone' }]);
});

test('a storage that fails sends, discards and puts away nothing', async () => {
  await tab.compose.composeNew();
  await until(async () => (await stored()) !== undefined);
  const put = vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(new Error('the storage is gone'));
  type('Guten Tag');
  expect(await tab.compose.send()).toBe(false);
  await tab.compose.discardDraft();
  await tab.compose.closeComposer();
  expect([now()?.composition.text, now()?.saved, await wishes()]).toEqual(['Guten Tag', 'full', []]);
  expect(defects.splice(0).length).toBeGreaterThan(0);
  put.mockRestore();
  expect(await tab.compose.send()).toBe(true);
});

test('a mail that a full device cannot keep is not put away, by whatever way one leaves it', async () => {
  await tab.compose.composeNew();
  await until(async () => (await stored()) !== undefined);
  vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(full());
  const draft = draftNow();
  type('Guten Tag');
  await tab.compose.closeComposer();
  expect([now()?.composition.text, now()?.saved]).toEqual(['Guten Tag', 'full']);
  tab.route.go({ view: 'me' });
  await until(() => get(tab.route.route).view === 'compose');
  await tab.compose.composeNew({ subject: 'another' });
  expect([draftNow(), get(tab.route.route)]).toEqual([draft, { view: 'compose', draft }]);
});

test('a full device sends and discards nothing, and says so', async () => {
  await tab.compose.composeNew();
  await until(async () => (await stored()) !== undefined);
  vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(full());
  type('Guten Tag');
  expect(await tab.compose.send()).toBe(false);
  await tab.compose.discardDraft();
  expect([now()?.composition.text, await wishes(), get(tab.act.toast)]).toEqual(['Guten Tag', [], null]);
});
