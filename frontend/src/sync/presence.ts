/** Who is writing what: this browser's tabs to the server, and everybody else to the tabs.
 *
 *  Said at once when it changes and again every few seconds while it lasts; what is not said again is forgotten, so that
 *  neither a killed tab nor a lost network leaves somebody writing for ever. */
import type { Present } from '../mail/rows';
import type { Bell, News } from './bell';

export const AGAIN_MS = 5000;
/** A tab that was silent for so long is gone, or sleeps. */
const TAB_MS = 12_000;
/** As the server does it: 15 s after the last word nobody is there. */
const FORGOTTEN_MS = 15_000;
const MOST = 20;

type Words = { replying: string[]; drafts: string[]; taken: string[] };

export class Presence {
  private readonly tabs = new Map<string, Words & { at: number }>();
  private said = '';
  private present: Present[] = [];
  private forget: ReturnType<typeof setTimeout> | undefined;
  private readonly again: ReturnType<typeof setInterval>;

  /** `send` does nothing while there is no socket. */
  constructor(
    private readonly bell: Bell,
    private readonly send: (words: Words) => void,
  ) {
    this.again = setInterval(() => this.say(true), AGAIN_MS);
  }

  hear(news: News): void {
    if (news.kind === 'ask' && this.present.length > 0) this.tell(this.present);
    if (news.kind !== 'writing') return;
    const { replying, drafts, taken } = news;
    this.tabs.set(news.tab, { replying, drafts, taken, at: Date.now() });
    this.say(false);
  }

  /** A frame of the server. */
  take(present: Present[]): void {
    clearTimeout(this.forget);
    this.tell(present);
  }

  /** A socket came up: the server knows nothing of us yet. */
  connected(): void {
    this.said = '';
    this.say(false);
  }

  /** Until the next connection says who is there, nobody is known for long. */
  lost(): void {
    clearTimeout(this.forget);
    this.forget = setTimeout(() => this.tell([]), FORGOTTEN_MS);
  }

  close(): void {
    clearInterval(this.again);
    clearTimeout(this.forget);
  }

  private say(evenIfSaid: boolean): void {
    const now = Date.now();
    for (const [tab, { at }] of this.tabs) if (now - at > TAB_MS) this.tabs.delete(tab);
    const words = this.words();
    const text = JSON.stringify(words);
    const silent = words.replying.length + words.drafts.length === 0;
    if (text === this.said && (silent || !evenIfSaid)) return;
    if (silent && this.said === '') return;
    this.said = text;
    this.send(words);
  }

  private words(): Words {
    const all = [...this.tabs.values()];
    const once = (ids: string[]): string[] => [...new Set(ids)].slice(0, MOST);
    return {
      replying: once(all.flatMap((tab) => tab.replying)),
      drafts: once(all.flatMap((tab) => tab.drafts)),
      taken: once(all.flatMap((tab) => tab.taken)),
    };
  }

  private tell(present: Present[]): void {
    this.present = present;
    this.bell.ring({ kind: 'present', present });
  }
}
