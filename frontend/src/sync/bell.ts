/** What happened to a mirror, told to every tab of this browser, this one included. Never the data: that is in the
 *  mirror, stored before the bell rings. */

import type { Present } from '../mail/rows';

/** How the one tab that syncs stands with the server. */
export type Link = {
  kind: 'connecting' | 'live' | 'down' | 'signed_out' | 'update_required';
  /** When it was last known that nothing newer exists; ms since 1970. */
  asOf: number | null;
  since: number;
  held: number;
  wanted: number;
};

export type News =
  | { kind: 'mirror'; messages: string[]; folders: boolean; actions: boolean; account: boolean }
  | { kind: 'everything' }
  /** Contacts or text blocks changed. */
  | { kind: 'book' }
  /** Wishes were added or taken back. */
  | { kind: 'outbox' }
  /** Wishes were taken or refused by the server. */
  | { kind: 'sent' }
  | { kind: 'windows' }
  | { kind: 'bodies' }
  | { kind: 'opened' }
  /** The text of a draft was stored by a tab; `by` is '' when the feed said what became of it. */
  | { kind: 'compositions'; draft: string; by: string }
  /** Files were attached, or are to be tried once more. */
  | { kind: 'files' }
  /** More of a draft's files has arrived at the server, or one never will. */
  | { kind: 'uploads'; draft: string }
  /** A tab says what is open for writing in it, again and again; `taken`: drafts that a person took over there. */
  | { kind: 'writing'; tab: string; replying: string[]; drafts: string[]; taken: string[] }
  /** A tab is about to write on: whoever else has it open stores what is typed and lets go. */
  | { kind: 'yield'; draft: string; tab: string }
  /** Who else is writing in this account. */
  | { kind: 'present'; present: Present[] }
  | { kind: 'link'; link: Link }
  | { kind: 'ask' }
  /** This folder is on a screen now. */
  | { kind: 'looking'; folder: string }
  /** Somebody signed out in one of the tabs. */
  | { kind: 'left' }
  | { kind: 'look' };

export class Bell {
  private readonly channel: BroadcastChannel;
  private readonly listeners = new Set<(news: News) => void>();
  private closed = false;

  constructor(account: string) {
    this.channel = new BroadcastChannel(`praxispost-${account}`);
    this.channel.onmessage = (event: MessageEvent<News>) => this.hear(event.data);
  }

  /** Says nothing once closed: what was under way when somebody signed out may still come to its end. */
  ring(news: News): void {
    if (this.closed) return;
    this.channel.postMessage(news);
    this.hear(news);
  }

  /** → stops listening. */
  on(listener: (news: News) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
    this.channel.close();
  }

  private hear(news: News): void {
    for (const listener of this.listeners) listener(news);
  }
}
