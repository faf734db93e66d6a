import { newMirror } from '../support/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { bodyOf, keepBodies } from '../../../src/db/bodies';
import {
  allFacts,
  closeDraft,
  factsOf,
  keepDraft,
  reopen,
  saveDraft,
  sendDraft,
  throwAway,
} from '../../../src/db/compositions';
import { storePage } from '../../../src/db/messages';
import { markSent, markTried, recall, waitingOf, withdraw, type Waiting } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import type { ActionRow } from '../../../src/mail/rows';
import { Bell } from '../../../src/sync/bell';
import { compositionOf, draftLock, messageOf, saveLeftBehind, takeBack } from '../../../src/sync/drafting';
import { push } from '../../../src/sync/push';
import { action, body, composition, delta, folder, message, page } from '../support/rows';
import { failure, noNetwork, pathsOf, serve, type Answer } from '../support/server';
import { until } from '../support/until';

const DAY = 24 * 3_600_000;
const writing = (text = 'one') => ({
  composition: composition('d1', { text }),
  original: null,
  message: '',
  instead: '',
});
const bells: Bell[] = [];
function bellOf(mirror: Mirror): Bell {
  const bell = new Bell(mirror.account);
  bells.push(bell);
  return bell;
}
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));
const kinds = async (mirror: Mirror): Promise<string[]> =>
  (await waitingOf(mirror)).map((wish) => `${wish.kind} ${wish.composition?.text ?? ''}`);

async function left(mirror: Mirror, now = 10): Promise<string[]> {
  await saveLeftBehind(mirror, bellOf(mirror), now);
  return kinds(mirror);
}

test('a text that a killed tab left behind is wished into Drafts', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 1, 1);
  expect(await left(mirror)).toEqual(['draft one']);
  expect(await left(mirror)).toEqual(['draft one']);
});

test('a text that somebody has open is not touched', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 1, 1);
  await navigator.locks.request(draftLock(mirror, 'd1'), async () => {
    expect(await left(mirror)).toEqual([]);
  });
});

test('what was not touched, is being sent, was thrown away or came to nothing is not wished', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 0, 1);
  expect(await left(mirror)).toEqual([]);
  await sendDraft(mirror, writing(), 1, 1, 0);
  expect(await left(mirror)).toEqual(['send one']);
  await throwAway(mirror, writing(), 1, 1);
  expect(await left(mirror)).toEqual([]);
  await mirror.db.compositions.update('d1', { discarding: '', code: 'bad_input' });
  expect(await left(mirror)).toEqual([]);
});

test('what a tab left open without anything to lose goes after a day', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 0, 1);
  await left(mirror, DAY);
  expect(await allFacts(mirror)).toHaveLength(1);
  await left(mirror, DAY + 2);
  expect(await allFacts(mirror)).toEqual([]);
});

test('what was thrown away goes after an hour', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 1, 1);
  await throwAway(mirror, writing(), 1, 1);
  await left(mirror, 3_600_000);
  expect(await allFacts(mirror)).toHaveLength(1);
  await left(mirror, 3_600_002);
  expect(await allFacts(mirror)).toEqual([]);
});

/** A mail on its way: `how` far. */
async function sending(how: 'here' | 'tried' | 'sent'): Promise<{ mirror: Mirror; wish: Waiting }> {
  const mirror = await newMirror();
  const wish = await sendDraft(mirror, writing(), 1, 1, 10_000);
  if (how !== 'here') await markTried(mirror, [wish.id]);
  if (how === 'sent') await markSent(mirror, [wish.id]);
  return { mirror, wish };
}

test('a mail that has not left is taken back without asking anybody', async () => {
  const { mirror, wish } = await sending('here');
  const log = serve({});
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('back');
  expect([log, await waitingOf(mirror), (await factsOf(mirror, 'd1'))?.sending]).toEqual([[], [], '']);
});

/** The server as it answers about one mail that it has, or has not (null). */
function office(id: string, has: { state: ActionRow['state']; detail: string } | null, canBeGivenUp = true) {
  const lacks = (): Response => failure(404, 'missing');
  let now = has;
  return {
    [`actions/${id}/discard`]: () => {
      if (!now) return lacks();
      if (canBeGivenUp) now = { state: 'noop', detail: 'discarded' };
      return { accepted: [], refused: [] };
    },
    actions: () => ({ accepted: [action(id, (now ??= { state: 'waiting', detail: '' }))], refused: [] }),
  } satisfies Record<string, Answer>;
}

