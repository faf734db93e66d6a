/** Links that begin a mail (RFC 6068). Any page can make one, so it fills only what the writer sees and can change:
 *  no attachments, no headers of its own, nobody who does not stand in a field as a chip. */
import type { Mailbox } from '../rows';
import { once } from './addresses';
import { parseMailboxes } from './mailboxes';

export type Mailto = { to: Mailbox[]; cc: Mailbox[]; bcc: Mailbox[]; subject: string; body: string };

export const MOST_RECIPIENTS = 100; // in each field
export const LONGEST_SUBJECT = 500;
export const LONGEST_BODY = 20_000;
const LONGEST_URL = 100_000;

const FIELDS = ['to', 'cc', 'bcc', 'subject', 'body'] as const;
type Field = (typeof FIELDS)[number];

/** Null when it is no mailto link, or longer than any honest one. What is no address is left out. */
export function readMailto(url: string): Mailto | null {
  const link = url.length <= LONGEST_URL ? /^\s*mailto:([^?#]*)(?:\?([^#]*))?/i.exec(url) : null;
  if (!link) return null;
  const values: Record<Field, string[]> = { to: [link[1] ?? ''], cc: [], bcc: [], subject: [], body: [] };
  for (const field of (link[2] ?? '').split('&')) {
    const [name = ''] = field.split('=', 1);
    const known = FIELDS.find((one) => one === decoded(name).toLowerCase());
    if (known) values[known].push(field.slice(name.length + 1));
  }
  // Of a subject or text given twice the first counts: RFC 6068 2 forbids the second.
  const { to, cc, bcc, subject, body } = values;
  return {
    to: mailboxes(to),
    cc: mailboxes(cc),
    bcc: mailboxes(bcc),
    subject: cut(oneLine(decoded(subject[0] ?? '')), LONGEST_SUBJECT),
    body: cut(
      decoded(body[0] ?? '')
        .replace(/\r\n?/g, '\n')
        .replace(UNSEEN, ''),
      LONGEST_BODY,
    ),
  };
}

// Controls and invisible marks, but for what makes a text of several lines, and emoji of several characters.
const UNSEEN = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}]/gu;

const oneLine = (text: string): string =>
  text
    .replace(/[\t\r\n\u2028\u2029]+/g, ' ')
    .replace(UNSEEN, '')
    .trim();

/** A comma that separates stands as it is, one inside an address as %2C. */
function mailboxes(values: readonly string[]): Mailbox[] {
  const each = values.flatMap((value) => value.split(','));
  // Line ends would separate, and so make a recipient of what looks like another header.
  const read = each.flatMap((one) => parseMailboxes(decoded(one).replace(/\p{Cc}+/gu, '')).found);
  return once(read).slice(0, MOST_RECIPIENTS);
}

/** Percent-encoded UTF-8; links of old pages are in Latin-1. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}

/** Never through the middle of a character. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
