/** Server → mirror. One change after the other, in the order of `seq`.
 *
 *   begin     no cursor: snapshot (folders, ledger, account), then windows come as pages
 *   catchUp   POST /changes from the cursor, or from further back where pages are owed
 *   take      a live frame: applied only if it begins at our seq, else catchUp
 *   reset     the cursor is lost: start over; bodies and the outbox stay
 *
 * Each step ends with a transaction that holds the new cursor; a browser killed anywhere goes on from the last one. */
import { applyDelta, startOver } from '../db/apply';
import { windowsOf } from '../db/messages';
import { readMeta, writeMeta, type Cursor } from '../db/meta';
import type { Mirror } from '../db/vault';
import type { Delta } from '../mail/rows';
import { api } from '../net/api';
import type { Bell } from './bell';

export class Pull {
  private tail: Promise<unknown> = Promise.resolve();
  /** Where the mirror stood when we last wrote it: asking it before each frame is what a change on the screen would wait
   *  for. The transaction looks again. */
  private cursor: Cursor | null = null;

  constructor(
    private readonly mirror: Mirror,
    private readonly bell: Bell,
  ) {}

  /** Until the mirror is what the server was at some moment during the call. → where it stands. */
  catchUp(): Promise<Cursor> {
    return this.inTurn(() => this.catchUpNow());
  }

  /** A frame of the socket. */
  take(delta: Delta): Promise<Cursor> {
    return this.inTurn(async () => {
      const cursor = this.cursor ?? (await readMeta(this.mirror.db, 'cursor'));
      if (cursor?.epoch === delta.epoch && delta.seq <= cursor.seq) return cursor;
      if (cursor?.epoch !== delta.epoch || cursor.seq !== delta.prev) return this.catchUpNow();
      return (await applyDelta(this.mirror, delta, cursor)) ? this.applied(delta) : this.catchUpNow();
    });
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = this.tail.then(step, step);
    this.tail = next.catch(() => undefined);
    return next;
  }

  private async catchUpNow(): Promise<Cursor> {
    const { db } = this.mirror;
    let cursor = (this.cursor = await readMeta(db, 'cursor'));
    const owed = await readMeta(db, 'owed');
    if (!cursor) return this.begin();
    let since = Math.min(cursor.seq, owed?.since ?? cursor.seq);
    for (let more = true; more;) {
      const delta = await api.changes(cursor.epoch, since, await windowsOf(this.mirror));
      if ('reset' in delta) return this.begin();
      // Behind the cursor nothing is applied by halves: only what reaches it counts.
      if (delta.seq >= cursor.seq || delta.more) {
        const reached = { ...delta, seq: Math.max(cursor.seq, delta.seq) };
        await applyDelta(this.mirror, reached);
        cursor = this.applied(reached);
      }
      since = delta.seq;
      more = delta.more;
    }
    await this.settle(owed);
    return cursor;
  }

  private async begin(): Promise<Cursor> {
    const snapshot = await api.snapshot();
    await startOver(this.mirror, snapshot);
    this.bell.ring({ kind: 'everything' });
    this.cursor = { epoch: snapshot.epoch, seq: snapshot.seq };
    return this.cursor;
  }

  private applied(delta: Delta): Cursor {
    this.cursor = { epoch: delta.epoch, seq: delta.seq };
    const messages = [...(delta.messages ?? []).map((row) => row.id), ...(delta.lost ?? [])];
    const folders = (delta.folders ?? []).length + (delta.lost_folders ?? []).length > 0;
    const actions = (delta.actions ?? []).length > 0;
    this.bell.ring({ kind: 'mirror', messages, folders, actions, account: Boolean(delta.account) });
    this.tellEntries(delta);
    return this.cursor;
  }

  private tellEntries(delta: Delta): void {
    if (changesBook(delta)) this.bell.ring({ kind: 'book' });
    for (const draft of new Set((delta.actions ?? []).map((row) => row.draft))) {
      if (draft) this.bell.ring({ kind: 'compositions', draft, by: '' });
    }
  }

  /** What was owed when we began is paid; a page that came meanwhile stays owed. */
  private async settle(owed: { pages: number } | null): Promise<void> {
    const { db } = this.mirror;
    await db.transaction('rw', db.meta, async () => {
      if (owed && (await readMeta(db, 'owed'))?.pages === owed.pages) await db.meta.delete('owed');
    });
  }
}

const changesBook = ({ contacts, blocks, lost_entries }: Delta): boolean =>
  [contacts, blocks, lost_entries].some((changed) => changed && changed.length > 0);

export async function markFresh(mirror: Mirror, now: number): Promise<void> {
  await writeMeta(mirror.db, 'fresh_at', now);
}
