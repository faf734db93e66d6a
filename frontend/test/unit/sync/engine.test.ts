import { newMirror } from '../support/browser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { applyDelta } from '../../../src/db/apply';
import { allHeldBodies, keepBodies } from '../../../src/db/bodies';
import { readMeta } from '../../../src/db/meta';
import type { Mirror } from '../../../src/db/vault';
import type { Delta, ServerFrame } from '../../../src/mail/rows';
import { Bell, type Link } from '../../../src/sync/bell';
import { Engine } from '../../../src/sync/engine';
import { fetchBody } from '../../../src/sync/reading';
import { body, delta, EPOCH, folder, message } from '../support/rows';
import { serve } from '../support/server';

/** How long a pause is; a test that must not wait makes it endless. */
const pause = vi.hoisted(() => ({ ms: 0 }));
vi.mock('../../../src/net/backoff', () => ({ waitFor: () => pause.ms }));

/** The server's end of one websocket. */
class Socket extends EventTarget {
  static readonly OPEN = 1;
  static readonly opened: Socket[] = [];
  readyState = Socket.OPEN;
  readonly said: Record<string, unknown>[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: () => void = () => undefined;

  constructor() {
    super();
    Socket.opened.push(this);
    queueMicrotask(() => this.onopen());
  }
  send(text: string): void {
    this.said.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  tell(frame: ServerFrame): void {
    this.onmessage({ data: JSON.stringify(frame) });
  }
}

const over: (() => void)[] = [];
beforeEach(() => {
  pause.ms = 0;
  Socket.opened.length = 0;
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('location', new URL('https://praxis.example/'));
  vi.stubGlobal('reportError', () => undefined);
});
afterEach(() => over.splice(0).forEach((end) => end()));

type Desk = { mirror: Mirror; bell: Bell; links: Link['kind'][]; socket: (n: number) => Promise<Socket> };

/** A desk that is connected and live at seq 5. */
async function desk(): Promise<Desk> {
  const mirror = await newMirror();
  const rows = [message('read', { flags: 1, received_at: 1 }), message('unread', { received_at: 2 })];
  await applyDelta(mirror, delta(0, 5, { messages: rows, folders: [folder('inbox', { role: 'inbox' })] }));
  serve({
    folders: () => ({ epoch: EPOCH, seq: 5, messages: [], down_to: null, complete: true }),
    changes: ({ body: asked }) => delta((asked as { since: number }).since, 5),
  });
  const bell = new Bell(mirror.account);
  const ends = new AbortController();
  const links: Link['kind'][] = [];
  bell.on((news) => {
    if (news.kind === 'link') links.push(news.link.kind);
  });
  over.push(() => {
    ends.abort();
    bell.close();
  });
  void new Engine(mirror, bell, ends.signal).run();
  const socket = async (n: number): Promise<Socket> => {
    await vi.waitFor(() => expect(Socket.opened.length).toBeGreaterThanOrEqual(n));
    const found = Socket.opened[n - 1] as Socket;
    await vi.waitFor(() => expect(found.said.length).toBeGreaterThan(0));
    return found;
  };
  (await socket(1)).tell({ type: 'heartbeat', seq: 5, windows: 0 });
  await vi.waitFor(() => expect(links.at(-1)).toBe('live'));
  return { mirror, bell, links, socket };
}

const news = (prev: number): ServerFrame => ({ type: 'changes', ...(delta(prev, prev + 1) as Required<Delta>) });
const cursorOf = async (mirror: Mirror): Promise<number | undefined> => (await readMeta(mirror.db, 'cursor'))?.seq;

test('a storage that fails once ends the connection, and the next one goes on', async () => {
  const { mirror, links, socket } = await desk();
  vi.spyOn(mirror.db.folders, 'bulkPut').mockRejectedValueOnce(new DOMException('gone', 'UnknownError'));
  (await socket(1)).tell(news(5));
  const next = await socket(2);
  expect(links).toContain('down');
  expect(next.said[0]).toMatchObject({ type: 'hello', seq: 5 });
  next.tell(news(5));
  await vi.waitFor(async () => expect(await cursorOf(mirror)).toBe(6));
  expect(links.at(-1)).toBe('live');
});

test('a full browser makes room before it goes on, in the end with what is unread too', async () => {
  const { mirror, socket } = await desk();
  await keepBodies(mirror, [body('read'), body('unread')]);
  const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  vi.spyOn(mirror.db.folders, 'bulkPut').mockRejectedValueOnce(full);
  (await socket(1)).tell(news(5));
  (await socket(2)).tell(news(5));
  await vi.waitFor(async () => expect(await cursorOf(mirror)).toBe(6));
  await vi.waitFor(async () => expect((await allHeldBodies(mirror)).size).toBe(0));
});

test('who looks while a socket is open does not wait for the next one', async () => {
  const { bell, socket } = await desk();
  pause.ms = 2 ** 30;
  bell.ring({ kind: 'look' });
  expect((await socket(2)).said[0]).toMatchObject({ type: 'hello' });
});

test('who looks during a pause ends it', async () => {
  const { links, bell, socket } = await desk();
  pause.ms = 2 ** 30;
  (await socket(1)).onclose();
  await vi.waitFor(() => expect(links.at(-1)).toBe('down'));
  await new Promise((later) => setTimeout(later));
  bell.ring({ kind: 'look' });
  await socket(2);
});

test('a text that a full browser cannot keep is shown all the same', async () => {
  const { mirror, bell } = await desk();
  const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  vi.spyOn(mirror.db.bodies, 'bulkPut').mockRejectedValue(full);
  serve({ bodies: () => ({ bodies: [body('read')], missing: [] }) });
  expect(await fetchBody(mirror, bell, 'read')).toEqual({ body: body('read') });
});

test('a storage that fails while the offline window is filled does not call a live line offline', async () => {
  const { mirror, links } = await desk();
  const told = new Promise((resolve) => vi.stubGlobal('reportError', resolve));
  vi.spyOn(mirror.db.bodies, 'orderBy').mockImplementation(() => {
    throw new DOMException('gone', 'UnknownError');
  });
  await told;
  expect([links.at(-1), Socket.opened.length]).toEqual(['live', 1]);
});
