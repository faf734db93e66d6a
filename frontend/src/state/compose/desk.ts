/** A draft that several devices have open: who of them writes it, and how it moves. See mail/compose/hold.ts.
 *
 *    take over   said to the others, and waited for until whoever held it has let go, or does not answer
 *    let go      what is typed goes into Drafts first: whoever takes over goes on from there */
import { get } from 'svelte/store';
import { afterWords, opened, takenOver, written, type Hold } from '../../mail/compose/hold';
import { holding, present } from '../presence';
import type { Writer } from './writer';

/** So long it may take to have it in Drafts; a device without a network says nothing. */
const LET_GO_MS = 4000;

type Told = {
  /** Who holds it has changed. */
  changed: () => void;
  /** The others are to hear of it. */
  say: () => void;
  /** What was typed a moment ago comes into the writer's hands. */
  flush: () => void;
};

export class Desk {
  private hold: Hold;
  /** Written in since it is open here. */
  private touched = false;
  private claiming = false;
  private lettingGo = false;
  private over = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly writer: Writer,
    private readonly told: Told,
  ) {
    this.hold = opened(get(present), writer.draft, Date.now());
  }

  get locked(): boolean {
    return this.claiming || (!this.hold.held && this.isElsewhere());
  }

  /** What the others are told of it. */
  get words(): { drafts: string[]; taken: string[] } {
    const drafts = this.hold.held || this.lettingGo ? [this.writer.draft] : [];
    return { drafts, taken: this.hold.taken ? drafts : [] };
  }

  touch(): void {
    this.touched = true;
    if (this.hold.held || this.lettingGo) return;
    this.hold = written(this.hold);
    this.told.say();
  }

  /** `caughtUp`: what was saved elsewhere is on the screen. */
  async takeOver(caughtUp: () => Promise<unknown>): Promise<void> {
    if (this.hold.held) return;
    this.hold = takenOver(this.hold, get(present), this.writer.draft);
    this.claiming = true;
    this.told.changed();
    this.told.say();
    await this.until(() => !this.isElsewhere());
    await caughtUp();
    this.claiming = false;
    this.told.changed();
  }

  /** Somebody said something. */
  async hear(): Promise<void> {
    const before = this.hold.held;
    this.hold = afterWords(this.hold, get(present), this.writer.draft, this.touched, Date.now());
    this.look();
    if (before && !this.hold.held && this.writer.mine) await this.letGo();
    this.told.changed();
  }

  /** Something about the mail has changed. */
  look(): void {
    for (const look of [...this.waiting]) look();
  }

  /** It goes on as another draft, of which nobody else knows. */
  begin(): void {
    this.hold = opened([], this.writer.draft, Date.now());
  }

  end(): void {
    this.over = true;
    this.look();
  }

  private isElsewhere(): boolean {
    return holding(get(present), this.writer.draft).length > 0;
  }

  private async letGo(): Promise<void> {
    this.lettingGo = true;
    this.told.flush();
    this.touched = false;
    this.told.changed();
    await this.writer.store();
    await this.writer.wish();
    await this.until(() => !this.writer.isUnsaved);
    this.lettingGo = false;
    this.told.say();
  }

  private until(isSo: () => boolean): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(end, LET_GO_MS);
      const look = (): void => {
        if (this.over || isSo()) end();
      };
      this.waiting.add(look);
    });
  }
}
