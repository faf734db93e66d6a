/** What the writer of a plain text wrote, apart from the signature and from what others had written before. */

// RFC 3676 4.3 says "-- "; many programs trim the space away.
const SIGNATURE = /^-- ?$/;
// Outlook puts the mail it answers below, unquoted and under its header.
const FROM = /^\s*(?:von|de|da|from|van|från)\s?:/i;
const SUBJECT = /^\s*(?:betreff|objet|oggetto|subject|onderwerp|ämne)\s?:/i;
const HEADER_LINES = 6;
const LONGEST_DIVIDER = 120;

export const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

/** The lines without signatures. One ends where older text begins, since many answer above what they answer. */
export function unsigned(lines: readonly string[]): string[] {
  let inSignature = false;
  return lines.filter((line, at) => {
    inSignature = SIGNATURE.test(line) || (inSignature && !isOlder(lines, at));
    return !inSignature;
  });
}

/** Without signature, quoted lines, the line that introduces them, and everything below a forwarded mail's header. */
export function ownWords(text: string): string {
  const lines = linesOf(text);
  const end = lines.findIndex((_, at) => startsHistory(lines, at));
  const own = unsigned(end < 0 ? lines : lines.slice(0, end));
  return own.filter((line, at) => !line.startsWith('>') && !introduces(own, at)).join('\n');
}

const isOlder = (lines: readonly string[], at: number): boolean =>
  lines[at]?.startsWith('>') === true || introduces(lines, at) || startsHistory(lines, at);

/** "On … X wrote:" directly above a quote, or with an empty line between. */
function introduces(lines: readonly string[], at: number): boolean {
  if (!lines[at]?.trimEnd().endsWith(':')) return false;
  const next = lines[at + 1]?.trim() ? lines[at + 1] : lines[at + 2];
  return next?.startsWith('>') === true;
}

/** A divider with words in it ("----- Original Message -----"), or a sender's line with a subject close below. */
function startsHistory(lines: readonly string[], at: number): boolean {
  const line = lines[at]?.trim() ?? '';
  if (line.startsWith('----') && line.endsWith('----')) return line.length <= LONGEST_DIVIDER && /\p{L}/u.test(line);
  return FROM.test(line) && lines.slice(at + 1, at + HEADER_LINES).some((other) => SUBJECT.test(other));
}
