/** Lists of recipients as people paste and type them.
 *
 *  One pass makes tokens into pieces (what stands between two separators); a piece gives a mailbox, or stays in the
 *  rest as it was written. Lost are only separators, stray punctuation, labels in front of an address ("An:", a group's
 *  name) and a second remark behind one. A token never fails, it only ends early: time grows with the text alone. */
import type { Mailbox } from '../rows';
import { isAddress, sameAddress } from './addresses';

// Teams, Windows and web pages wrap a copied address in marks that nobody sees.
const UNSEEN = /(?![\t\r\n])[\p{Cc}\p{Cf}\p{Cs}]/gu;
const TOKEN = new RegExp(
  [
    String.raw`(?<quoted>"(?:[^"\\\r\n]|\\[^\r\n])*(?<quote_end>")?)`,
    String.raw`<(?<angle>(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|[^<>",;\r\n])*)>?`,
    String.raw`(?<comment>\((?:[^()\r\n]|\([^()\r\n]*\))*(?<comment_end>\))?)`,
    String.raw`(?<separator>[,;\t\r\n\u2028\u2029]+)`,
    String.raw`(?<space>\s+)`,
    String.raw`(?<colon>:)`,
    String.raw`[^"<(,;:\s]+`,
    String.raw`.`,
  ].join('|'),
  'gsu',
);
const NOISE = /^[\p{P}\p{S}\s]*$/u;
const BEFORE = /^[[<({"'«»‹›„“”‘’•]+/u;
const AFTER = /[\]>)}"'«»‹›„“”‘’.:!?…]+$/u;
const QUOTES = '"\'«»‹›„“”‘’';
const MOST_COMMAS = 3; // in a name without quotes
const LONGEST_RAW = 400; // of what might be an address with something around it

type Word = { raw: string; plain: string };
/** `ended`: the separator behind it, '' for the last one. */
type Piece = {
  start: number;
  end: number;
  words: Word[];
  hasAt: boolean; // in one of the words
  angle: string | null;
  remark: string;
  ended: string;
};
type Read = { found: Mailbox[]; rest: string };
/** `before`: the token before, where it touches this one. */
type Reading = { done: Piece[]; now: Piece; before: string };

/** `rest`: what could not be read, as it was written. */
export function parseMailboxes(text: string): { found: Mailbox[]; rest: string } {
  const seen = text.replace(UNSEEN, '');
  const read = pieces(seen, false).map((piece) => mailboxesOf(piece, seen));
  return { found: read.flatMap((one) => one.found), rest: joined(read.map((one) => one.rest)) };
}

/** For a field that is being typed in: what a comma, a semicolon or Enter (a line feed) has completed, and what still
 *  stands in the field. An open quote holds back all that follows it. While nothing is complete, the field keeps its
 *  text to the letter. */
export function splitInput(text: string): { complete: Mailbox[]; typing: string } {
  const seen = text.replace(UNSEEN, '');
  const all = pieces(seen, true);
  const open = all.at(-1)?.ended === '' ? all.pop() : undefined;
  const read = all.map((piece) => mailboxesOf(piece, seen));
  const complete = read.flatMap((one) => one.found);
  if (complete.length === 0 && !/[\t\r\n]/.test(text)) return { complete, typing: /^[\s,;]*$/.test(text) ? '' : text };
  const tail = open ? seen.slice(open.start).trimStart() : '';
  return { complete, typing: joined([...read.map((one) => one.rest), tail]) };
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part).join(', ');

const begun = (start: number): Piece => ({
  start,
  end: start,
  words: [],
  hasAt: false,
  angle: null,
  remark: '',
  ended: '',
});

function pieces(text: string, typing: boolean): Piece[] {
  const reading: Reading = { done: [], now: begun(0), before: '' };
  let looseUntil = 0; // quotes up to here are known to close nothing: looking again would take quadratic time
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const loose = text[at] === '"' && at < looseUntil;
    const token = loose ? null : TOKEN.exec(text);
    if (token && !(isOpen(token) && !(typing && TOKEN.lastIndex === text.length))) take(reading, token);
    else {
      // What opens and never closes is a character like any other, and what follows it is read anew.
      if (text[at] === '"') looseUntil = Math.max(looseUntil, TOKEN.lastIndex);
      TOKEN.lastIndex = at + 1;
      add(reading, text.charAt(at), at);
    }
    reading.now.end = TOKEN.lastIndex;
  }
  close(reading, '', text.length);
  return reading.done;
}

function isOpen(token: RegExpExecArray): boolean {
  const { quoted, quote_end, comment, comment_end } = token.groups ?? {};
  return (quoted !== undefined && quote_end === undefined) || (comment !== undefined && comment_end === undefined);
}

function take(reading: Reading, token: RegExpExecArray): void {
  const { angle, comment, separator, space, colon } = token.groups ?? {};
  const { now } = reading;
  if (separator !== undefined) close(reading, separator, TOKEN.lastIndex);
  else if (space !== undefined) reading.before = '';
  else if (angle !== undefined) bracket(reading, angle, token.index);
  else if (comment !== undefined && isAddressed(now)) now.remark = now.remark || comment.slice(1, -1).trim();
  else if (colon !== undefined && isLabel(reading)) now.words = [];
  else add(reading, token[0], token.index);
}

function bracket(reading: Reading, angle: string, at: number): void {
  if (reading.now.angle !== null) close(reading, ' ', at);
  reading.now.angle = angle;
}

/** After a whole address, the next word begins another recipient even without a separator. */
function add(reading: Reading, raw: string, at: number): void {
  if (reading.now.angle !== null || reading.now.remark) close(reading, ' ', at);
  const last = reading.before ? reading.now.words.pop() : undefined;
  const plain = raw.startsWith('"') ? unescaped(raw) : raw;
  reading.now.words.push({ raw: (last?.raw ?? '') + raw, plain: (last?.plain ?? '') + plain });
  reading.now.hasAt ||= raw.includes('@');
  reading.before = raw;
}

function close(reading: Reading, ended: string, next: number): void {
  const { done, now } = reading;
  now.ended = ended;
  // "Muster, Anna, Dr. med. <a@b>": Outlook separates by semicolons and leaves names with commas unquoted.
  for (let taken = 0; now.angle !== null && taken < MOST_COMMAS; taken += 1) {
    const name = done.at(-1);
    if (!name || !isBareName(name)) break;
    const last = name.words.at(-1);
    if (last) last.plain += ',';
    now.words = [...name.words, ...now.words];
    now.start = name.start;
    done.pop();
  }
  if (now.words.length || now.angle !== null || now.end > now.start) done.push(now);
  reading.now = begun(next);
  reading.before = '';
}

const isAddressed = (piece: Piece): boolean => piece.angle !== null || piece.hasAt;
const isLabel = ({ now, before }: Reading): boolean => !isAddressed(now) && !/(?:^|\P{L})mailto$/iu.test(before);
const isBareName = (piece: Piece): boolean => piece.ended === ',' && piece.words.length > 0 && !isAddressed(piece);
const unescaped = (quoted: string): string => quoted.replace(/^"|"$/g, '').replace(/\\(.)/gsu, '$1');

function mailboxesOf(piece: Piece, text: string): Read {
  const { words, angle, remark } = piece;
  const written = text.slice(piece.start, piece.end).trim();
  const nothing: Read = { found: [], rest: NOISE.test(written) ? '' : written };
  if (angle !== null) {
    const email = emailIn(angle);
    return email ? { found: [{ name: nameOf(words, email) || remark, email }], rest: '' } : nothing;
  }
  const emails = words.map((word) => emailIn(word.raw));
  const before = words.slice(0, -1);
  const last = emails.at(-1);
  // Brackets forgotten: "Anna Muster a@b".
  if (last && !before.some((word) => word.raw.includes('@'))) {
    return { found: [{ name: nameOf(before, last) || remark, email: last }], rest: '' };
  }
  if (!emails.some((email) => email)) return nothing;
  const found = emails.flatMap((email, at) => (email ? [{ name: at === words.length - 1 ? remark : '', email }] : []));
  const rest = words.filter((word, at) => !emails[at] && !NOISE.test(word.raw)).map((word) => word.raw);
  return { found, rest: rest.join(' ') };
}

function nameOf(words: readonly Word[], email: string): string {
  const name = words.map((word) => word.plain).join(' ');
  const isQuoted = name.length > 2 && QUOTES.includes(name.charAt(0)) && QUOTES.includes(name.slice(-1));
  const bare = (isQuoted ? name.slice(1, -1) : name).trim();
  return NOISE.test(bare) || sameAddress(bare, email) ? '' : bare;
}

/** The address in `raw`, without what a sloppy selection took along. */
function emailIn(raw: string): string | null {
  const tight = raw.trim();
  if (!tight.includes('@') || tight.length > LONGEST_RAW) return null;
  const left = tight.replace(AFTER, '');
  const bare = left
    .replace(BEFORE, '')
    .replace(/^mailto:/i, '')
    .replace(/\?.*$/su, '');
  return [tight, bare, left].find(isAddress) ?? null;
}
