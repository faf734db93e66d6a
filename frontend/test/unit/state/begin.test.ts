import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allFacts, draftById } from '../../../src/db/compositions';
import { markSent, markTried, waitingOf } from '../../../src/db/outbox';
import { ledgerOf, type LedgerLine } from '../../../src/sync/ledger';
import { Practice, VERA } from '../support/practice';
import { action, composition, message } from '../support/rows';
import { failure, noNetwork, pathsOf, serve } from '../support/server';
import { until } from '../support/until';

/** How a mail comes on the screen. */

let tab: Tab;
let practice: Practice;

beforeEach(async () => {
  tab = await openTab(newAccount());
  practice = await Practice.of(tab);
});
afterEach(() => {
  tab.kill();
  expect(defects.splice(0)).toEqual([]);
});

const now = () => get(tab.compose.composing);
const textNow = (): string | undefined => now()?.composition.text;
const draftNow = (): string => now()?.composition.draft ?? '';

test('an answer without a network is addressed, quotes what is held, and names its original', async () => {
  serve({});
  await tab.compose.composeReply('m1', 'reply');
  expect(now()).toMatchObject({
    composition: { kind: 'reply', original: 'm1', to: [VERA], subject: 'Re: Frage', identity: 'i1' },
    original: { id: 'm1', subject: 'Frage', sender: 'Vera', at: 1000 },
    others: [],
    saved: 'saved',
    savedAt: null,
  });
  expect(textNow()).toContain('> Wann?');
});

test('a text that is not held and cannot be had is not waited for', async () => {
  serve({ bodies: noNetwork });
  await practice.feed({ messages: [message('m2', { senders: [VERA], subject: 'Andere', seq: 2 })] });
  await tab.compose.composeReply('m2', 'reply_all');
  expect(now()?.composition).toMatchObject({ to: [VERA], subject: 'Re: Andere' });
});

test('a message that is not there begins nothing', async () => {
  await tab.compose.composeReply('gone', 'reply');
  await tab.compose.composeAgain('gone');
  await tab.compose.editDraft('gone');
  expect(now()).toBeNull();
});

test('where the answer stands is the choice of this device', async () => {
  tab.settings.change({ quotePosition: 'bottom' });
  await tab.compose.composeReply('m1', 'reply');
  expect(textNow()?.startsWith('\n')).toBe(false);
  tab.settings.change({ quotePosition: 'top' });
  await tab.compose.composeReply('m1', 'reply');
  expect(textNow()?.startsWith('\n')).toBe(true);
});

test('one mail at a time is open: the one before is put away as a draft', async () => {
  await tab.compose.composeNew();
  tab.compose.change({ text: 'Eins' });
  const first = draftNow();
  await tab.compose.composeNew();
  expect(draftNow()).not.toBe(first);
  expect(await waitingOf(tab.mirror)).toMatchObject([{ kind: 'draft', composition: { draft: first, text: 'Eins' } }]);
});

test('a link fills the fields that it names, and one that is none begins nothing', async () => {
  await tab.compose.openMailto('mailto:vera@example.org?cc=b@example.org&subject=Termin&body=Guten%20Tag');
  expect(now()?.composition).toMatchObject({
    to: [{ email: 'vera@example.org' }],
    cc: [{ email: 'b@example.org' }],
    subject: 'Termin',
    text: 'Guten Tag',
    files: [],
  });
  const draft = draftNow();
  await tab.compose.openMailto('javascript:alert(1)');
  expect(draftNow()).toBe(draft);
});

test('edited as new, a mail is another one', async () => {
  await tab.compose.composeAgain('m1');
  expect(now()).toMatchObject({ composition: { kind: 'new', original: '', text: 'Wann?' }, original: null });
});

// Drafts.

test('a draft in Drafts goes on from the version that is seen', async () => {
  await practice.draft('m7', 'Gespeichert', { draft: 'd7', kind: 'reply', original: 'm1', seq: 42 });
  await tab.compose.editDraft('m7');
  expect(now()).toMatchObject({
    composition: { draft: 'd7', base: 42, kind: 'reply', original: 'm1', text: 'Gespeichert', replaces: '' },
    original: { id: 'm1' },
    saved: 'saved',
  });
  tab.compose.change({ text: 'Gespeichert und mehr' });
  await tab.compose.discardDraft();
  expect((await waitingOf(tab.mirror)).at(-1)).toMatchObject({
    kind: 'discard',
    targets: ['m7'],
    args: { draft: 'd7' },
  });
  await until(() => get(tab.wishes.overlay).shown('m7', 'drafts', 8).gone);
});

