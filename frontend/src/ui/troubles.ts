/** Why a mailbox does not answer: the server's codes, the screen's words. */
import type { Key } from './i18n';

const KNOWN: Record<string, Key> = {
  network: 'trouble.network',
  closed: 'trouble.network',
  timeout: 'trouble.network',
  bye: 'trouble.busy',
  unavailable: 'trouble.busy',
  inuse: 'trouble.busy',
  limit: 'trouble.busy',
  serverbug: 'trouble.busy',
  tls: 'trouble.tls',
  certificate: 'trouble.certificate',
  no_starttls: 'trouble.no_starttls',
  wrong_key: 'trouble.wrong_key',
};

export function troubleKey(kind: string, code: string): Key {
  return KNOWN[code] ?? (kind === 'server_trouble' ? 'trouble.other' : 'trouble.network');
}
