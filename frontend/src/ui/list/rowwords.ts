/** The words of a row: what its link is called, and the marks beside it. Pure, so that both always agree. */
import type { IconName } from '../icons';
import type { Key, Translate } from '../i18n';
import { nameOf, visible } from '../format';

export const SEEN = 1;
export const FLAGGED = 2;
export const ANSWERED = 4;
export const DRAFT = 8;
export const DELETED = 16;
export const FORWARDED = 32;

type Mailbox = { name: string; email: string };

/** What the words need of a row. */
export type Wordable = {
  flags: number;
  has_attachments: boolean;
  pending: boolean;
  offline: boolean;
  subject: string;
  senders: Mailbox[];
  recipients: Mailbox[];
};

export type Mark = { key: Key; icon: IconName; tone: 'plain' | 'flag' | 'quiet' };

/** The marks at the end of a row, in the order they are drawn and spoken. `connected` hides "not available offline". */
export function marksOf(row: Wordable, connected: boolean): Mark[] {
  const marks: Mark[] = [];
  const add = (key: Key, icon: IconName, tone: Mark['tone'] = 'plain'): void => void marks.push({ key, icon, tone });
  if (row.flags & ANSWERED) add('row.answered', 'reply');
  if (row.flags & FORWARDED) add('row.forwarded', 'forward');
  if (row.has_attachments) add('row.attachment', 'clip');
  if (row.flags & FLAGGED) add('row.flagged', 'flag', 'flag');
  if (row.pending) add('row.pending', 'clock');
  if (!row.offline && !connected) add('row.not_offline', 'notHere', 'quiet');
  return marks;
}

/** Sender, or in Sent and Drafts the recipients. */
export function whoOf(row: Wordable, outgoing: boolean, t: Translate): string {
  const toPeople = outgoing && row.recipients.length > 0;
  if (outgoing && !toPeople && row.flags & DRAFT) return t('row.no_recipient');
  const names = (toPeople ? row.recipients : row.senders).map(nameOf).filter(Boolean).join(', ');
  if (!names) return t('row.no_sender');
  return toPeople ? t('row.to', { names }) : names;
}

export function subjectOf(row: { subject: string }, t: Translate): string {
  return visible(row.subject) || t('row.no_subject');
}

/** What a row is called and who is at it. `when`: its date; `replying`: the devices that answer it now. */
type Shown = { outgoing: boolean; connected: boolean; when: string; replying: string };

/** The accessible name of a row's link: sender, subject, date, then the state in words. */
export function rowName(row: Wordable, { outgoing, connected, when, replying }: Shown, t: Translate): string {
  const words = [whoOf(row, outgoing, t), subjectOf(row, t), when];
  if (!(row.flags & SEEN)) words.push(t('row.unread'));
  if (row.flags & DRAFT) words.push(t('row.draft'));
  if (replying) words.push(replying);
  for (const mark of marksOf(row, connected)) words.push(t(mark.key));
  return words.join(', ');
}