test("another program's draft goes on as one of ours, in its place", async () => {
  await practice.draft('m7', 'Aus Outlook', null);
  await tab.compose.editDraft('m7');
  expect(now()?.composition).toMatchObject({ replaces: 'm7', base: 0, text: 'Aus Outlook' });
  const draft = draftNow();
  tab.compose.change({ text: 'Aus Outlook und von hier' });
  await tab.compose.closeComposer();
  await tab.compose.editDraft('m7');
  expect(now()?.composition).toMatchObject({ draft, text: 'Aus Outlook und von hier' });
});

test('what is here and not in Drafts yet is what goes on, whatever stands in Drafts', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  tab.compose.change({ text: 'eins zwei' });
  await tab.compose.closeComposer();
  await practice.draft('m7', 'anders', { draft: 'd7', device_name: 'Labor' });
  await tab.compose.editDraft('m7');
  expect(now()).toMatchObject({ composition: { draft: 'd7', text: 'eins zwei' }, saved: 'waiting' });
});

test('a draft that is all in Drafts goes on as it stands there now', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  tab.compose.change({ text: 'zwei' });
  await tab.compose.closeComposer();
  tab.route.go({ view: 'compose', draft: 'd7' });
  await until(() => textNow() === 'zwei');
  await practice.settle((await waitingOf(tab.mirror))[0]?.id ?? '', { kind: 'draft', draft: 'd7' });
  tab.kill();
  tab = await openTab(tab.mirror.account);
  practice.tab = tab;
  await practice.draft('m7', 'drei', { draft: 'd7', device_name: 'Labor', seq: 50 });
  await tab.compose.editDraft('m7');
  expect(now()?.composition).toMatchObject({ draft: 'd7', text: 'drei', base: 50 });
  tab.compose.change({ text: 'drei vier' });
  await tab.compose.closeComposer();
  expect((await waitingOf(tab.mirror)).at(-1)).toMatchObject({ composition: { text: 'drei vier', base: 50 } });
});

test('a draft whose text cannot be had now does not open', async () => {
  await practice.feed({ messages: [message('m7', { folder: 'drafts', flags: 8, seq: 2 })] });
  serve({ bodies: noNetwork });
  expect(await tab.compose.editDraft('m7')).toBe(false);
  expect(now()).toBeNull();
});

test('a draft whose text is here goes on from it, where what stands in Drafts cannot be had now', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  expect(await tab.compose.editDraft('m7')).toBe(true);
  tab.compose.change({ text: 'eins zwei' });
  await tab.compose.closeComposer();
  await tab.mirror.db.bodies.clear();
  serve({ bodies: noNetwork });
  expect(await tab.compose.editDraft('m7')).toBe(true);
  expect(now()?.composition).toMatchObject({ draft: 'd7', text: 'eins zwei' });
});

test('a draft that is about to be sent is taken back when it is opened in Drafts', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7' });
  await tab.compose.editDraft('m7');
  tab.compose.change({ text: 'zwei' });
  await tab.compose.send();
  await tab.compose.editDraft('m7');
  expect(now()?.composition).toMatchObject({ draft: 'd7', text: 'zwei' });
  expect(await waitingOf(tab.mirror)).toEqual([]);
});

// What came to nothing.

/** A mail that was sent and of which the server says this. → the action. */
async function sentAnd(state: 'held' | 'failed' | 'unknown', detail: string): Promise<string> {
  await tab.compose.composeReply('m1', 'reply');
  tab.compose.change({ text: 'Morgen.' });
  const draft = draftNow();
  await tab.compose.send();
  const id = (await waitingOf(tab.mirror))[0]?.id ?? '';
  await markTried(tab.mirror, [id]);
  await markSent(tab.mirror, [id]);
  await practice.settle(id, { kind: 'send', draft, state, detail });
  return id;
}

