/** HIN: who is protected without doing anything, and the marker that protects mail to everybody else.
 *
 *  Mail between HIN addresses is encrypted by itself. For others the gateway looks for a marker in the subject, which
 *  HIN wants behind the subject proper. An answer of an outsider comes with [GLOBAL], and the answer to that is
 *  encrypted again. The subject itself never is. */
import type { Mailbox } from '../rows';
import { isAddress } from './addresses';
import { asciiDomain } from './domains';
import type { Language } from './language';
import { readSubject } from './subject';

export const MARKERS: Record<Language, string> = {
  de: '(Vertraulich)',
  fr: '(Confidentiel)',
  it: '(Confidenziale)',
  en: '(Confidential)',
};
const MARKER = /\(\s*(vertraulich|confidentiel|confidenziale|confidential)\s*\)/giu;
const MARKER_WITH_SPACE = new RegExp(`^${MARKER.source} ?| ?${MARKER.source}`, 'giu');
const GLOBAL = /\[\s*global\s*\]/iu;

export const hasMarker = (subject: string): boolean => subject.search(MARKER) >= 0;
export const isGlobal = (subject: string): boolean => GLOBAL.test(subject);

/** Is mail with this subject encrypted on its way to anybody? [GLOBAL] says so of answers only: what is forwarded goes
 *  to somebody whom HIN has never asked. */
export function isConfidential(subject: string): boolean {
  if (hasMarker(subject)) return true;
  return isGlobal(subject) && readSubject(subject, 'it').prefixes[0] !== 'forward';
}

/** One marker, of any language, is enough. Stray spaces in it go: whether the gateway knows it with them is unsure. */
export function withMarker(subject: string, language: Language): string {
  if (hasMarker(subject)) return subject.replace(MARKER, '($1)');
  return subject ? `${subject} ${MARKERS[language]}` : MARKERS[language];
}

/** Takes back what `withMarker` did, to the letter. Repeated, since taking one out can put another together. */
export function withoutMarker(subject: string): string {
  let bare = subject;
  while (hasMarker(bare)) bare = bare.replace(MARKER_WITH_SPACE, '');
  return bare;
}

/** Those whom the gateway does not protect by itself: hin.ch, the practice's own list, and the subdomains of each. What
 *  cannot be read counts as unprotected, and so does a look-alike. An entry without a dot protects nobody: "ch" in the
 *  settings must not silence the question for a whole country. */
export function unprotected(recipients: readonly Mailbox[], protectedDomains: readonly string[]): Mailbox[] {
  const known = ['hin.ch', ...protectedDomains]
    .map((domain) => asciiDomain(domain.trim().replace(/^(?:\*\.|[@.])/, '')))
    .filter((domain) => /[^.]\.[^.]/.test(domain));
  return recipients.filter(({ email }) => {
    const domain = asciiDomain(email.slice(email.lastIndexOf('@') + 1));
    return !isAddress(email) || !known.some((safe) => domain === safe || domain.endsWith(`.${safe}`));
  });
}
