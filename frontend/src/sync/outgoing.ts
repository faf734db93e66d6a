/** What leaves this device, each at its time: wishes at once, files behind them, drafts that were left behind last.
 *
 *  Without a network the link says so, and everything goes on when it is back; a server in trouble is asked again later.
 *  A chunk of a file that did not get through is tried again without ending the connection that the text needs. */
import { isFull } from '../db/bodies';
import { waitFor } from '../net/backoff';
import { ApiError } from '../net/api';
import type { Mirror } from '../db/vault';
import type { Bell, News } from './bell';
import { saveLeftBehind, sweepUploads } from './drafting';
import { push } from './push';
import { Uploads } from './uploads';

type Line = {
  isLive: () => boolean;
  /** Told of what only the engine can deal with: no network, signed out, a defect. */
  broken: (error: unknown) => void;
};

export class Outgoing {
  private readonly uploads: Uploads;
  private pushed: Promise<void> | null = null;
  private pushAgain = false;
  private pushAttempt = 0;
  private pushTimer: ReturnType<typeof setTimeout> | undefined;
  private uploading = false;
  private uploadAgain = false;
  private uploadAttempt = 0;
  private uploadTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly mirror: Mirror,
    private readonly bell: Bell,
    private readonly line: Line,
    private readonly signal: AbortSignal,
  ) {
    this.uploads = new Uploads(mirror, {
      told: (draft) => bell.ring({ kind: 'uploads', draft }),
      turn: async () => {
        while (this.pushed) await this.pushed;
      },
      signal,
    });
  }

  /** The connection is up. */
  begin(): void {
    this.uploadAttempt = 0;
    this.pushNow();
    this.uploadNow();
    void this.guarded(() => sweepUploads(this.mirror, Date.now()));
  }

  close(): void {
    clearTimeout(this.pushTimer);
    clearTimeout(this.uploadTimer);
  }

  hear(news: News): void {
    if (news.kind === 'outbox') this.pushNow();
    if (news.kind === 'files') this.uploadNow();
  }

  pushNow(): void {
    if (this.pushed) {
      this.pushAgain = true;
      return;
    }
    this.pushAgain = false;
    this.pushed = push(this.mirror, () => this.bell.ring({ kind: 'sent' }))
      .then(() => this.pushEnded())
      .catch((error: unknown) => this.pushFailed(error))
      .finally(() => {
        this.pushed = null;
        if (this.pushAgain) this.pushNow();
      });
  }

  uploadNow(): void {
    if (!this.line.isLive() || this.signal.aborted) return;
    if (this.uploading) {
      this.uploadAgain = true;
      return;
    }
    this.uploading = true;
    this.uploadAgain = false;
    clearTimeout(this.uploadTimer);
    this.uploads
      .run()
      .then(() => {
        this.uploadAttempt = 0;
        this.pushNow(); // what waited for its files
      })
      .catch((error: unknown) => this.uploadFailed(error))
      .finally(() => {
        this.uploading = false;
        if (this.uploadAgain && this.uploadAttempt === 0) this.uploadNow();
      });
  }

  private async pushEnded(): Promise<void> {
    this.pushAttempt = 0;
    await this.guarded(() => saveLeftBehind(this.mirror, this.bell, Date.now()));
  }

  private pushFailed(error: unknown): void {
    if (!(error instanceof ApiError) || error.status < 500) return this.line.broken(error);
    clearTimeout(this.pushTimer);
    this.pushTimer = setTimeout(() => this.pushNow(), waitFor(this.pushAttempt++, Math.random));
  }

  private uploadFailed(error: unknown): void {
    if (!(error instanceof ApiError) || !error.passing) return this.line.broken(error);
    clearTimeout(this.uploadTimer);
    this.uploadTimer = setTimeout(() => this.uploadNow(), waitFor(this.uploadAttempt++, Math.random));
  }

  /** Tidying: a full device has nothing to spare for it, and tries again with the next wish. */
  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFull(error)) this.line.broken(error);
    }
  }
}
