import { dump, newMirror, sameMirror } from '../support/browser';
import { expect, test, vi } from 'vitest';
import { applyDelta, applySettled } from '../../../src/db/apply';
import { keepBodies } from '../../../src/db/bodies';
import {
  allDrafts,
  allFacts,
  closeDraft,
  draftById,
  factsOf,
  forgetDraft,
  goOnAs,
  keepDraft,
  openDraft,
  reopen,
  saveDraft,
  sendDraft,
  throwAway,
  type Writing,
} from '../../../src/db/compositions';
import { again, markRefused, markSent, markTried, waitingOf, withdraw, type Waiting } from '../../../src/db/outbox';
import { keepUpload, noteSent, uploadsOf } from '../../../src/db/uploads';
import type { Mirror } from '../../../src/db/vault';
import { HERE } from '../../../src/mail/compose/facts';
import type { ActionRow } from '../../../src/mail/rows';
import { action, body, composition, delta, message } from '../support/rows';

const writing = (text: string, more: Partial<Writing> = {}): Writing => ({
  composition: composition('d1', { text }),
  original: null,
  message: '',
  instead: '',
  ...more,
});
const textOf = async (mirror: Mirror): Promise<string | undefined> =>
  (await draftById(mirror, 'd1'))?.writing.composition.text;
const kinds = async (mirror: Mirror): Promise<string[]> =>
  (await waitingOf(mirror)).map((wish) => `${wish.kind} ${wish.composition?.text ?? ''}`.trim());
const full = (): Error => Object.assign(new Error('full'), { name: 'QuotaExceededError' });

let seq = 0;
/** The feed says what became of a wish. */
async function settle(mirror: Mirror, wish: Waiting | null, change: Partial<ActionRow> = {}): Promise<void> {
  seq += 1;
  const row = action(wish?.id ?? '', { kind: wish?.kind ?? 'draft', draft: 'd1', seq, ...change });
  await applyDelta(mirror, delta(seq - 1, seq, { actions: [row] }));
}

async function written(text = 'one', version = 1): Promise<Mirror> {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(text), version, 5);
  return mirror;
}

test('what was written is there after a restart, as it was written', async () => {
  const mirror = await written('Grüezi\n\n-- \nPraxis');
  mirror.db.close();
  const later = await sameMirror(mirror);
  expect((await draftById(later, 'd1'))?.writing).toEqual(writing('Grüezi\n\n-- \nPraxis'));
  expect(await factsOf(later, 'd1')).toMatchObject({ version: 1, saved: 0, wish: '', updated_at: 5, closed: false });
});

test('an older version never overwrites a newer one', async () => {
  const mirror = await written('new', 3);
  await keepDraft(mirror, writing('old'), 2, 6);
  expect(await textOf(mirror)).toBe('new');
});

test('a wish and its text are stored together or not at all', async () => {
  const mirror = await written('one');
  const before = await dump(mirror);
  vi.spyOn(mirror.db.compositions, 'put').mockRejectedValue(new Error('killed'));
  await expect(saveDraft(mirror, writing('two'), 2, 6)).rejects.toThrow('killed');
  expect(await dump(mirror)).toEqual(before);
});

test('a newer version takes the place of one that has not left', async () => {
  const mirror = await written();
  await saveDraft(mirror, writing('one'), 1, 1);
  await saveDraft(mirror, writing('two'), 2, 2);
  expect(await kinds(mirror)).toEqual(['draft two']);
});

test('a version that was refused goes when the next one is wished', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await markTried(mirror, [wish?.id ?? '']);
  if (wish) await markRefused(mirror, wish, 'bad_input');
  expect(await factsOf(mirror, 'd1')).toMatchObject({ wish: '', code: 'bad_input' });
  await saveDraft(mirror, writing('two'), 2, 2);
  expect(await kinds(mirror)).toEqual(['draft two']);
  expect(await factsOf(mirror, 'd1')).toMatchObject({ code: '' });
});

test('while a version may be on its way no other is wished, once it was taken another one is', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await markTried(mirror, [wish?.id ?? '']);
  expect(await saveDraft(mirror, writing('two'), 2, 2)).toBeNull();
  await markSent(mirror, [wish?.id ?? '']);
  expect(await saveDraft(mirror, writing('two'), 2, 3)).not.toBeNull();
  expect(await kinds(mirror)).toEqual(['draft one', 'draft two']);
});

