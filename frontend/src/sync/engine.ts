/** The one tab that syncs: socket, catching up, outbox, offline window.
 *
 *   1  catch up over HTTP when there is no cursor or pages are owed (says also whether we are signed in)
 *   2  the socket: hello(cursor) → what happened since → live
 *   3  the outbox is sent, the offline window is filled
 *   4  it breaks → wait with backoff, or until something says that it may work again → 1
 *
 * Resume, `online` and a pull to refresh begin again at once: an iOS socket looks open and is dead. */
import { isFull, makeRoom } from '../db/bodies';
import { windowsOf } from '../db/messages';
import { readMeta } from '../db/meta';
import type { Mirror } from '../db/vault';
import type { ServerFrame } from '../mail/rows';
import { ApiError } from '../net/api';
import { waitFor } from '../net/backoff';
import { openSocket, type LiveSocket } from '../net/socket';
import type { Bell, Link, News } from './bell';
import { Fill } from './fill';
import { Outgoing } from './outgoing';
import { Presence } from './presence';
import { markFresh, Pull } from './pull';
import { FIRST_ROWS, keptFolders, needOlder, windowOf } from './windows';

const FILL_AFTER_MS = 400;
const FRESH_MS = 2000;

export class Engine {
  private readonly pull: Pull;
  private readonly fill: Fill;
  private readonly outgoing: Outgoing;
  private readonly presence: Presence;
  private link: Link = { kind: 'connecting', asOf: null, since: Date.now(), held: 0, wanted: 0 };
  private socket: LiveSocket | null = null;
  private windowsSent = 0;
  private lookedAt = '';
  private attempt = 0;
  private notedAt = 0;
  private wake: () => void = () => undefined;
  /** Somebody looked: the next pause is none. */
  private hurry = false;
  private fillTimer: ReturnType<typeof setTimeout> | undefined;
  private filling = false;

  constructor(
    private readonly mirror: Mirror,
    private readonly bell: Bell,
    private readonly signal: AbortSignal,
  ) {
    this.pull = new Pull(mirror, bell);
    this.fill = new Fill(mirror, bell, (held, wanted) => this.tell({ held, wanted }));
    const line = {
      isLive: () => this.link.kind === 'live',
      broken: (error: unknown) => this.broken(error),
    };
    this.outgoing = new Outgoing(mirror, bell, line, signal);
    this.presence = new Presence(bell, (words) => this.socket?.sendPresence(words));
  }

  async run(): Promise<void> {
    const stop = this.bell.on((news) => this.hear(news));
    this.link = { ...this.link, asOf: await readMeta(this.mirror.db, 'fresh_at') };
    this.tell({});
    try {
      while (!this.isOver()) {
        await this.connect();
        await this.pause(waitFor(this.attempt++, Math.random));
      }
    } finally {
      stop();
      clearTimeout(this.fillTimer);
      this.outgoing.close();
      this.presence.close();
      this.socket?.close();
    }
  }

  /** One connection, from catching up to its end. */
  private async connect(): Promise<void> {
    this.hurry = false;
    this.tell({ kind: 'connecting' });
    try {
      const { db } = this.mirror;
      const [known, owed] = [await readMeta(db, 'cursor'), await readMeta(db, 'owed')];
      const cursor = known && owed === null ? known : await this.pull.catchUp();
      await this.live({ ...cursor, windows: await windowsOf(this.mirror) });
    } catch (error) {
      this.fail(error);
    }
  }

