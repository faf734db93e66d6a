import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allFacts, draftById, factsOf } from '../../../src/db/compositions';
import { markSent, markTried, waitingOf } from '../../../src/db/outbox';
import { ANSWERED } from '../../../src/mail/flags';
import { Practice, VERA } from '../support/practice';
import { action, message } from '../support/rows';
import { noNetwork, serve } from '../support/server';
import { until } from '../support/until';

/** A mail leaves the screen: sent, thrown away or put away; and comes back. */

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
const draftNow = (): string => now()?.composition.draft ?? '';
const waiting = async () => waitingOf(tab.mirror);
const kinds = async (): Promise<string[]> => (await waiting()).map((wish) => wish.kind);
const toast = () => get(tab.act.toast);

async function answer(text = 'Morgen.'): Promise<string> {
  await tab.compose.composeReply('m1', 'reply');
  tab.compose.change({ text });
  return draftNow();
}

test('a mail that is sent leaves the screen, waits in the outbox, and shows on what it answers at once', async () => {
  const draft = await answer();
  expect(await tab.compose.send()).toBe(true);
  expect(now()).toBeNull();
  expect(get(tab.route.route)).toMatchObject({ view: 'mail' });
  const [wish] = await waiting();
  expect(wish).toMatchObject({
    kind: 'send',
    targets: ['m1'],
    args: { hold_ms: 10_000 },
    composition: { draft, text: 'Morgen.' },
  });
  expect(toast()).toMatchObject({ text: { code: 'sending' }, undo: true, until: (wish?.created_at ?? 0) + 10_000 });
  await until(() => (get(tab.wishes.overlay).shown('m1', 'inbox', 0).flags & ANSWERED) !== 0);
  expect(get(tab.wishes.overlay).shown('m1', 'inbox', 0).pending).toBe(true);
});

test('however often Send is pressed, a mail is sent once', async () => {
  await answer();
  expect(await Promise.all([tab.compose.send(), tab.compose.send(), tab.compose.send()])).toEqual([true, true, true]);
  const [wish] = await waiting();
  expect(await kinds()).toEqual(['send']);
  await tab.act.undoLast();
  expect([await kinds(), now()?.composition.text]).toEqual([[], 'Morgen.']);
  expect(wish?.n, 'no wish came before it').toBe(1);
});

test('an answer has seen what there was when it was begun, however long its text lies here', async () => {
  const draft = await answer();
  await tab.compose.closeComposer();
  await practice.feed({ messages: [message('m1', { flags: ANSWERED, seq: 2 })] });
  tab.route.go({ view: 'compose', draft });
  await until(() => now() !== null);
  await tab.compose.send();
  expect((await waiting()).at(-1)).toMatchObject({ kind: 'send', base_seq: 1 });
});

test('an answer that is begun after somebody else’s has seen that', async () => {
  await practice.feed({ messages: [message('m1', { flags: ANSWERED, seq: 2 })] });
  await answer();
  await tab.compose.send();
  expect((await waiting()).at(-1)).toMatchObject({ kind: 'send', base_seq: 2 });
});

test('a draft out of Drafts has seen what there was when it was saved', async () => {
  await practice.draft('m7', 'eins', { draft: 'd7', kind: 'reply', original: 'm1', seq: 1 });
  await practice.feed({ messages: [message('m1', { flags: ANSWERED, seq: 9 })] });
  await tab.compose.editDraft('m7');
  tab.compose.change({ text: 'eins zwei' });
  await tab.compose.send();
  expect((await waiting()).at(-1)).toMatchObject({ kind: 'send', base_seq: 1 });
});

test('it is sent at the earliest when the chosen time to take it back is over', async () => {
  tab.settings.change({ undoSeconds: 30 });
  await answer();
  await tab.compose.send();
  expect((await waiting())[0]?.args.hold_ms).toBe(30_000);
  tab.settings.change({ undoSeconds: 10 });
});

test('taken back before it left, it is on the screen again as it was, and is no longer sent', async () => {
  const draft = await answer();
  await tab.compose.send();
  await tab.act.undoLast();
  expect(now()?.composition).toMatchObject({ draft, text: 'Morgen.' });
  expect([await kinds(), toast()]).toEqual([[], null]);
  expect(await factsOf(tab.mirror, draft)).toMatchObject({ sending: '', closed: false });
});