test('drafts do not take the place of others, nor of other wishes', async () => {
  const mirror = await written();
  await saveDraft(mirror, writing('one'), 1, 1);
  await saveDraft(mirror, { ...writing('x'), composition: composition('d2', { text: 'other' }) }, 1, 2);
  expect(await kinds(mirror)).toEqual(['draft one', 'draft other']);
});

test('what is sent takes the place of all that has not left, and carries what is typed', async () => {
  const mirror = await written();
  await saveDraft(mirror, writing('one'), 1, 1);
  const mail = writing('two', { composition: composition('d1', { text: 'two', kind: 'reply', original: 'm1' }) });
  const wish = await sendDraft(mirror, mail, 2, 9, 10_000);
  expect(wish).toMatchObject({ kind: 'send', targets: ['m1'], args: { hold_ms: 10_000, anyway: false } });
  expect(await kinds(mirror)).toEqual(['send two']);
  expect(await factsOf(mirror, 'd1')).toMatchObject({ sending: wish.id, closed: true, version: 2 });
});

test('an older mail of the same draft that was refused gives way to the next one', async () => {
  const mirror = await written();
  const refused = await sendDraft(mirror, writing('one'), 1, 1, 0);
  await markRefused(mirror, refused, 'bad_address');
  expect((await factsOf(mirror, 'd1'))?.sending).toBe(refused.id);
  await sendDraft(mirror, writing('two', { instead: 'a1' }), 2, 2, 0);
  expect((await waitingOf(mirror)).map((wish) => [wish.composition?.text, wish.instead])).toEqual([['two', 'a1']]);
});

test('a mail that was refused keeps its text, and can be tried again', async () => {
  const mirror = await written();
  const wish = await sendDraft(mirror, writing('one', { instead: 'a1' }), 1, 1, 0);
  await markRefused(mirror, wish, 'missing');
  expect((await waitingOf(mirror))[0]).toEqual({ ...wish, state: 'refused', code: 'missing' });
  expect(await again(mirror, wish.id)).toBe(true);
});

test('in Drafts and closed: nothing of it stays on the device', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await closeDraft(mirror, 'd1');
  expect(await textOf(mirror)).toBe('one');
  await settle(mirror, wish);
  expect([await allDrafts(mirror), await waitingOf(mirror)]).toEqual([[], []]);
});

test('in Drafts and still open: it stays, and is known to be saved', async () => {
  const mirror = await written();
  await settle(mirror, await saveDraft(mirror, writing('one'), 1, 1), { settled_at: 77 });
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: 1, saved_at: 77, wish: '' });
  await closeDraft(mirror, 'd1');
  expect(await allFacts(mirror)).toEqual([]);
});

test('what was typed after the wish stays, even when it is closed', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await keepDraft(mirror, writing('two'), 2, 2);
  await closeDraft(mirror, 'd1');
  await settle(mirror, wish);
  expect(await textOf(mirror)).toBe('two');
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: 1, version: 2 });
});

test('what became of an older wish says nothing of the newest', async () => {
  const mirror = await written();
  const older = await saveDraft(mirror, writing('one'), 1, 1);
  await markTried(mirror, [older?.id ?? '']);
  await markSent(mirror, [older?.id ?? '']);
  const newer = await saveDraft(mirror, writing('two'), 2, 2);
  await settle(mirror, older, { state: 'noop', detail: 'superseded' });
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: 0, wish: newer?.id });
  await settle(mirror, newer);
  expect((await factsOf(mirror, 'd1'))?.saved).toBe(2);
});

test.each([
  ['failed', 'file_gone', 'file_gone'],
  ['noop', 'ended', 'ended'],
  ['failed', '', 'failed'],
] as const)('a version that comes to nothing (%s %s) stays here with the reason', async (state, detail, code) => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await closeDraft(mirror, 'd1');
  await settle(mirror, wish, { state, detail });
  expect(await textOf(mirror)).toBe('one');
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: 0, wish: '', code });
});

test('a second draft is saved all the same', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await settle(mirror, wish, { state: 'conflict', detail: 'second_draft', where: 'd9' });
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: 1, code: '' });
});

