/** Which domains HIN may protect by itself, as mail from there lets one guess. Never assumed: a person is asked.
 *
 *  Who is with HIN marks a mail that goes to somebody who may not be. So a mail that was begun at a domain and carries the
 *  marker speaks for it. An answer says nothing, since it repeats our own subject; and [GLOBAL] is what HIN writes on mail
 *  of those who are not with it, so one of these speaks against a domain for good. */
import type { MessageRow } from '../rows';
import { isAddress } from './addresses';
import { asciiDomain } from './domains';
import { hasMarker, isGlobal, unprotected } from './hin';
import { readSubject } from './subject';

/** `mails`: how many came with the marker; `lastAt`: of the newest, ms since 1970. */
export type Learned = { domain: string; mails: number; lastAt: number };

/** Where everybody may have an address: whatever one person there writes says nothing of the others. */
const PUBLIC =
  /^(?:.*\.)?(?:gmail|googlemail|gmx|hotmail|outlook|live|msn|icloud|me|mac|yahoo|ymail|aol|proton|protonmail|pm|bluewin|bluemail|sunrise|hispeed|swissonline|swissmail|quickline|green|web|freenet|t-online|mail|tutanota|tuta|posteo|laposte|orange|libero|zoho|infomaniak|ik)\.[a-z]{2,4}$/;

export class Learning {
  private readonly marked = new Map<string, Learned>();
  private readonly outside = new Set<string>();

  /** A mail that came in. */
  saw({ senders, subject, received_at }: Pick<MessageRow, 'senders' | 'subject' | 'received_at'>): void {
    const email = senders[0]?.email ?? '';
    if (!isAddress(email) || (!hasMarker(subject) && !isGlobal(subject))) return;
    const domain = asciiDomain(email.slice(email.lastIndexOf('@') + 1));
    if (isGlobal(subject)) this.outside.add(domain);
    else if (readSubject(subject, 'it').prefixes.length === 0) {
      const { mails, lastAt } = this.marked.get(domain) ?? { mails: 0, lastAt: 0 };
      this.marked.set(domain, { domain, mails: mails + 1, lastAt: Math.max(lastAt, received_at) });
    }
  }

  /** The best known first. */
  learned(): Learned[] {
    const kept = [...this.marked.values()].filter(({ domain }) => !this.outside.has(domain) && !PUBLIC.test(domain));
    return kept.sort((a, b) => b.mails - a.mails || b.lastAt - a.lastAt || (a.domain < b.domain ? -1 : 1));
  }
}

/** Those that are neither protected already nor declined. */
export function suggestable(
  learned: readonly Learned[],
  protectedDomains: readonly string[],
  declined: readonly string[],
): Learned[] {
  const said = new Set(declined.map(asciiDomain));
  return learned.filter(
    ({ domain }) => !said.has(domain) && unprotected([{ name: '', email: `a@${domain}` }], protectedDomains).length > 0,
  );
}
