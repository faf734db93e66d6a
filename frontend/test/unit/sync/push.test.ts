import { newMirror } from '../support/browser';
import { afterEach, expect, test } from 'vitest';
import { sendDraft, saveDraft } from '../../../src/db/compositions';
import { enqueue, waitingOf, withdraw } from '../../../src/db/outbox';
import { keepUpload, noteSent } from '../../../src/db/uploads';
import type { Mirror } from '../../../src/db/vault';
import type { Intent } from '../../../src/mail/rows';
import { push } from '../../../src/sync/push';
import { attached, composition } from '../support/rows';
import { failure, noNetwork, pathsOf, serve, type Asked } from '../support/server';

const read = (target: string) => ({ kind: 'flag' as const, targets: [target], args: { add: 1 } });
const sentIn = ({ body }: Asked): Intent[] => (body as { actions: Intent[] }).actions;
const taken = (): unknown => ({ accepted: [], refused: [] });
const states = async (mirror: Mirror): Promise<string[]> => (await waitingOf(mirror)).map((wish) => wish.state);

async function desk(wishes: number): Promise<{ mirror: Mirror; told: () => void; count: () => number }> {
  const mirror = await newMirror();
  await enqueue(
    mirror,
    Array.from({ length: wishes }, (_, at) => read(`m${at}`)),
    1,
  );
  let times = 0;
  return { mirror, told: () => (times += 1), count: () => times };
}