test('a mail that was sent leaves nothing behind', async () => {
  const mirror = await written();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  await noteSent(mirror, 'u1', 4);
  const wish = await sendDraft(mirror, writing('one'), 1, 1, 0);
  await settle(mirror, wish, { state: 'sending', detail: 'accepted' });
  expect(await textOf(mirror)).toBe('one');
  await settle(mirror, wish);
  const { compositions, uploads, slices, outbox } = await dump(mirror);
  expect({ compositions, uploads, slices, outbox }).toEqual({ compositions: [], uploads: [], slices: [], outbox: [] });
});

test.each(['after', 'before'])('what another tab stored %s a mail was sent stays when that has left', async (when) => {
  const mirror = await written('one');
  if (when === 'before') await keepDraft(mirror, writing('one two'), 2, 6);
  const wish = await sendDraft(mirror, writing('one'), 1, 7, 0);
  if (when === 'after') await keepDraft(mirror, writing('one two'), 2, 8);
  await settle(mirror, wish);
  expect(await textOf(mirror)).toBe('one two');
  expect(await factsOf(mirror, 'd1')).toMatchObject({ sending: '', code: 'ended', closed: false });
});

test.each(['failed', 'held', 'unknown'] as const)(
  'a mail that is %s keeps its text until somebody decides',
  async (state) => {
    const mirror = await written();
    const wish = await sendDraft(mirror, writing('one'), 1, 1, 0);
    await settle(mirror, wish, { state, detail: 'answered' });
    expect(await textOf(mirror)).toBe('one');
    expect([(await factsOf(mirror, 'd1'))?.sending, await waitingOf(mirror)]).toEqual([wish.id, []]);
    await settle(mirror, wish);
    expect(await allFacts(mirror)).toEqual([]);
  },
);

test.each([
  ['discarded', ''],
  ['already_sent', 'already_sent'],
])('a mail that is not sent after all (%s) is a draft again', async (detail, code) => {
  const mirror = await written();
  const wish = await sendDraft(mirror, writing('one'), 1, 1, 0);
  await settle(mirror, wish, { state: 'noop', detail });
  expect(await factsOf(mirror, 'd1')).toMatchObject({ sending: '', code, version: 1, saved: 0 });
});

test('an answer to a repeat settles drafts as the feed does', async () => {
  const mirror = await written();
  const wish = await sendDraft(mirror, writing('one'), 1, 1, 0);
  await applyDelta(mirror, delta(0, 50));
  await applySettled(mirror, [action(wish.id, { kind: 'send', draft: 'd1', seq: 51 })]);
  expect(await allFacts(mirror)).toHaveLength(1);
  await applySettled(mirror, [action(wish.id, { kind: 'send', draft: 'd1', seq: 50 })]);
  expect(await allFacts(mirror)).toEqual([]);
});

test('a mail or a version that is withdrawn goes on as a draft', async () => {
  const mirror = await written();
  const saving = await saveDraft(mirror, writing('one'), 1, 1);
  expect(await withdraw(mirror, saving?.id ?? '')).toBe(true);
  expect((await factsOf(mirror, 'd1'))?.wish).toBe('');
  const sending = await sendDraft(mirror, writing('one'), 1, 1, 0);
  expect(await withdraw(mirror, sending.id)).toBe(true);
  expect((await factsOf(mirror, 'd1'))?.sending).toBe('');
});

test('what the server never heard of is thrown away here, and can be had back', async () => {
  const mirror = await written();
  await saveDraft(mirror, writing('one'), 1, 1);
  expect(await throwAway(mirror, writing('two'), 2, 2)).toBeNull();
  expect([await kinds(mirror), await factsOf(mirror, 'd1')]).toMatchObject([[], { discarding: HERE, closed: true }]);
  await reopen(mirror, 'd1');
  expect(await factsOf(mirror, 'd1')).toMatchObject({ discarding: '', closed: false });
  expect(await textOf(mirror)).toBe('two');
});