  private live(hello: Parameters<typeof openSocket>[0]): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.socket = null;
        this.presence.lost();
        this.signal.removeEventListener('abort', close);
        if (this.link.kind === 'live' || this.link.kind === 'connecting') this.tell({ kind: 'down' });
        resolve();
      };
      const close = (): void => this.socket?.close();
      this.windowsSent = 0;
      this.socket = openSocket(hello, {
        frame: (frame) => void this.take(frame).catch((error: unknown) => this.broken(error)),
        closed: over,
      });
      this.signal.addEventListener('abort', close);
    });
  }

  private async take(frame: ServerFrame): Promise<void> {
    if (frame.type === 'signed_out') return this.broken(new ApiError(401, 'signed_out'));
    if (frame.type === 'changes') await this.pull.take(frame);
    else if (frame.type === 'reset') await this.pull.catchUp();
    else if (frame.type === 'present') return this.presence.take(frame.present);
    else await this.beat(frame.seq, frame.windows);
    this.attempt = 0;
    if (this.link.kind !== 'live') this.cameUp();
    await this.noteFresh(Date.now());
    this.fillSoon();
  }

  /** Shown to the minute: a burst of frames is noted once. */
  private async noteFresh(now: number): Promise<void> {
    if (now - this.notedAt < FRESH_MS) return;
    this.notedAt = now;
    await markFresh(this.mirror, now);
    this.tell({ asOf: now });
  }

  /** The server's seq, and which of our windows it cuts frames to: from then on, what is owed can be paid. */
  private async beat(seq: number, windows: number): Promise<void> {
    const cursor = await readMeta(this.mirror.db, 'cursor');
    const owed = windows >= this.windowsSent ? await readMeta(this.mirror.db, 'owed') : null;
    if (owed !== null || !cursor || cursor.seq < seq) await this.pull.catchUp();
  }

  private cameUp(): void {
    this.hurry = false;
    this.tell({ kind: 'live', asOf: Date.now() });
    if (this.lookedAt) this.socket?.sendLooking(this.lookedAt);
    this.presence.connected();
    this.outgoing.begin();
    void this.firstRows();
  }

  /** The Inbox has rows before anybody looked for them. */
  private async firstRows(): Promise<void> {
    try {
      for (const folder of (await keptFolders(this.mirror)).slice(0, 1)) {
        if (await windowOf(this.mirror, folder.id, 'all')) continue;
        await needOlder(this.mirror, this.bell, folder.id, 'all', FIRST_ROWS);
      }
    } catch (error) {
      this.broken(error);
    }
  }

  private hear(news: News): void {
    this.fill.hear(news);
    this.presence.hear(news);
    this.outgoing.hear(news);
    if (news.kind === 'windows') this.sendWindows().catch((error: unknown) => this.broken(error));
    if (news.kind === 'ask') this.tell({});
    if (news.kind === 'opened' || news.kind === 'everything') this.fillSoon();
    if (news.kind === 'mirror' && news.folders) void this.firstRows();
    if (news.kind === 'look') this.look();
    if (news.kind === 'looking') this.looking(news.folder);
  }

  private looking(folder: string): void {
    this.lookedAt = folder;
    this.socket?.sendLooking(folder);
  }

  /** Somebody says that it may work again, or that a socket may be dead. */
  private look(): void {
    this.attempt = 0;
    this.hurry = true;
    this.socket?.close();
    this.wake();
  }

  private async sendWindows(): Promise<void> {
    const windows = await windowsOf(this.mirror);
    if (!this.socket) return;
    this.windowsSent += 1;
    this.socket.sendWindows(windows);
  }

  private fillSoon(): void {
    clearTimeout(this.fillTimer);
    if (this.link.kind !== 'live') return;
    this.fillTimer = setTimeout(() => void this.fillNow(), FILL_AFTER_MS);
  }

  private async fillNow(): Promise<void> {
    if (this.filling) return this.fillSoon();
    this.filling = true;
    try {
      await this.fill.run(this.signal);
    } catch (error) {
      // The socket says whether the network is gone; one failed page is tried again with the next change.
      if (!(error instanceof ApiError) && !this.isOver()) this.mend(error);
    } finally {
      this.filling = false;
    }
  }

  private broken(error: unknown): void {
    this.socket?.close();
    this.fail(error);
  }

  private fail(error: unknown): void {
    // The mirror was closed under it: signed out, or signed in to another account.
    if (this.isOver()) return;
    if (!(error instanceof ApiError)) {
      // This browser's storage: said, and tried again like a line that broke.
      this.tell({ kind: 'down' });
      return this.mend(error);
    }
    if (error.status === 401) this.tell({ kind: 'signed_out' });
    else this.tell({ kind: error.status === 426 ? 'update_required' : 'down' });
  }

  /** A full storage is helped by what can be had again. */
  private mend(error: unknown): void {
    if (isFull(error)) void makeRoom(this.mirror).catch(reportError);
    else reportError(error);
  }

  private tell(change: Partial<Link>): void {
    const since = change.kind && change.kind !== this.link.kind ? Date.now() : this.link.since;
    this.link = { ...this.link, ...change, since };
    this.bell.ring({ kind: 'link', link: this.link });
  }

  private isOver(): boolean {
    return this.signal.aborted;
  }

  private pause(ms: number): Promise<void> {
    if (this.isOver() || this.hurry) return Promise.resolve();
    const { signal } = this;
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      this.wake = done;
      signal.addEventListener('abort', done);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
