/** The text of one mail between the hand and the device.
 *
 *    1  change    in memory, shown at once
 *    2  store     on the device: the first letter at once, then every 700 ms, and when the page is hidden
 *    3  wish      into Drafts: in a pause, in the middle of a long text, and when it is closed
 *    4  settle    the feed says what became of the wish (db/compositions.ts)
 *
 *  Die after 2: the text is here, and is wished by whoever looks next. A full device, or a storage that fails: it stays in
 *  memory, which is said, and is tried again with every letter and every few seconds. */
import {
  closeDraft,
  factsOf,
  forgetDraft,
  goOnAs,
  keepDraft,
  saveDraft,
  sendDraft,
  throwAway,
  type Kept,
  type Writing,
} from '../../db/compositions';
import { isFull } from '../../db/bodies';
import type { Waiting } from '../../db/outbox';
import { begun, type Facts } from '../../mail/compose/facts';
import { storeAt, wishAt } from '../../mail/compose/rhythm';
import { isBlank } from '../../mail/compose/saved';
import type { Composition } from '../../mail/rows';
import type { Mirror } from '../../sync/session';

const FULL_AGAIN_MS = 5000;

type Told = {
  /** Something to show has changed. */
  changed: () => void;
  /** Wishes were stored. */
  wished: () => void;
  /** The text was stored. */
  stored: () => void;
  /** The storage is gone. */
  failed: (error: unknown) => void;
};