test.each([
  ['it may have heard of', (wish: Waiting | null, mirror: Mirror) => markTried(mirror, [wish?.id ?? ''])],
  ['it has', (wish: Waiting | null, mirror: Mirror) => settle(mirror, wish)],
])('what %s is thrown away there too', async (_, reached) => {
  const mirror = await written();
  await reached(await saveDraft(mirror, writing('one'), 1, 1), mirror);
  const wish = await throwAway(mirror, writing('one', { message: 'm7' }), 1, 2);
  expect(wish).toMatchObject({ kind: 'discard', targets: ['m7'], args: { draft: 'd1' } });
  await settle(mirror, wish);
  expect(await textOf(mirror), 'it may be wanted back').toBe('one');
  await forgetDraft(mirror, 'd1');
  expect(await allFacts(mirror)).toEqual([]);
});

test("another program's draft is thrown away like any mail, as long as nothing of it was saved from here", async () => {
  const mirror = await newMirror();
  const mail = composition('d1', { replaces: 'm7' });
  await keepDraft(mirror, { ...writing('x'), composition: mail }, 1, 1);
  await saveDraft(mirror, { ...writing('x'), composition: mail }, 1, 1);
  const wish = await throwAway(mirror, { ...writing('x', { message: 'm7' }), composition: mail }, 1, 2);
  expect(wish).toMatchObject({ kind: 'trash', targets: ['m7'] });
});

test('throwing away that fails leaves the text that is not in Drafts', async () => {
  const mirror = await written();
  await settle(mirror, await saveDraft(mirror, writing('one'), 1, 1));
  const wish = await throwAway(mirror, writing('two'), 2, 2);
  await settle(mirror, wish, { state: 'failed', detail: 'no_trash' });
  expect(await factsOf(mirror, 'd1')).toMatchObject({ discarding: '', code: 'no_trash' });
  expect(await textOf(mirror)).toBe('two');
});

test('a file that arrived after the text was saved has the text saved once more', async () => {
  const mirror = await written();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await closeDraft(mirror, 'd1');
  await settle(mirror, wish);
  expect(await textOf(mirror), 'its file is only here').toBe('one');
  await noteSent(mirror, 'u1', 4);
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: -1, wish: '' });
  await settle(mirror, await saveDraft(mirror, writing('one'), 1, 3));
  expect(await allFacts(mirror)).toEqual([]);
});

test('a wish that carries a version without the file does not count as the whole', async () => {
  const mirror = await written();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await noteSent(mirror, 'u1', 4);
  await settle(mirror, wish);
  expect(await factsOf(mirror, 'd1')).toMatchObject({ saved: -1, version: 1 });
});

test('opened again before it was saved it stays open', async () => {
  const mirror = await written();
  const wish = await saveDraft(mirror, writing('one'), 1, 1);
  await closeDraft(mirror, 'd1');
  expect((await openDraft(mirror, 'd1'))?.facts).toMatchObject({ closed: false, wish: wish?.id });
  await settle(mirror, wish);
  expect(await textOf(mirror)).toBe('one');
});

test('under another id it has its text and its files', async () => {
  const mirror = await written();
  await keepUpload(mirror, 'u1', 'd1', new Blob(['scan']));
  const facts = await factsOf(mirror, 'd1');
  const other = { ...writing('x'), composition: composition('d2', { text: 'one' }) };
  if (facts) await goOnAs(mirror, 'd1', other, facts);
  expect(await draftById(mirror, 'd1')).toBeNull();
  expect((await draftById(mirror, 'd2'))?.writing).toEqual(other);
  expect((await uploadsOf(mirror, 'd2')).map((row) => row.id)).toEqual(['u1']);
});

test('on a full device everything that can be fetched again gives way to what was written here', async () => {
  const mirror = await newMirror();
  const rows = ['m1', 'm2'].map((id, at) => message(id, { received_at: at }));
  await applyDelta(mirror, delta(0, 1, { messages: rows }));
  await keepBodies(mirror, [body('m1'), body('m2')]);
  const put = vi.spyOn(mirror.db.compositions, 'put');
  put.mockRejectedValueOnce(full());
  await keepDraft(mirror, writing('one'), 1, 1);
  expect(await textOf(mirror)).toBe('one');
  expect((await dump(mirror)).bodies).toEqual([]);
  put.mockRejectedValue(full());
  await expect(keepDraft(mirror, writing('two'), 2, 2)).rejects.toThrow('full');
  expect((await dump(mirror)).messages).toHaveLength(2);
});