test.each([
  ['tried', null],
  ['sent', { state: 'waiting', detail: '' }],
  ['sent', { state: 'sending', detail: 'greylisted' }],
] as const)('a mail that was %s and is %j there is given up at the server, which says so', async (how, has) => {
  const { mirror, wish } = await sending(how);
  const log = serve(office(wish.id, has));
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('back');
  expect(pathsOf(log)).toEqual(['actions', `actions/${wish.id}/discard`, 'actions']);
  expect([await waitingOf(mirror), (await factsOf(mirror, 'd1'))?.sending]).toEqual([[], '']);
});

test.each([
  ['sending', 'connect'],
  ['sending', 'accepted'],
  ['done', ''],
  ['failed', 'too_large'],
] as const)('a mail that is %s %s already is not taken back', async (state, detail) => {
  const { mirror, wish } = await sending('sent');
  serve(office(wish.id, { state, detail }, false));
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('late');
  expect(await waitingOf(mirror)).toMatchObject([{ state: 'waiting', recalled: false }]);
  expect((await factsOf(mirror, 'd1'))?.sending).toBe(wish.id);
  expect(await withdraw(mirror, wish.id)).toBe(false);
});

test('a mail of which the feed has said that it left is not asked about', async () => {
  const { mirror, wish } = await sending('sent');
  await applyDelta(
    mirror,
    delta(0, 2, { actions: [action(wish.id, { kind: 'send', state: 'sending', detail: 'accepted' })] }),
  );
  const log = serve({});
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('late');
  expect(log).toEqual([]);
});

test.each(['refused', 'unreadable'])('a mail that the server would not take (%s) is back', async (how) => {
  const { mirror, wish } = await sending('tried');
  const no = { accepted: [], refused: [{ id: wish.id, code: 'missing' }] };
  serve({ ...office(wish.id, null), actions: () => (how === 'refused' ? no : failure(422, 'bad_input')) });
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('back');
  expect(await waitingOf(mirror)).toEqual([]);
});

test('a mail that the server knows and takes no second time is not said to be back', async () => {
  const { mirror, wish } = await sending('sent');
  const no = { accepted: [], refused: [{ id: wish.id, code: 'missing' }] };
  serve({ ...office(wish.id, { state: 'sending', detail: 'accepted' }), actions: () => no });
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('late');
});

test('taken back without a network, a mail leaves no more before the server was asked', async () => {
  const { mirror, wish } = await sending('tried');
  serve({ actions: noNetwork });
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('asked');
  await expect(push(mirror, () => undefined)).rejects.toThrow('network');
  expect(await waitingOf(mirror)).toMatchObject([{ kind: 'send', recalled: true }]);
  const log = serve(office(wish.id, null));
  await push(mirror, () => undefined);
  expect(pathsOf(log)).toEqual(['actions', `actions/${wish.id}/discard`, 'actions']);
  expect([await waitingOf(mirror), (await factsOf(mirror, 'd1'))?.sending]).toEqual([[], '']);
});

test('a mail that a push has taken back meanwhile is back', async () => {
  const { mirror, wish } = await sending('sent');
  serve(office(wish.id, { state: 'waiting', detail: '' }));
  await recall(mirror, wish.id);
  const pushed = push(mirror, () => undefined);
  expect(await takeBack(mirror, bellOf(mirror), wish.id)).toBe('back');
  await pushed;
});

test('a server that is silent is not waited for, and its late answer counts', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { mirror, wish } = await sending('sent');
  let speak: () => void = () => undefined;
  const silence = new Promise<void>((spoken) => (speak = spoken));
  const answers = office(wish.id, { state: 'waiting', detail: '' });
  const log = serve({ ...answers, actions: () => silence.then(answers.actions) });
  const asked = takeBack(mirror, bellOf(mirror), wish.id);
  await until(() => log.length > 0);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await asked).toBe('asked');
  speak();
  await until(async () => (await waitingOf(mirror)).length === 0);
  expect((await factsOf(mirror, 'd1'))?.sending).toBe('');
  vi.useRealTimers();
});