test('an answer without a letter of one’s own that was taken back is still a draft when it is put away', async () => {
  await tab.compose.composeReply('m1', 'forward');
  const draft = draftNow();
  await tab.compose.send();
  await tab.act.undoLast();
  await tab.compose.closeComposer();
  expect((await waiting())[0]).toMatchObject({ kind: 'draft', composition: { draft } });
});

test('taken back too late, it is said, and nothing comes on the screen', async () => {
  await answer();
  await tab.compose.send();
  const [wish] = await waiting();
  await markTried(tab.mirror, [wish?.id ?? '']);
  await markSent(tab.mirror, [wish?.id ?? '']);
  serve({
    actions: () => ({ accepted: [action(wish?.id ?? '', { state: 'sending', detail: 'accepted' })], refused: [] }),
  });
  await tab.act.undoLast();
  expect([now(), toast()?.text.code]).toEqual([null, 'failed']);
});

test('taken back in a tunnel after it may have left, it is on the screen again, and leaves no more by itself', async () => {
  const draft = await answer();
  await tab.compose.send();
  const [wish] = await waiting();
  await markTried(tab.mirror, [wish?.id ?? '']);
  serve({ actions: noNetwork });
  await tab.act.undoLast();
  expect([now()?.composition, toast()]).toMatchObject([{ draft, text: 'Morgen.' }, null]);
  expect(await waiting()).toMatchObject([{ recalled: true }]);
  await until(() => (get(tab.wishes.overlay).shown('m1', 'inbox', 0).flags & ANSWERED) === 0);
});

test('taken back in a tunnel, it goes on as another mail when it turns out that it had left', async () => {
  const draft = await answer();
  await tab.compose.send();
  const [wish] = await waiting();
  await markTried(tab.mirror, [wish?.id ?? '']);
  serve({ actions: noNetwork });
  await tab.act.undoLast();
  tab.compose.change({ text: 'Übermorgen.' });
  await practice.settle(wish?.id ?? '', { kind: 'send', draft, state: 'done' });
  await until(() => draftNow() !== draft);
  expect(now()).toMatchObject({ composition: { text: 'Übermorgen.', base: 0 }, changedElsewhere: true });
  expect(await kinds()).not.toContain('send');
});

test('what was sent is forgotten here when the server has sent it, not before', async () => {
  const draft = await answer();
  await tab.compose.send();
  const [wish] = await waiting();
  await practice.settle(wish?.id ?? '', { kind: 'send', draft, state: 'sending', detail: 'accepted' });
  expect(await draftById(tab.mirror, draft)).not.toBeNull();
  await practice.settle(wish?.id ?? '', { kind: 'send', draft, state: 'done' });
  expect(await draftById(tab.mirror, draft)).toBeNull();
});

test('what is on its way does not open by its address', async () => {
  const draft = await answer();
  await tab.compose.send();
  tab.route.go({ view: 'compose', draft });
  expect(await tab.current.showStored(draft)).toBe(false);
  expect(now()).toBeNull();
});

test('put away, it is wished into Drafts and can be opened from what is not there yet', async () => {
  const draft = await answer();
  await tab.compose.closeComposer();
  expect([now(), await kinds()]).toEqual([null, ['draft']]);
  let named = get(tab.compose.unsaved);
  tab.compose.unsaved.subscribe((value) => (named = value));
  await until(() => named.length === 1);
  expect(named).toMatchObject([{ draft, to: 'Vera', subject: 'Re: Frage', saved: 'waiting' }]);
  tab.route.go({ view: 'compose', draft });
  await until(() => now()?.composition.text === 'Morgen.');
  await practice.settle((await waiting())[0]?.id ?? '', { kind: 'draft', draft });
  await until(() => now()?.saved === 'saved');
});

test('the back gesture puts it away as closing does', async () => {
  await answer();
  tab.route.go({ view: 'mail', folder: 'inbox', message: null });
  await until(() => now() === null);
  expect(await kinds()).toEqual(['draft']);
  expect(get(tab.route.route)).toEqual({ view: 'mail', folder: 'inbox', message: null });
});

