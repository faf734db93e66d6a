/** Plain text to paragraphs, quotes and links. Pure and linear in time: it reads hostile text. */

export type Piece = { text: string; href?: string };
export type Block = { kind: 'text' | 'quote' | 'signature' | 'table'; text: string };

// No nested quantifier, nothing that can be matched in two ways: no backtracking worth the name.
const LINK =
  /\b(?:https?:\/\/|mailto:|tel:\+?)[^\s<>"'`{}|\\^]+|\bwww\.[^\s<>"'`{}|\\^]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;
const TRAILING = /[.,;:!?)\]'"»›*_]+$/;
const LONGEST_LINE = 20_000;

function hrefOf(text: string): string | null {
  const raw = /^www\./i.test(text)
    ? `https://${text}`
    : text.includes('://') || /^(mailto|tel):/i.test(text)
      ? text
      : `mailto:${text}`;
  try {
    const url = new URL(raw);
    return ['http:', 'https:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A closing bracket belongs to the link when the link opened it: Wikipedia's addresses. */
function trimEnd(found: string): string {
  const cut = found.replace(TRAILING, '');
  const rest = found.slice(cut.length);
  return rest.startsWith(')') && cut.includes('(') && !cut.includes(')') ? `${cut})` : cut;
}

/** One stretch of text as pieces; only http, https, mailto and tel become links. */
export function linkify(text: string): Piece[] {
  if (text.length > LONGEST_LINE && !text.includes('\n')) return [{ text }];
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const found = trimEnd(match[0]);
    const href = hrefOf(found);
    if (!href) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: found, href });
    at = match.index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** Columns made of blanks or tabs, and the rules under their headings. No two quantifiers side by side match the same. */
const COLUMNS = /\S(?: {3}|\t)\s*\S/;
const RULE = /^[ \t]*[-=_][-=_ ]{3,}$/;

/** Laboratories align their values with blanks: at least two such lines one after the other. */
function inTable(lines: readonly string[], at: number): boolean {
  const aligned = (line: string | undefined): boolean =>
    line !== undefined && line.length < LONGEST_LINE && (COLUMNS.test(line) || RULE.test(line));
  return aligned(lines[at]) && (aligned(lines[at - 1]) || aligned(lines[at + 1]));
}

/** Lines beginning with ">" are a quote; everything after "-- " is the signature (RFC 3676 4.3 and 4.5). */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let kind: Block['kind'] = 'text';
  let lines: string[] = [];
  const close = (): void => {
    if (lines.some((line) => line.trim() !== ''))
      blocks.push({ kind, text: lines.join('\n').replace(/^\n+|\n+$/g, '') });
    lines = [];
  };
  const all = text.replace(/\r\n?/g, '\n').split('\n');
  const kindOf = (line: string, at: number): Block['kind'] => {
    if (kind === 'signature' || line === '-- ') return 'signature';
    if (line.startsWith('>')) return 'quote';
    return inTable(all, at) ? 'table' : 'text';
  };
  for (const [at, line] of all.entries()) {
    const next = kindOf(line, at);
    if (next !== kind) close();
    kind = next;
    lines.push(next === 'quote' ? line.replace(/^>+ ?/, '') : line);
  }
  close();
  return blocks;
}
