import { defects, newAccount, openTab, type Tab } from '../support/tab';
import fc from 'fast-check';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftById } from '../../../src/db/compositions';
import { markSent, markTried, waitingOf } from '../../../src/db/outbox';
import type { Present } from '../../../src/mail/rows';
import type { News } from '../../../src/sync/bell';
import { Practice, VERA } from '../support/practice';
import { action } from '../support/rows';
import { serve } from '../support/server';
import { until } from '../support/until';

/** What others do while a mail is written here, and what this browser tells them. */

let account: string;
let tab: Tab;
let practice: Practice;
const others: Tab[] = [];

beforeEach(async () => {
  account = newAccount();
  tab = await openTab(account);
  practice = await Practice.of(tab);
});
afterEach(() => {
  for (const one of [...others.splice(0), tab]) one.kill();
  vi.useRealTimers();
  expect(defects.splice(0)).toEqual([]);
});

const now = (at = tab) => get(at.compose.composing);
const draftNow = (): string => now()?.composition.draft ?? '';
const lastWish = async () => (await waitingOf(tab.mirror)).at(-1);

/** What is typed is wished into Drafts and on its way. → the wish. */
async function saving(text: string): Promise<string> {
  tab.compose.change({ text });
  const session = tab.current.current();
  await session?.writer.wish();
  const id = (await lastWish())?.id ?? '';
  await markTried(tab.mirror, [id]);
  await markSent(tab.mirror, [id]);
  practice.ring({ kind: 'sent' });
  await until(() => now()?.saved === 'saving');
  return id;
}

test('the line under the text follows it into Drafts', async () => {
  await tab.compose.composeNew();
  const id = await saving('eins');
  await practice.settle(id, { kind: 'draft', draft: draftNow(), settled_at: 77 });
  await until(() => now()?.saved === 'saved');
  expect(now()?.savedAt).toBe(77);
  tab.compose.change({ text: 'eins zwei' });
  expect(now()?.saved).toBe('local');
});

test('a version that is refused is said, and the next letter tries again', async () => {
  await tab.compose.composeNew();
  const id = await saving('eins');
  await practice.settle(id, { kind: 'draft', draft: draftNow(), state: 'failed', detail: 'bad_field' });
  await until(() => now()?.saved === 'failed');
  await saving('eins zwei');
});

test('where it is in Drafts is found out once it is there, so that throwing it away hides it at once', async () => {
  await tab.compose.composeNew();
  const id = await saving('eins');
  await practice.draft('m7', 'eins', { draft: draftNow() });
  await practice.settle(id, { kind: 'draft', draft: draftNow() });
  await until(async () => (await draftById(tab.mirror, draftNow()))?.writing.message === 'm7');
  await tab.compose.discardDraft();
  expect(await lastWish()).toMatchObject({ kind: 'discard', targets: ['m7'] });
});

test('a version that became a second draft goes on as that one, under the same hand', async () => {
  await tab.compose.composeNew();
  const first = draftNow();
  const id = await saving('eins');
  tab.compose.change({ text: 'eins zwei' });
  const seq = await practice.settle(id, {
    kind: 'draft',
    draft: first,
    state: 'conflict',
    detail: 'second_draft',
    where: 'd9',
  });
  await until(() => draftNow() === 'd9');
  expect(now()).toMatchObject({ composition: { base: seq, text: 'eins zwei' }, changedElsewhere: true });
  expect(get(tab.route.route)).toEqual({ view: 'compose', draft: 'd9' });
  expect(await draftById(tab.mirror, first)).toBeNull();
  await tab.compose.closeComposer();
  expect(await lastWish()).toMatchObject({ kind: 'draft', composition: { draft: 'd9', base: seq, text: 'eins zwei' } });
});

test('a draft that somebody else sends while it is written here goes on as another mail', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  tab.compose.change({ text: 'eins zwei' });
  await practice.feed({
    actions: [action('a9', { kind: 'send', draft: 'd7', state: 'sending', detail: 'accepted', seq: 9 })],
  });
  await until(() => draftNow() !== 'd7');
  expect(now()).toMatchObject({ composition: { base: 0, text: 'eins zwei' }, changedElsewhere: true });
  await tab.compose.send();
  expect((await lastWish())?.composition?.draft).not.toBe('d7');
});