test('what was not touched vanishes when it is put away, and so does an empty mail', async () => {
  await tab.compose.composeReply('m1', 'reply');
  await tab.compose.closeComposer();
  await tab.compose.composeNew();
  tab.compose.change({ subject: 'x' });
  tab.compose.change({ subject: '' });
  await tab.compose.closeComposer();
  await until(async () => (await allFacts(tab.mirror)).every((facts) => facts.discarding !== ''));
  expect(await kinds()).toEqual([]);
});

test('thrown away before the server knew of it, it asks nobody, and comes back whole', async () => {
  const draft = await answer();
  await tab.compose.discardDraft();
  expect([now(), await kinds(), toast()?.text.code]).toEqual([null, [], 'draft_discarded']);
  await tab.act.undoLast();
  expect(now()?.composition).toMatchObject({ draft, text: 'Morgen.' });
});

test('thrown away and taken back before the server heard of it, it goes on as the same draft', async () => {
  const draft = await answer();
  await tab.compose.closeComposer();
  await practice.settle((await waiting())[0]?.id ?? '', { kind: 'draft', draft });
  await tab.compose.composeReply('m1', 'reply');
  tab.compose.change({ text: 'Übermorgen.' });
  const second = draftNow();
  await tab.compose.closeComposer();
  await markTried(tab.mirror, [(await waiting())[0]?.id ?? '']);
  tab.route.go({ view: 'compose', draft: second });
  await until(() => now() !== null);
  await tab.compose.discardDraft();
  expect((await waiting()).at(-1)).toMatchObject({ kind: 'discard', args: { draft: second } });
  await tab.act.undoLast();
  expect(now()?.composition.draft).toBe(second);
});

test('thrown away for good at the server, it comes back as another draft with its text and files', async () => {
  const draft = await answer();
  await tab.compose.closeComposer();
  await markTried(tab.mirror, [(await waiting())[0]?.id ?? '']);
  tab.route.go({ view: 'compose', draft });
  await until(() => now() !== null);
  await tab.compose.discardDraft();
  const discard = (await waiting()).at(-1)?.id ?? '';
  await markTried(tab.mirror, [discard]);
  await practice.settle(discard, { kind: 'discard', draft });
  await tab.act.undoLast();
  expect(now()?.composition).toMatchObject({ text: 'Morgen.', base: 0 });
  expect(draftNow()).not.toBe(draft);
  await tab.compose.closeComposer();
  expect((await waiting()).at(-1)).toMatchObject({ kind: 'draft', composition: { text: 'Morgen.' } });
});

test('what speaks against sending is known as it stands', async () => {
  await tab.compose.composeNew({ to: [VERA], text: 'Im Anhang der Befund.' });
  const codes = async () => (await tab.compose.objections()).map((one) => one.code);
  expect(await codes()).toEqual(['unprotected', 'no_subject', 'attachment_missing']);
  tab.compose.change({ subject: 'Befund', text: 'Gute Besserung' });
  tab.compose.setConfidential(true);
  expect(now()).toMatchObject({ confidential: true, composition: { subject: 'Befund (Vertraulich)' } });
  expect(await codes()).toEqual([]);
  tab.compose.setConfidential(false);
  expect(now()?.composition.subject).toBe('Befund');
});

test('what was kept for everybody holds at once', async () => {
  serve({
    session: () => ({ csrf: 'token' }),
    domains: () => new Response(null, { status: 204 }),
    smtp: noNetwork,
  });
  await tab.compose.composeNew({ to: [VERA], subject: 'Befund' });
  expect(await tab.compose.objections()).toMatchObject([{ code: 'unprotected' }]);
  expect(await tab.writing.judgeDomain('example.org', true)).toEqual({ ok: true });
  expect(get(tab.writing.protectedDomains)).toEqual(['example.org']);
  expect(await tab.compose.objections()).toEqual([]);
  expect(await tab.writing.saveSmtp('mail.example.org', 587, 'starttls')).toEqual({ ok: false, code: 'network' });
});

test('the HIN marker is of the writer’s language, whatever the text is in', async () => {
  tab.settings.change({ language: 'de' });
  await tab.compose.composeNew({ subject: 'Résultats', text: 'Bonjour, je vous envoie les résultats de la patiente.' });
  tab.compose.setConfidential(true);
  expect(now()?.composition.subject).toBe('Résultats (Vertraulich)');
  tab.settings.change({ language: '' });
});