test.each(['held', 'failed'] as const)(
  'a mail that is %s is written on from here, and sent in its place',
  async (state) => {
    serve({});
    const id = await sentAnd(state, 'answered');
    const [facts] = await allFacts(tab.mirror);
    const seen = await practice.feed({});
    await tab.compose.editAction(id);
    expect(now()?.composition).toMatchObject({ draft: facts?.id, text: 'Morgen.' });
    await tab.compose.send();
    // What it was held for its writer has seen by now.
    expect(await waitingOf(tab.mirror)).toMatchObject([
      { kind: 'send', instead: id, base_seq: seen, composition: { draft: facts?.id } },
    ]);
  },
);

test('a mail of which nobody knows whether it was sent goes on as another draft', async () => {
  const id = await sentAnd('unknown', 'answer_lost');
  const [facts] = await allFacts(tab.mirror);
  const said = (await draftById(tab.mirror, facts?.id ?? ''))?.writing.composition;
  serve({ 'actions/': () => said });
  await tab.compose.editAction(id);
  expect(now()?.composition).toMatchObject({ text: 'Morgen.', base: 0 });
  expect(draftNow()).not.toBe(facts?.id);
  await tab.compose.closeComposer();
  expect((await waitingOf(tab.mirror)).at(-1)).toMatchObject({ kind: 'draft', composition: { text: 'Morgen.' } });
});

test("another device's mail is had from the server, and is kept here from then on", async () => {
  await practice.feed({ actions: [action('a9', { kind: 'send', draft: 'd9', state: 'held', detail: 'in_trash' })] });
  serve({ 'actions/a9/composition': () => composition('d9', { kind: 'reply', original: 'm1', text: 'Vom Labor' }) });
  expect(await tab.compose.compositionOf('a9')).toMatchObject({ text: 'Vom Labor' });
  await tab.compose.editAction('a9');
  expect(now()).toMatchObject({
    composition: { draft: 'd9', text: 'Vom Labor' },
    original: { id: 'm1' },
    saved: 'local',
  });
  await until(async () => (await draftById(tab.mirror, 'd9'))?.writing.instead === 'a9');
});

test('a mail that the server has let go of begins nothing', async () => {
  await practice.feed({ actions: [action('a9', { kind: 'send', draft: 'd9', state: 'failed' })] });
  serve({ 'actions/': () => failure(404, 'missing') });
  expect(await tab.compose.editAction('a9')).toBe(false);
  expect([now(), await tab.compose.compositionOf('a9')]).toEqual([null, null]);
});

test.each([
  ['that cannot be had now stays on its way', noNetwork, ['actions/a9/composition']],
  [
    'that is on the screen is then taken from its way',
    () => composition('d9'),
    ['actions/a9/composition', 'actions/a9/discard'],
  ],
])("another device's mail %s", async (_, answers, asked) => {
  await practice.feed({ actions: [action('a9', { kind: 'send', draft: 'd9', state: 'waiting' })] });
  const log = serve({ 'actions/a9/composition': answers, 'actions/a9/discard': () => ({}) });
  const { decide } = await import('../../../src/ui/activity/decide');
  const [line] = await ledgerOf(tab.mirror);
  await decide(line as LedgerLine, 'undo');
  expect(pathsOf(log)).toEqual(asked);
});

test('a mail that waits in the ledger is on the screen before it is taken from its way', async () => {
  await tab.compose.composeReply('m1', 'reply');
  tab.compose.change({ text: 'Morgen.' });
  await tab.compose.send();
  const [wish] = await waitingOf(tab.mirror);
  await tab.compose.editAction(wish?.id ?? '');
  expect(textNow()).toBe('Morgen.');
  const { discard } = await import('../../../src/state/activity');
  await discard(wish?.id ?? '');
  expect((await waitingOf(tab.mirror)).map((one) => one.kind)).not.toContain('send');
  expect(textNow()).toBe('Morgen.');
});

// Whom it goes to.

test('completion knows whom mail came from, and leaves out who is there already', async () => {
  await tab.compose.composeNew();
  expect(await tab.compose.suggest('ver')).toEqual([VERA]);
  tab.compose.change({ cc: [VERA] });
  expect(await tab.compose.suggest('ver')).toEqual([]);
});