test('a text that was left here when its draft had ended goes on as another one', async () => {
  await tab.compose.composeNew();
  const first = draftNow();
  tab.compose.change({ text: 'eins' });
  await tab.compose.closeComposer();
  await practice.settle((await lastWish())?.id ?? '', { kind: 'draft', draft: first, state: 'noop', detail: 'ended' });
  tab.route.go({ view: 'compose', draft: first });
  await until(() => now() !== null);
  expect(now()?.composition.text).toBe('eins');
  expect(draftNow()).not.toBe(first);
  expect(get(tab.route.route)).toEqual({ view: 'compose', draft: draftNow() });
  await until(async () => (await lastWish())?.composition?.draft === draftNow());
});

const theirs = () => {
  const draft = { draft: 'd7', kind: 'new', original: '', identity: '', device_name: 'Labor', seq: 99 };
  return { id: 'm7', text: 'von Labor', html: null, attachments: [], to: [], cc: [], bcc: [], draft };
};

test('another version that somebody else saved is noticed, one of ours is not', async () => {
  serve({});
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  await saving('zwei');
  await practice.draft('m7', 'zwei', { draft: 'd7' }, 101);
  await practice.settle((await lastWish())?.id ?? '', { kind: 'draft', draft: 'd7' });
  await until(() => now()?.saved === 'saved');
  expect(now()?.changedElsewhere).toBe(false);
  tab.compose.change({ text: 'zwei drei' });
  serve({ bodies: () => ({ bodies: [theirs()], missing: [] }) });
  await practice.draft('m7', 'von Labor', { draft: 'd7', device_name: 'Labor' }, 102);
  await until(() => now()?.changedElsewhere === true);
  expect(now()?.composition.text).toBe('zwei drei');
});

test('where nothing of it is only here, it goes on from what somebody else saved', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  serve({ bodies: () => ({ bodies: [theirs()], missing: [] }) });
  await practice.draft('m7', 'von Labor', { draft: 'd7', device_name: 'Labor', seq: 99 }, 102);
  await until(() => now()?.composition.text === 'von Labor');
  expect(now()).toMatchObject({ changedElsewhere: false, composition: { draft: 'd7', base: 99 } });
  expect(await waitingOf(tab.mirror)).toEqual([]);
});

test('a draft that is taken from Drafts is noticed, its flags are not', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  await practice.feed({ messages: [{ ...(await rowOf('m7')), flags: 9, seq: 3 }] });
  expect(now()?.changedElsewhere).toBe(false);
  await practice.feed({ messages: [{ ...(await rowOf('m7')), folder: 'trash', seq: 4 }] });
  await until(() => now()?.changedElsewhere === true);

  async function rowOf(id: string) {
    const row = (await tab.list.rows([id])).get(id);
    if (!row) throw new Error('no row');
    return row;
  }
});

// Presence.

const present = (change: Partial<Present>): Present => ({
  device: 'd2',
  device_name: 'Labor',
  replying: [],
  drafts: [],
  ...change,
});

test('who answers the same mail, and who has the same draft open, is shown while it lasts', async () => {
  await tab.compose.composeReply('m1', 'reply');
  practice.ring({ kind: 'present', present: [present({ replying: ['m1'], drafts: [draftNow()] })] });
  expect(now()).toMatchObject({ replying: ['Labor'], others: ['Labor'] });
  expect(get(tab.presence.replyingTo)).toEqual(new Map([['m1', ['Labor']]]));
  practice.ring({ kind: 'present', present: [] });
  expect(now()).toMatchObject({ replying: [], others: [] });
});