/** `room`: the device had room for it. */
export type Ended = { room: boolean; wish: Waiting | null };

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Writer {
  facts: Facts;
  version: number;
  /** The newest text could not be stored. */
  full = false;
  /** False while another tab has it: then nothing is stored. */
  mine = true;
  private stored: number;
  private storedAt = 0;
  private changedAt = 0;
  /** The first change that no wish carries; 0: there is none. */
  private since = 0;
  private stopped = false;
  private tail: Promise<unknown> = Promise.resolve();
  private storeTimer: Timer;
  private wishTimer: Timer;

  constructor(
    private readonly mirror: Mirror,
    public writing: Writing,
    facts: Facts | null,
    private readonly told: Told,
  ) {
    this.facts = facts ?? begun(writing.composition.draft);
    this.version = this.facts.version;
    this.stored = facts ? this.version : -1;
  }

  get draft(): string {
    return this.writing.composition.draft;
  }

  change(patch: Partial<Composition>): void {
    this.writing = { ...this.writing, composition: { ...this.writing.composition, ...patch } };
    this.version += 1;
    this.facts = { ...this.facts, code: '' };
    this.changedAt = Date.now();
    this.since ||= this.changedAt;
    this.schedule();
    this.told.changed();
  }

  /** Store what is typed, now. → false: the device is full. Raises when the storage is gone. */
  store(): Promise<boolean> {
    clearTimeout(this.storeTimer);
    this.storeTimer = undefined;
    return this.inTurn(async () => {
      if (!this.mine || this.stored >= this.version) return !this.full;
      const { writing, version } = this;
      if (version > 0) this.storedAt = Date.now();
      return this.unlessFull(async () => {
        await keepDraft(this.mirror, writing, version, Date.now());
        this.hasStored(version);
      });
    });
  }

  /** Wish what is typed into Drafts, unless nothing of it is new, or an older wish has to be known about first. */
  wish(): Promise<void> {
    clearTimeout(this.wishTimer);
    return this.inTurn(async () => {
      await this.readFacts();
      if (!this.mine || !this.isDue()) return;
      const { writing, version } = this;
      await this.unlessFull(async () => {
        const wish = await saveDraft(this.mirror, writing, version, Date.now());
        if (!wish) return;
        this.facts = { ...this.facts, wish: wish.id, wished: version };
        this.since = version === this.version ? 0 : this.changedAt;
        this.hasStored(version);
        this.told.wished();
      });
    });
  }

  /** Wish it sent. Untouched, it is something from now on that can be taken back. */
  send(hold_ms: number): Promise<Ended> {
    this.version = Math.max(1, this.version);
    return this.ending(() => sendDraft(this.mirror, this.writing, this.version, Date.now(), hold_ms));
  }

  /** Wish it thrown away, where the server knows of it. */
  discard(): Promise<Ended> {
    return this.ending(() => throwAway(this.mirror, this.writing, this.version, Date.now()));
  }

  /** Nobody writes it any more. What was never touched vanishes, so does an empty new mail. → false: the device is full,
   *  and it must stay open. */
  async close(): Promise<boolean> {
    if (!this.mine) return true;
    if (this.version > 0 && isBlank(this.writing.composition)) {
      const { room, wish } = await this.discard();
      if (room && !wish) await this.inTurn(() => forgetDraft(this.mirror, this.draft));
      return room;
    }
    if (!(await this.store())) return false;
    await this.wish();
    this.stop();
    await this.inTurn(() => closeDraft(this.mirror, this.draft));
    return true;
  }

  /** Nothing is stored by itself any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.storeTimer);
    clearTimeout(this.wishTimer);
    this.storeTimer = this.wishTimer = undefined;
  }

  /** What became of it meanwhile; what had to wait is wished. */
  async refresh(): Promise<void> {
    await this.readFacts();
    if (this.mine && this.isDue()) this.wishSoon();
    this.told.changed();
  }

  /** Another tab has stored a version. `over`: what was typed here since. */
  follow({ writing, facts }: Kept, over: Partial<Composition> = {}): void {
    this.writing = { ...writing, composition: { ...writing.composition, ...over } };
    this.facts = facts;
    this.stored = facts.version;
    this.version = facts.version + (Object.keys(over).length > 0 ? 1 : 0);
    if (this.version > this.stored) this.schedule();
    this.told.changed();
  }

  /** Something about it that is no change of the text. */
  note(more: Partial<Writing>): Promise<boolean> {
    this.writing = { ...this.writing, ...more };
    this.stored = Math.min(this.stored, this.version - 1);
    return this.store();
  }

  /** Somebody else's version, where nothing of this one would be lost. */
  adopt(composition: Composition): Promise<boolean> {
    return this.note({ composition });
  }

  /** Something was typed that is not in Drafts. */
  get isUnsaved(): boolean {
    const { facts, version } = this;
    return version > 0 && (facts.saved < version || facts.wish !== '');
  }

  /** Under another id. `anew`: the server has not heard of that one. */
  goOnAs(change: Pick<Composition, 'draft' | 'base'> & Partial<Composition>, anew: boolean): Promise<void> {
    return this.inTurn(async () => {
      const { draft: old, version } = this;
      if (old === change.draft) return;
      const unheard = { wish: '', wished: 0, saved: 0, saved_at: 0, sending: '', discarding: '', code: '' };
      const facts = { ...this.facts, ...(anew ? unheard : {}), id: change.draft, version, closed: false };
      const renamed = (): Writing => ({
        ...this.writing,
        message: '',
        composition: { ...this.writing.composition, ...change },
      });
      await goOnAs(this.mirror, old, renamed(), facts);
      this.writing = renamed(); // something may have been typed meanwhile
      this.facts = facts;
      this.stored = version;
    });
  }

  /** When nothing else is under way with the stored text. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.tail.then(work, work);
    this.tail = next.catch(() => undefined);
    return next;
  }

  private schedule(): void {
    if (!this.mine) return;
    this.stopped = false;
    const now = Date.now();
    this.storeTimer ??= this.later(() => this.store(), storeAt(now, this.storedAt) - now);
    this.wishSoon();
  }

  private wishSoon(): void {
    const now = Date.now();
    const due = this.since ? wishAt(this.changedAt, this.since) : now;
    clearTimeout(this.wishTimer);
    this.wishTimer = this.later(() => this.wish(), Math.max(0, due - now));
  }

  private later(work: () => Promise<unknown>, ms: number): Timer {
    return setTimeout(() => void work().catch(this.told.failed), ms);
  }

  private async readFacts(): Promise<void> {
    const facts = await factsOf(this.mirror, this.draft);
    // A newer text does away with what came of an older one.
    if (facts) this.facts = this.stored < this.version ? { ...facts, code: '' } : facts;
  }

  private isDue(): boolean {
    const { facts, version } = this;
    if (facts.saved >= version || facts.code || (facts.wish !== '' && facts.wished >= version)) return false;
    return version > 0 && (facts.wished !== 0 || facts.saved !== 0 || !isBlank(this.writing.composition));
  }

  private hasStored(version: number): void {
    this.stored = Math.max(this.stored, version);
    this.told.stored();
  }

  private ending(work: () => Promise<Waiting | null>): Promise<Ended> {
    return this.inTurn(async () => {
      const wishes: (Waiting | null)[] = [];
      const room = await this.unlessFull(async () => void wishes.push(await work())).catch((error: unknown) => {
        this.told.failed(error);
        return false;
      });
      const wish = wishes[0] ?? null;
      if (room) {
        this.stop();
        this.told.stored();
      }
      if (wish) this.told.wished();
      return { room, wish };
    });
  }

  private async unlessFull(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.full = false;
    } catch (error) {
      this.full = true;
      if (!this.stopped) this.storeTimer ??= this.later(() => this.store(), FULL_AGAIN_MS);
      if (!isFull(error)) {
        this.told.changed();
        throw error;
      }
    }
    this.told.changed();
    return !this.full;
  }
}
