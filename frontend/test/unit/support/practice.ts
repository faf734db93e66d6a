/** A practice's mailbox in a tab: an account, an Inbox with one mail, Drafts, and a feed to say what became of wishes. */
import { get } from 'svelte/store';
import { applyDelta } from '../../../src/db/apply';
import { keepBodies } from '../../../src/db/bodies';
import type { AccountRow, ActionRow, BodyRow, Delta, Session } from '../../../src/mail/rows';
import type { News } from '../../../src/sync/bell';
import { remember } from '../../../src/sync/session';
import { action, body, delta, folder, message } from './rows';
import type { Tab } from './tab';
import { until } from './until';

export const VERA = { name: 'Vera', email: 'vera@example.org' };
export const DEVICE = { id: 'us', name: 'Empfang' };

export const ACCOUNT: AccountRow = {
  id: 'acc',
  address: 'praxis@example.org',
  archive: '',
  preset: 'hin',
  identities: [
    { id: 'i1', name: 'Praxis', email: 'praxis@example.org', reply_to: '', signature: '', signature_html: '' },
  ],
  can_send: true,
  max_bytes: 0,
  protected_domains: [],
  declined_domains: [],
  seq: 1,
  state: 'ok',
  code: '',
  since: 0,
  done: 0,
  expected: 0,
};

export class Practice {
  private seq = 1;

  /** `tab` is another one after a reload. */
  private constructor(public tab: Tab) {}

  static async of(tab: Tab): Promise<Practice> {
    const practice = new Practice(tab);
    const rows = [message('m1', { senders: [VERA], subject: 'Frage' })];
    const folders = [
      folder('inbox', { role: 'inbox' }),
      folder('drafts', { role: 'drafts' }),
      folder('trash', { role: 'trash' }),
    ];
    await applyDelta(tab.mirror, delta(0, 1, { account: ACCOUNT, messages: rows, folders }));
    await remember(tab.mirror, { device: DEVICE } as Session);
    await keepBodies(tab.mirror, [body('m1', { text: 'Wann?', to: [{ name: '', email: 'praxis@example.org' }] })]);
    practice.ring({ kind: 'everything' });
    await until(() => get(tab.status.account) !== null);
    return practice;
  }

  ring(news: News): void {
    this.tab.place.here()?.bell.ring(news);
  }

  /** As the socket brings it. → its seq. */
  async feed(change: Partial<Delta>): Promise<number> {
    this.seq += 1;
    await applyDelta(this.tab.mirror, delta(this.seq - 1, this.seq, change));
    const messages = [...(change.messages ?? []).map((row) => row.id), ...(change.lost ?? [])];
    this.ring({ kind: 'mirror', messages, folders: false, actions: change.actions !== undefined, account: false });
    for (const { draft } of change.actions ?? []) if (draft) this.ring({ kind: 'compositions', draft, by: '' });
    return this.seq;
  }

  /** What became of a wish. */
  settle(id: string, change: Partial<ActionRow>): Promise<number> {
    return this.feed({ actions: [action(id, { seq: this.seq + 1, ...change })] });
  }

  /** A message in Drafts. `head`: it was written here. */
  async draft(
    id: string,
    text: string,
    head: Partial<NonNullable<BodyRow['draft']>> | null,
    size = 100,
  ): Promise<void> {
    const seq = this.seq + 1;
    const row = message(id, {
      folder: 'drafts',
      senders: [],
      subject: 'Entwurf',
      flags: 8,
      seq,
      size,
      received_at: seq,
    });
    await this.feed({ messages: [row] });
    const whole = {
      draft: 'd1',
      kind: 'new' as const,
      original: '',
      identity: 'i1',
      device_name: DEVICE.name,
      seq,
      ...head,
    };
    await keepBodies(this.tab.mirror, [body(id, { text, draft: head && whole })]);
  }
}