test('a draft that another device holds is only read here, until a person takes it over', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  practice.ring({ kind: 'present', present: [present({ drafts: ['d7'] })] });
  await tab.compose.editDraft('m7');
  expect(now()?.locked).toBe(true);
  const said: News[] = [];
  tab.place.here()?.bell.on((news) => {
    if (news.kind === 'writing') said.push(news);
  });
  const taken = tab.compose.takeOver();
  expect(now()?.locked).toBe(true);
  await until(() => said.length > 0);
  expect(said[0]).toMatchObject({ drafts: ['d7'], taken: ['d7'] });
  practice.ring({ kind: 'present', present: [] });
  await taken;
  expect(now()?.locked).toBe(false);
});

test('taken over elsewhere, what was typed here goes into Drafts and stays on the screen, to be read', async () => {
  await tab.compose.composeNew();
  tab.compose.change({ text: 'eins' });
  const draft = draftNow();
  practice.ring({ kind: 'present', present: [present({ drafts: [draft], taken: [draft] })] });
  await until(() => now()?.locked === true);
  await until(async () => (await lastWish())?.composition?.text === 'eins');
  expect(now()).toMatchObject({ composition: { draft, text: 'eins' }, others: ['Labor'] });
});

test('somebody who opens the same draft does not take it away', async () => {
  await tab.compose.composeNew();
  tab.compose.change({ text: 'eins' });
  practice.ring({ kind: 'present', present: [present({ drafts: [draftNow()] })] });
  await until(() => now()?.others.length === 1);
  expect(now()?.locked).toBe(false);
});

test('two devices of one name are named once, and nobody is named beside a mail that is only forwarded', async () => {
  await tab.compose.composeReply('m1', 'forward');
  const two = [present({ replying: ['m1'] }), present({ device: 'd3', replying: ['m1'] })];
  practice.ring({ kind: 'present', present: two });
  expect(get(tab.presence.replyingTo).get('m1')).toEqual(['Labor']);
  expect(now()?.replying).toEqual([]);
});

test('what is open here is said when it opens, again while it lasts, and that it closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const said: News[] = [];
  tab.place.here()?.bell.on((news) => {
    if (news.kind === 'writing') said.push(news);
  });
  await tab.compose.composeReply('m1', 'reply');
  const draft = draftNow();
  await until(() => said.length === 1);
  vi.advanceTimersByTime(5000);
  await tab.compose.closeComposer();
  expect(said).toMatchObject([
    { replying: ['m1'], drafts: [draft] },
    { replying: ['m1'], drafts: [draft] },
    { replying: [], drafts: [] },
  ]);
  vi.advanceTimersByTime(20_000);
  expect(said).toHaveLength(3);
});

// A second tab.

async function secondTab(draft: string): Promise<Tab> {
  const other = await openTab(account, `/compose/${draft}`);
  others.push(other);
  await until(() => now(other) !== null);
  return other;
}

async function typed(text: string): Promise<string> {
  await tab.compose.composeNew();
  tab.compose.change({ text });
  await tab.current.current()?.writer.store();
  return draftNow();
}

test('a second tab shows what is stored, says that this device has it open, and follows', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  expect(now(other)).toMatchObject({ composition: { text: 'eins' }, others: ['Empfang'] });
  expect(now()?.others).toEqual([]);
  tab.compose.change({ text: 'eins zwei' });
  await tab.current.current()?.writer.store();
  await until(() => now(other)?.composition.text === 'eins zwei');
});

test('with its first letter a second tab takes over, and nothing that was typed in the first is lost', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  tab.compose.change({ subject: 'noch nicht gespeichert' });
  other.compose.change({ text: 'eins zwei' });
  await until(() => now(other)?.others.length === 0);
  expect(now(other)?.composition).toMatchObject({ text: 'eins zwei', subject: 'noch nicht gespeichert' });
  await other.current.current()?.writer.store();
  await until(() => now()?.composition.text === 'eins zwei');
  expect(now()?.others).toEqual(['Empfang']);
  tab.compose.change({ text: 'eins zwei drei' });
  await until(() => now(other)?.composition.text === 'eins zwei drei');
});