test('what waits is sent in its order, fifty at a time, and others are told after each', async () => {
  const { mirror, told, count } = await desk(60);
  const log = serve({ actions: taken });
  await push(mirror, told);
  expect(log.map((asked) => sentIn(asked).length)).toEqual([50, 10]);
  expect(log.flatMap(sentIn).map((wish) => wish.n)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  expect([count(), new Set(await states(mirror))]).toEqual([2, new Set(['sent'])]);
});

test('the server gets the wish and nothing of how it waited', async () => {
  const { mirror, told } = await desk(1);
  const log = serve({ actions: taken });
  await push(mirror, told);
  const [wish] = log.flatMap(sentIn);
  expect(Object.keys(wish ?? {}).sort()).toEqual(['ago_ms', 'args', 'base_seq', 'id', 'kind', 'n', 'targets', 'v']);
});

test('an empty outbox asks nothing', async () => {
  const { mirror, told } = await desk(0);
  const log = serve({});
  await push(mirror, told);
  expect(log).toEqual([]);
});

test('a batch that is refused whole is sent one by one, and only the bad one stays', async () => {
  const { mirror, told } = await desk(3);
  const bad = (asked: Asked): boolean => sentIn(asked).some((wish) => wish.targets[0] === 'm1');
  const log = serve({ actions: (asked) => (bad(asked) ? failure(422, 'bad_input') : taken()) });
  await push(mirror, told);
  expect(log.map((asked) => sentIn(asked).length)).toEqual([3, 1, 1, 1]);
  expect((await waitingOf(mirror)).map((wish) => [wish.state, wish.code])).toEqual([
    ['sent', ''],
    ['refused', 'bad_input'],
    ['sent', ''],
  ]);
});

test.each([
  ['no network', noNetwork, 0],
  ['a server in trouble', () => failure(503, 'http_503'), 503],
  ['a session that ended', () => failure(401, 'signed_out'), 401],
])('with %s everything waits on', async (_, answer, status) => {
  const { mirror, told, count } = await desk(2);
  serve({ actions: answer });
  await expect(push(mirror, told)).rejects.toMatchObject({ status });
  expect([await states(mirror), count()]).toEqual([['waiting', 'waiting'], 0]);
});

test('a wish taken back just before it is sent is not sent', async () => {
  const { mirror, told } = await desk(2);
  const log = serve({ actions: taken });
  const open = mirror.codec.open.bind(mirror.codec);
  const [first] = await waitingOf(mirror);
  let read = false;
  mirror.codec.open = async <T>(...args: Parameters<typeof open>): Promise<T> => {
    // push has read the outbox and is opening what it found.
    if (!read) {
      read = true;
      expect(await withdraw(mirror, first?.id ?? '')).toBe(true);
    }
    return open<T>(...args);
  };
  await push(mirror, told);
  expect(log.flatMap(sentIn).map((wish) => wish.n)).toEqual([2]);
});

test('when all of it was taken back just before, nothing is asked', async () => {
  const { mirror, told } = await desk(1);
  const log = serve({});
  const open = mirror.codec.open.bind(mirror.codec);
  mirror.codec.open = async <T>(...args: Parameters<typeof open>): Promise<T> => {
    await mirror.db.outbox.clear();
    return open<T>(...args);
  };
  await push(mirror, told);
  expect(log).toEqual([]);
});

/** What the browser believes; it may be wrong. */
function believe(onLine: boolean): void {
  Object.assign(navigator, { onLine });
}
afterEach(() => believe(true));

test('though the browser believes that there is no network, what the server took cannot be taken back', async () => {
  const { mirror, told } = await desk(1);
  believe(false);
  let during: boolean | undefined;
  const [wish] = await waitingOf(mirror);
  serve({
    actions: async () => {
      during = await withdraw(mirror, wish?.id ?? '');
      return taken();
    },
  });
  await push(mirror, told);
  expect([during, await withdraw(mirror, wish?.id ?? '')]).toEqual([false, false]);
});

test('without a network what was never tried can be taken back, what had been tried cannot', async () => {
  const { mirror, told } = await desk(1);
  const [old] = await waitingOf(mirror);
  serve({ actions: noNetwork });
  await expect(push(mirror, told)).rejects.toMatchObject({ status: 0 });
  await enqueue(mirror, [read('new')], 2);
  const [, fresh] = await waitingOf(mirror);
  believe(false);
  await expect(push(mirror, told)).rejects.toMatchObject({ status: 0 });
  expect([await withdraw(mirror, old?.id ?? ''), await withdraw(mirror, fresh?.id ?? '')]).toEqual([false, true]);
});

const mail = (draft: string, ...files: string[]) => ({
  composition: composition(draft, { files: files.map((id) => attached(id)) }),
  original: null,
  message: '',
  instead: '',
});

test('a mail whose files are on their way stays behind, and leaves once they are there', async () => {
  const { mirror, told } = await desk(0);
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  await sendDraft(mirror, mail('d1', 'f1'), 1, 1, 0);
  await enqueue(mirror, [read('m1')], 1);
  const log = serve({ actions: taken });
  await push(mirror, told);
  expect(log.flatMap(sentIn).map((wish) => wish.kind)).toEqual(['flag']);
  await noteSent(mirror, 'f1', 4);
  await push(mirror, told);
  expect(log.flatMap(sentIn).map((wish) => wish.kind)).toEqual(['flag', 'send']);
});

test('a draft does not wait for its files: that version is saved without them', async () => {
  const { mirror, told } = await desk(0);
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  await saveDraft(mirror, mail('d1', 'f1', 'f2'), 1, 1);
  const log = serve({ actions: taken });
  await push(mirror, told);
  expect(log.flatMap(sentIn).map((wish) => wish.composition?.files.map((file) => file.id))).toEqual([['f2']]);
});

test('many long texts leave in several requests', async () => {
  const { mirror, told } = await desk(0);
  for (const draft of ['d1', 'd2', 'd3']) {
    const long = composition(draft, { text: 'x'.repeat(400_000) });
    await saveDraft(mirror, { ...mail(draft), composition: long }, 1, 1);
  }
  const log = serve({ actions: taken });
  await push(mirror, told);
  expect(log.map((asked) => sentIn(asked).length)).toEqual([2, 1]);
});

test('the mail that this one is sent in place of is given up once this one was taken', async () => {
  const { mirror, told } = await desk(0);
  await sendDraft(mirror, { ...mail('d1'), instead: 'a1' }, 1, 1, 0);
  const log = serve({ 'actions/a1/discard': () => failure(503, 'http_503'), actions: taken });
  await push(mirror, told);
  expect(pathsOf(log)).toEqual(['actions', 'actions/a1/discard']);
  expect(await states(mirror)).toEqual(['sent']);
});

test('a mail that is refused gives nothing else up', async () => {
  const { mirror, told } = await desk(0);
  const wish = await sendDraft(mirror, { ...mail('d1'), instead: 'a1' }, 1, 1, 0);
  const log = serve({ actions: () => ({ accepted: [], refused: [{ id: wish.id, code: 'missing' }] }) });
  await push(mirror, told);
  expect(pathsOf(log)).toEqual(['actions']);
  expect(await states(mirror)).toEqual(['refused']);
});