test('taken back too late, a mail goes its way although its text is written on', async () => {
  const { mirror, wish } = await sending('tried');
  serve({ actions: noNetwork });
  await takeBack(mirror, bellOf(mirror), wish.id);
  await reopen(mirror, 'd1');
  serve(office(wish.id, { state: 'sending', detail: 'accepted' }, false));
  await push(mirror, () => undefined);
  expect(await waitingOf(mirror)).toMatchObject([{ state: 'sent', recalled: false }]);
  expect(await factsOf(mirror, 'd1')).toMatchObject({ sending: '', version: 1 });
});

test('a mail that is over cannot be taken back', async () => {
  const mirror = await newMirror();
  serve({});
  expect(await takeBack(mirror, bellOf(mirror), 'gone')).toBe('late');
});

test('what a mail says is had from the outbox, else from the server, else not at all', async () => {
  const { mirror, wish } = await sending('here');
  const other = composition('d2');
  serve({
    'actions/a2/composition': () => other,
    'actions/a3/composition': () => failure(404, 'missing'),
    'actions/a4/composition': noNetwork,
  });
  const found = await Promise.all([wish.id, 'a2', 'a3', 'a4'].map((id) => compositionOf(mirror, id)));
  expect(found).toEqual([writing().composition, other, null, null]);
});

test('which message in Drafts a draft is, is known from what is held, and asked for once where it is not', async () => {
  const mirror = await newMirror();
  const rows = ['m1', 'm2', 'm3'].map((id, at) => message(id, { folder: 'drafts', received_at: at }));
  await applyDelta(mirror, delta(0, 1, { folders: [folder('drafts', { role: 'drafts' })] }));
  await storePage(mirror, 'drafts', 'all', page(1, rows, { complete: true }));
  const head = (draft: string) => ({
    draft: { draft, kind: 'new' as const, original: '', identity: '', device_name: '', seq: 1 },
  });
  await keepBodies(mirror, [body('m1', head('d1'))]);
  const log = serve({ bodies: () => ({ bodies: [body('m2', head('d2'))], missing: [{ id: 'm3', code: 'gone' }] }) });
  expect(await messageOf(mirror, bellOf(mirror), 'd2')).toBe('m2');
  expect(log[0]?.body).toEqual({ ids: ['m3', 'm2'] });
  serve({ bodies: noNetwork });
  expect([await messageOf(mirror, bellOf(mirror), 'd1'), await messageOf(mirror, bellOf(mirror), 'd9')]).toEqual([
    'm1',
    '',
  ]);
  expect(await bodyOf(mirror, 'm2')).not.toBeNull();
});

test('a mirror without Drafts has no draft in it', async () => {
  const mirror = await newMirror();
  expect(await messageOf(mirror, bellOf(mirror), 'd1')).toBe('');
});

test('whoever writes a draft holds Drafts from then on, whether it was opened here or not', async () => {
  const mirror = await newMirror();
  await applyDelta(mirror, delta(0, 1, { folders: [folder('drafts', { role: 'drafts' })] }));
  const rows = [message('m1', { folder: 'drafts' })];
  const draft = { draft: 'd1', kind: 'new' as const, original: '', identity: '', device_name: '', seq: 1 };
  serve({
    'folders/drafts/messages': () => page(1, rows, { complete: true }),
    bodies: () => ({ bodies: [body('m1', { draft })], missing: [] }),
  });
  expect(await messageOf(mirror, bellOf(mirror), 'd1')).toBe('m1');
  expect(await mirror.db.windows.get('drafts/all')).toMatchObject({ folder: 'drafts' });
});

test('closing what a wish has saved meanwhile lets go of it', async () => {
  const mirror = await newMirror();
  await keepDraft(mirror, writing(), 1, 1);
  const wish = await saveDraft(mirror, writing(), 1, 1);
  await applyDelta(mirror, delta(0, 1, { actions: [action(wish?.id ?? '', { kind: 'draft', draft: 'd1' })] }));
  await closeDraft(mirror, 'd1');
  expect(await allFacts(mirror)).toEqual([]);
});
