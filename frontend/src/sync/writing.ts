/** As whom one writes, where mail is protected and over which server it leaves: kept by the server for everybody on the
 *  mailbox; what was kept comes back by the feed. */
import type { Identity } from '../mail/rows';
import { api, ApiError, type SmtpServer } from '../net/api';

export type { SmtpServer };
/** `code`: network, bad_address, host_not_listed, unreachable, refused … */
export type Answer = { ok: true } | { ok: false; code: string };

export async function answered(asked: Promise<void>): Promise<Answer> {
  try {
    await asked;
    return { ok: true };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, code: error.code };
    throw error;
  }
}

export const tellIdentities = (identities: readonly Identity[]): Promise<Answer> =>
  answered(api.identities(identities));

/** A person's word on one domain: protected, or not to be suggested again. */
export const tellDomain = (domain: string, isProtected: boolean): Promise<Answer> =>
  answered(api.domain(domain, isProtected));

export const tellSmtp = (server: SmtpServer): Promise<Answer> => answered(api.smtp(server));
