/** Why something that everybody on the mailbox shares could not be kept. */
import type { Key } from '../i18n';

const WHY: Record<string, Key> = {
  network: 'me.save_failed.network',
  offline: 'me.save_failed.network',
  bad_address: 'me.save_failed.bad_address',
  signatures_too_large: 'me.save_failed.signatures_too_large',
};

export const notSaved = (code: string): Key => WHY[code] ?? 'me.save_failed.other';
