/** Plain text of answers and forwarded mail: what stands there before anybody types.
 *
 *  Line ends are LF, as in a text area; sending makes them CRLF. No line is longer than mail allows. */
import type { Mailbox } from '../rows';
import { formatMailbox } from './addresses';
import type { Language } from './language';
import { folded } from './octets';
import { linesOf, unsigned } from './ownwords';

/** `at_ms`: when it was sent, else received; ms since 1970. */
export type Quotable = {
  text: string;
  subject: string;
  senders: readonly Mailbox[];
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  at_ms: number;
};

/** Where the answer stands: above what it answers, as in Outlook, or below. */
export type AnswerPosition = 'top' | 'bottom';

/** `cursor` counts UTF-16 units, as a text area's `selectionStart`. */
export type Started = { text: string; cursor: number };

/** Older text: the lines above it, and all of it as it stands in a plain mail. */
export type Quoted = { head: string[]; text: string };

const LONGEST_LINE = 998; // octets without CRLF (RFC 5322 2.1.1)
const LONGEST_MARKS = 100; // of quotes within quotes
const LONGEST_NAME = 200;
const LATEST_MS = 8_640_000_000_000_000; // ECMAScript's last date

type Words = {
  said: (who: string, when: string) => string;
  at: string;
  title: string;
  from: string;
  date: string;
  subject: string;
  to: string;
  cc: string;
};

const WORDS: Record<Language, Words> = {
  de: {
    said: (who, when) => (when ? `Am ${when} schrieb ${who}:` : `${who} schrieb:`),
    at: 'um',
    title: 'Weitergeleitete Nachricht',
    from: 'Von',
    date: 'Datum',
    subject: 'Betreff',
    to: 'An',
    cc: 'Kopie',
  },
  fr: {
    said: (who, when) => (when ? `Le ${when}, ${who} a écrit :` : `${who} a écrit :`),
    at: 'à',
    title: 'Message transféré',
    from: 'De',
    date: 'Date',
    subject: 'Objet',
    to: 'À',
    cc: 'Copie',
  },
  it: {
    // "giorno" saves the article, which would be "Il" or "L'" by the number.
    said: (who, when) => (when ? `Il giorno ${when} ${who} ha scritto:` : `${who} ha scritto:`),
    at: 'alle',
    title: 'Messaggio inoltrato',
    from: 'Da',
    date: 'Data',
    subject: 'Oggetto',
    to: 'A',
    cc: 'Copia',
  },
  en: {
    said: (who, when) => (when ? `On ${when}, ${who} wrote:` : `${who} wrote:`),
    at: 'at',
    title: 'Forwarded message',
    from: 'From',
    date: 'Date',
    subject: 'Subject',
    to: 'To',
    cc: 'Cc',
  },
};

/** "Am 3. November 2026 um 08:05 schrieb Anna Muster:". `utcOffset` in minutes east of UTC, else the device's. */
export function attribution(
  language: Language,
  at_ms: number,
  sender: Mailbox | undefined,
  utcOffset?: number,
): string {
  const who = oneLine(sender?.name ?? '') || oneLine(sender?.email ?? '') || '?';
  return WORDS[language].said(Array.from(who).slice(0, LONGEST_NAME).join(''), moment(language, at_ms, utcOffset));
}

/** "3. November 2026 um 08:05", '' for a date that is none (a mail may claim any). */
function moment(language: Language, at_ms: number, utcOffset?: number): string {
  const local = at_ms + (utcOffset ?? -new Date(at_ms).getTimezoneOffset()) * 60_000;
  if (!(Math.abs(local) <= LATEST_MS)) return '';
  const format = new Intl.DateTimeFormat(`${language}-CH`, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const day = language === 'fr' ? format.format(local).replace(/^1 /, '1er ') : format.format(local);
  const [hours, minutes] = [new Date(local).getUTCHours(), new Date(local).getUTCMinutes()];
  const clock = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
  return `${day} ${WORDS[language].at} ${clock}`;
}

/** Each line behind "> ", quotes within it one level deeper, the sender's signature left out (RFC 3676 4.3). */
export function quoted(text: string): string {
  const lines = unsigned(linesOf(text)).map((line) => line.trimEnd());
  return trimmed(lines).flatMap(quotedLine).join('\n');
}

function quotedLine(line: string): string[] {
  const marks = /^>[> ]*/.exec(line)?.[0] ?? '';
  const before = marks ? `>${marks.slice(0, LONGEST_MARKS)}` : '> ';
  return folded(line.slice(marks.length), LONGEST_LINE - before.length).map((piece) => (before + piece).trimEnd());
}

type Quoting = { original: Quotable; language: Language; utcOffset?: number };

/** What an answer quotes. `head` is the line above it. */
export function quotedBlock({ original, language, utcOffset }: Quoting): Quoted {
  const quote = quoted(original.text);
  const said = attribution(language, original.at_ms, original.senders[0], utcOffset);
  return { head: [said], text: quote ? `${said}\n${quote}\n` : '' };
}

/** What a forwarded mail has below its header. */
export function forwardedBlock({ original, language, utcOffset }: Quoting): Quoted {
  const words = WORDS[language];
  const people = (boxes: readonly Mailbox[]): string => boxes.map(formatMailbox).join(', ');
  const header = [
    [words.from, people(original.senders)],
    [words.date, moment(language, original.at_ms, utcOffset)],
    [words.subject, original.subject],
    [words.to, people(original.to)],
    [words.cc, people(original.cc)],
  ].flatMap(([label, value]) => (value ? [`${label ?? ''}: ${oneLine(value)}`] : []));
  const head = [`---------- ${words.title} ----------`, ...header, ''];
  const lines = [...head, ...trimmed(linesOf(original.text)), ''];
  return { head, text: lines.flatMap((line) => folded(line, LONGEST_LINE)).join('\n') };
}

/** An answer before its first word. */
export function replyText(started: {
  original: Quotable;
  language: Language;
  position: AnswerPosition;
  signature: string;
  utcOffset?: number;
}): Started {
  const { position, signature } = started;
  const older = quotedBlock(started).text;
  if (position === 'top') return below(signature, older);
  const head = older ? `${older}\n` : '';
  return { text: head + below(signature, '').text, cursor: head.length };
}

/** A forwarded mail before its first word: all of it, unquoted, under a header in its language. */
export function forwardText(started: {
  original: Quotable;
  language: Language;
  signature: string;
  utcOffset?: number;
}): Started {
  return below(started.signature, forwardedBlock(started).text);
}

/** The cursor, the signature, and what is older. */
function below(signature: string, older: string): Started {
  const signed = linesOf(signature.trimEnd()).join('\n');
  // Marked as one even above a quote, as Gmail does: then it is told from what the writer says, here and by others.
  const block = signed && !/^-- ?(?:\n|$)/.test(signed) ? `-- \n${signed}` : signed;
  const parts = [block && `${block}\n`, older].filter((part) => part);
  return { text: parts.length ? `\n\n${parts.join('\n')}` : '', cursor: 0 };
}

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();

function trimmed(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim());
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim()) + 1);
}
