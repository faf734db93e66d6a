/** Contacts out of a vCard file, versions 3.0 (RFC 2426) and 4.0 (RFC 6350), however many cards are in it.
 *
 *  Cards are cut out here, so that a bad one costs no other and can be named by its line; what stands in one is read by
 *  ical.js. */
import ICAL from 'ical.js';
import { isAddress, once } from '../compose/addresses';
import type { Contact } from '../rows';

export type Card = Omit<Contact, 'id' | 'seq'>;
/** `line`: where it begins, counted from 1. */
export type BadCard = { line: number; why: 'version' | 'broken' | 'no_address' };
/** `left`: so many of its addresses are more than a contact may have. */
export type ReadCard = { card: Card; left: number };
export type Cards = { cards: (ReadCard & { line: number })[]; bad: BadCard[] };

const MOST_EMAILS = 20;
const LONGEST_LINE = 500;
const LONGEST_NOTE = 5000;
/** PREF goes from 1 to 100 (RFC 6350 5.3). */
const LAST = 101;

export function readCards(file: string): Cards {
  const read: Cards = { cards: [], bad: [] };
  for (const { text, line } of cut(file)) {
    const card = text === null ? 'broken' : readCard(text);
    if (typeof card === 'string') read.bad.push({ line, why: card });
    else read.cards.push({ ...card, line });
  }
  return read;
}

type Piece = { text: string | null; line: number };

/** Null: no whole card. Text that stands outside of all cards is named once a stretch. */
function cut(file: string): Piece[] {
  const pieces: Piece[] = [];
  let began = 0;
  let stray = false;
  let lines: string[] = [];
  const give = (text: string | null, line: number): void => void pieces.push({ text, line });
  file.split(/\r\n|\r|\n/).forEach((line, at) => {
    const bare = line.replace(/^\uFEFF/, '').trim();
    const begins = /^BEGIN:VCARD$/i.test(bare);
    if (begins && began) give(null, began);
    if (begins) [began, lines, stray] = [at + 1, [bare], false];
    else if (began) lines.push(line);
    else if (bare && !stray) {
      give(null, at + 1);
      stray = true;
    }
    if (!began || !/^END:VCARD$/i.test(bare)) return;
    give(lines.join('\r\n'), began);
    began = 0;
  });
  if (began) give(null, began);
  return pieces;
}

function readCard(text: string): ReadCard | BadCard['why'] {
  const version = /^VERSION:\s*(\S+)/im.exec(text)?.[1] ?? '';
  if (version !== '3.0' && version !== '4.0') return 'version';
  try {
    // Empty lines mean nothing, but end a card for the parser. It wants to know the version first.
    const kept = text.split('\r\n').filter((line) => line.trim() && !/^VERSION:/i.test(line));
    kept.splice(1, 0, `VERSION:${version}`);
    const { emails, ...rest } = cardOf(new ICAL.Component(ICAL.parse(kept.join('\r\n')) as unknown[]));
    const card = { ...rest, emails: emails.slice(0, MOST_EMAILS) };
    return emails.length > 0 ? { card, left: emails.length - card.emails.length } : 'no_address';
  } catch {
    return 'broken';
  }
}

function cardOf(card: ICAL.Component): Card {
  const emails = preferred(card, 'email')
    .map((value) => value.replace(/^mailto:/i, '').trim())
    .filter(isAddress)
    .map((email) => ({ name: '', email }));
  return {
    name: oneLine(values(card, 'fn')[0] || nameOf(card)),
    emails: once(emails).map((box) => box.email),
    phone: oneLine((preferred(card, 'tel')[0] ?? '').replace(/^tel:/i, '')),
    organisation: oneLine(values(card, 'org')[0] ?? ''),
    note: values(card, 'note').join('\n').replace(/\r\n?/g, '\n').trim().slice(0, LONGEST_NOTE),
  };
}

/** Family name; given name; others; before; behind (RFC 6350 6.2.2). */
function nameOf(card: ICAL.Component): string {
  const parts: unknown = card.getFirstPropertyValue('n');
  if (!Array.isArray(parts)) return textOf(parts);
  const [family, given, others, before, behind] = parts.map(textOf);
  return [before, given, others, family, behind].filter(Boolean).join(' ');
}

/** The preferred one first: PREF=1 in version 4, TYPE=pref in version 3. */
function preferred(card: ICAL.Component, name: string): string[] {
  const placed = card.getAllProperties(name).map((property) => {
    const isFirst = parameter(property, 'type').some((type) => type.toLowerCase() === 'pref');
    const place = isFirst ? 0 : Number(parameter(property, 'pref')[0]) || LAST;
    return { value: textOf(property.getFirstValue()), place };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ value }) => value);
}

function parameter(property: ICAL.Property, name: string): string[] {
  const found: unknown = property.getParameter(name);
  return [found].flat().filter((value) => typeof value === 'string');
}

const values = (card: ICAL.Component, name: string): string[] =>
  card.getAllProperties(name).map((property) => textOf(property.getFirstValue()));

/** Of an organisation its units as well. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  return typeof value === 'string' ? value.trim() : '';
}

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_LINE);
