import { newMirror } from '../support/browser';
import { afterEach, expect, test } from 'vitest';
import { keepDraft, sendDraft } from '../../../src/db/compositions';
import { enqueue, waitingOf } from '../../../src/db/outbox';
import { keepUpload, uploadById } from '../../../src/db/uploads';
import type { Mirror } from '../../../src/db/vault';
import { Bell } from '../../../src/sync/bell';
import { Outgoing } from '../../../src/sync/outgoing';
import { attached, composition } from '../support/rows';
import { failure, noNetwork, pathsOf, serve, type Answer } from '../support/server';
import { until } from '../support/until';

const CHUNK = 256 * 1024;
const writing = (text: string, ...files: string[]) => ({
  composition: composition('d1', { text, files: files.map((id) => attached(id)) }),
  original: null,
  message: '',
  instead: '',
});

type Desk = { mirror: Mirror; bell: Bell; outgoing: Outgoing; broken: unknown[]; close: () => void };
const desks: Desk[] = [];
afterEach(() => desks.splice(0).forEach((desk) => desk.close()));

async function desk(live = true): Promise<Desk> {
  const mirror = await newMirror();
  const bell = new Bell(mirror.account);
  const broken: unknown[] = [];
  const leaving = new AbortController();
  const line = { isLive: () => live, broken: (error: unknown) => broken.push(error) };
  const outgoing = new Outgoing(mirror, bell, line, leaving.signal);
  bell.on((news) => outgoing.hear(news));
  const close = (): void => {
    leaving.abort();
    outgoing.close();
    bell.close();
  };
  const one = { mirror, bell, outgoing, broken, close };
  desks.push(one);
  return one;
}

const taken: Answer = () => ({ accepted: [], refused: [] });

/** Takes every chunk. */
function uploads(): Record<string, Answer> {
  const got = new Map<string, number>();
  return {
    'uploads/': ({ path, body }) => {
      const [, id = '', at = ''] = path.split('/');
      got.set(id, Number(at) + (body as Uint8Array).length);
      return { id, received: got.get(id) };
    },
    uploads: ({ body }) => ({ id: '', received: got.get((body as { id: string }).id) ?? 0 }),
  };
}

test('a mail with files leaves when the last of them is there, without anybody doing anything', async () => {
  const { mirror, outgoing, broken } = await desk();
  await keepUpload(mirror, 'f1', 'd1', new Blob([new Uint8Array(2 * CHUNK)]));
  await sendDraft(mirror, writing('one', 'f1'), 1, 1, 0);
  const log = serve({ ...uploads(), actions: taken });
  outgoing.begin();
  await until(async () => (await waitingOf(mirror))[0]?.state === 'sent');
  expect(pathsOf(log)).toEqual(['uploads', 'uploads/f1/0', `uploads/f1/${CHUNK}`, 'actions']);
  expect(broken).toEqual([]);
});

test('a wish that comes while a large file goes up is sent between two chunks', async () => {
  const { mirror, bell, outgoing } = await desk();
  await keepUpload(mirror, 'f1', 'd1', new Blob([new Uint8Array(4 * CHUNK)]));
  const up = uploads();
  const log = serve({
    ...up,
    'uploads/': async (asked) => {
      if (asked.path.endsWith(`/${CHUNK}`)) {
        await enqueue(mirror, [{ kind: 'flag', targets: ['m1'], args: { add: 1 } }], 1);
        bell.ring({ kind: 'outbox' });
      }
      return up['uploads/']?.(asked);
    },
    actions: taken,
  });
  outgoing.begin();
  await until(async () => (await uploadById(mirror, 'f1'))?.state === 'done');
  const paths = pathsOf(log);
  expect(paths.indexOf('actions')).toBe(paths.indexOf(`uploads/f1/${CHUNK}`) + 1);
});

test('a chunk that does not get through is tried again, and the connection that the text needs stays', async () => {
  const { mirror, outgoing, broken } = await desk();
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  const up = uploads();
  let fails = 1;
  serve({ ...up, 'uploads/': (asked) => (fails-- > 0 ? noNetwork() : up['uploads/']?.(asked)) });
  outgoing.begin();
  await until(async () => (await uploadById(mirror, 'f1'))?.state === 'done');
  expect(broken).toEqual([]);
});

test('without a connection nothing is uploaded, and nothing is lost', async () => {
  const { mirror, bell } = await desk(false);
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  const log = serve({});
  bell.ring({ kind: 'files' });
  expect([log, (await uploadById(mirror, 'f1'))?.state]).toEqual([[], 'waiting']);
});

test('a session that has ended is told, whether a wish or a file met it', async () => {
  const { mirror, outgoing, broken } = await desk();
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  await enqueue(mirror, [{ kind: 'flag', targets: ['m1'], args: { add: 1 } }], 1);
  serve({ uploads: () => failure(401, 'signed_out'), actions: () => failure(401, 'signed_out') });
  outgoing.begin();
  await until(() => broken.length === 2);
  expect(broken).toMatchObject([{ status: 401 }, { status: 401 }]);
});

test('a file that arrives after its text was saved and put away has the text saved with it', async () => {
  const { mirror, outgoing } = await desk();
  await keepDraft(mirror, writing('one', 'f1'), 1, 1);
  await mirror.db.compositions.update('d1', { saved: 1, closed: true });
  await keepUpload(mirror, 'f1', 'd1', new Blob(['scan']));
  const log = serve({ ...uploads(), actions: taken });
  outgoing.begin();
  await until(() => pathsOf(log).includes('actions'));
  const sent = log.find((asked) => asked.path === 'actions')?.body;
  expect(sent).toMatchObject({ actions: [{ kind: 'draft', composition: { text: 'one', files: [{ id: 'f1' }] } }] });
});