test('a tab that does not answer is not waited for long', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  // It sleeps: it hears nothing any more, and holds on to its lock.
  tab.place.here()?.bell.close();
  other.compose.change({ text: 'eins zwei' });
  await until(async () => (await draftById(other.mirror, draft))?.writing.composition.text === 'eins zwei');
  await until(() => now()?.others.length === 1);
});

test('a tab that only looks leaves the draft to the one that writes it', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  await other.compose.closeComposer();
  expect(await draftById(tab.mirror, draft)).not.toBeNull();
  expect(await waitingOf(tab.mirror)).toEqual([]);
  expect(now()?.composition.text).toBe('eins');
});

test('sent from a second tab, a mail has what was typed last in the first, and is open in neither', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  tab.compose.change({ text: 'eins, und noch nicht gespeichert' });
  expect(await other.compose.send()).toBe(true);
  await until(() => now() === null && now(other) === null);
  const wishes = await waitingOf(tab.mirror);
  expect(wishes).toMatchObject([{ kind: 'send', composition: { draft, text: 'eins, und noch nicht gespeichert' } }]);
  expect(get(tab.route.route).view).toBe('mail');
});

test('sent from two tabs at once, a mail is sent once', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  await Promise.all([tab.compose.send(), other.compose.send()]);
  await until(() => now() === null && now(other) === null);
  // The first one that was wished, not one that took its place.
  expect(await waitingOf(tab.mirror)).toMatchObject([{ kind: 'send', n: 1, composition: { draft } }]);
});

test('thrown away in one tab, a mail leaves the other', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  await tab.compose.discardDraft();
  await until(() => now(other) === null);
  expect(await draftById(tab.mirror, draft)).toMatchObject({ facts: { discarding: 'here' } });
});

/** One tab writes the subject, the other who gets a copy: a letter more each time. */
async function takeTurns(one: Tab, other: Tab, turns: { second: boolean; settles: boolean }[]): Promise<void> {
  let [subject, copies] = [0, 0];
  for (const { second, settles } of turns) {
    if (second) other.compose.change({ subject: 'x'.repeat((subject += 1)) });
    else one.compose.change({ cc: Array.from({ length: (copies += 1) }, () => VERA) });
    if (settles) await until(() => now(second ? other : one)?.others.length === 0);
  }
  // A hand needs longer than a lock to get from one tab to the other.
  for (const writer of [one, other]) await writer.current.current()?.settled();
}

test('however two tabs take turns in writing one mail, it is sent with every letter', { timeout: 60_000 }, async () => {
  const turn = fc.record({ second: fc.boolean(), settles: fc.boolean() });
  const law = fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 8 }), fc.nat(1), async (turns, sender) => {
    const other = await secondTab(await typed('x'));
    await takeTurns(tab, other, turns);
    await [tab, other][sender]?.compose.send();
    const sent = (await waitingOf(tab.mirror)).at(-1)?.composition;
    const count = turns.filter(({ second }) => second).length;
    expect([sent?.subject.length, sent?.cc.length, sent?.text]).toEqual([count, turns.length - count, 'x']);
    await until(() => now() === null && now(other) === null);
    other.kill();
  });
  await fc.assert(law, { numRuns: 8 });
});

test('what is typed in one tab at the moment in which another sends stays on the screen, as another mail', async () => {
  const draft = await typed('eins');
  const other = await secondTab(draft);
  const sent = tab.compose.send();
  other.compose.change({ subject: 'noch etwas' });
  await sent;
  await other.current.current()?.settled();
  const wish = (await waitingOf(tab.mirror)).find(({ kind }) => kind === 'send');
  expect([now(), wish?.composition?.subject, now(other)?.composition.subject]).toEqual([null, '', 'noch etwas']);
  await other.current.current()?.writer.store();
  await practice.settle(wish?.id ?? '', { kind: 'send', draft, state: 'done' });
  await until(() => now(other)?.composition.draft !== draft);
  expect(now(other)).toMatchObject({ composition: { subject: 'noch etwas', base: 0 }, changedElsewhere: true });
});
