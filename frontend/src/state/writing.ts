/** As whom one writes, and where mail is protected: shared by everybody on this mailbox; and how this device writes. */
import { derived, type Readable } from 'svelte/store';
import type { Identity } from '../mail/rows';
import { tellSmtp, tellWriting, type Answer, type SmtpServer } from '../sync/writing';
import { settings, type Settings } from './settings';
import { account } from './status';

export type { Answer };

export const identities: Readable<Identity[]> = derived(account, (now) => now?.identities ?? []);
export const protectedDomains: Readable<string[]> = derived(account, (now) => now?.protected_domains ?? []);
export const quotePosition: Readable<Settings['quotePosition']> = derived(settings, (now) => now.quotePosition);
export const undoSeconds: Readable<Settings['undoSeconds']> = derived(settings, (now) => now.undoSeconds);

/** Kept by the server. Shown at once: the feed brings the same a moment later. */
export async function saveWriting(all: Identity[], domains: string[]): Promise<Answer> {
  const answer = await tellWriting(all, domains);
  if (answer.ok) account.update((now) => now && { ...now, identities: all, protected_domains: domains });
  return answer;
}

export async function saveSmtp(host: string, port: number, security: SmtpServer['security']): Promise<Answer> {
  const answer = await tellSmtp({ host, port, security });
  if (answer.ok) account.update((now) => now && { ...now, can_send: true });
  return answer;
}
