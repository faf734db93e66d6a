/** As whom one writes, and where mail is protected: shared by everybody on this mailbox; and how this device writes. */
import { derived, type Readable } from 'svelte/store';
import type { AccountRow, Identity } from '../mail/rows';
import { tellDomain, tellIdentities, tellSmtp, type Answer, type SmtpServer } from '../sync/writing';
import { settings, type Settings } from './settings';
import { account } from './status';

export type { Answer };

export const identities: Readable<Identity[]> = derived(account, (now) => now?.identities ?? []);
export const protectedDomains: Readable<string[]> = derived(account, (now) => now?.protected_domains ?? []);
export const quotePosition: Readable<Settings['quotePosition']> = derived(settings, (now) => now.quotePosition);
export const undoSeconds: Readable<Settings['undoSeconds']> = derived(settings, (now) => now.undoSeconds);

/** Kept by the server. Shown at once: the feed brings the same a moment later. */
export async function saveIdentities(all: Identity[]): Promise<Answer> {
  const answer = await tellIdentities(all);
  if (answer.ok) account.update((now) => now && { ...now, identities: all });
  return answer;
}

/** One domain at a time: whoever decides on another one meanwhile loses nothing. What is taken out is declined too. */
export async function judgeDomain(domain: string, isProtected: boolean): Promise<Answer> {
  const answer = await tellDomain(domain, isProtected);
  if (!answer.ok) return answer;
  const among = (domains: readonly string[], wanted: boolean): string[] =>
    [...domains.filter((one) => one !== domain), ...(wanted ? [domain] : [])].sort();
  account.update(
    (now) =>
      now && {
        ...now,
        protected_domains: among(now.protected_domains, isProtected),
        declined_domains: among(declinedIn(now), !isProtected),
      },
  );
  return answer;
}

/** An account that an older version stored has none. */
export const declinedIn = (mailbox: Partial<Pick<AccountRow, 'declined_domains'>> | null): string[] =>
  mailbox?.declined_domains ?? [];

export async function saveSmtp(host: string, port: number, security: SmtpServer['security']): Promise<Answer> {
  const answer = await tellSmtp({ host, port, security });
  if (answer.ok) account.update((now) => now && { ...now, can_send: true });
  return answer;
}
