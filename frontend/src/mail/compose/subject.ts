/** Subjects of answers: one "Re: " or "Fwd: ", whatever the programs before had put in front. */
import type { Language } from './language';
import type { ReplyKind } from './reply';

export type Subject = {
  /** What stood in front, in order. */
  prefixes: ('reply' | 'forward')[];
  /** "[GLOBAL]", a list's "[Qualitätszirkel]", "(Vertraulich)" at the very front: each once, in order. */
  tags: string[];
  /** All that follows, as it was. */
  rest: string;
};

// Outlook and others in de, fr, it, en, nl and sv; with a counter as in "Re[2]:", "Re(2):", "Re^2:".
const PREFIX =
  /^(?:(re|aw|antw|antwort|sv|rif|r)|(?:fwd?|wg|tr|doorst|vb|i))(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:：]\s*/iu;
const TAG = /^(?:\[[^[\]]{1,40}\]|\(\p{L}{1,20}\))\s*/u;
const LONGEST = 2000;

/** `language` of the mail: the Italian "R:" and "I:" alone are believed in an Italian one only, elsewhere beside
 *  another prefix. A subject like "I: Impfung" would lose a letter that somebody wrote. */
export function readSubject(subject: string, language: Language): Subject {
  const read: Subject = {
    prefixes: [],
    tags: [],
    rest: subject
      .slice(0, LONGEST)
      .replace(/\p{Cc}+/gu, ' ')
      .trim(),
  };
  for (;;) {
    const prefix = PREFIX.exec(read.rest);
    const tag = TAG.exec(read.rest)?.[0];
    if (prefix && (language === 'it' || isSure(prefix, read))) {
      read.prefixes.push(prefix[1] ? 'reply' : 'forward');
      read.rest = read.rest.slice(prefix[0].length);
    } else if (tag) {
      const known = read.tags.some((other) => other.toLowerCase() === tag.trim().toLowerCase());
      if (!known) read.tags.push(tag.trim());
      read.rest = read.rest.slice(tag.length);
    } else return read;
  }
}

const isSure = (prefix: RegExpExecArray, read: Subject): boolean =>
  !/^[ri]\W/i.test(prefix[0]) || read.prefixes.length > 0 || PREFIX.test(read.rest.slice(prefix[0].length));

export function subjectFor(kind: ReplyKind, subject: string, language: Language): string {
  const { tags, rest } = readSubject(subject, language);
  return [kind === 'forward' ? 'Fwd:' : 'Re:', ...tags, rest].filter((part) => part).join(' ');
}
