/** Why a contact or a text block could not be changed. */
import type { Key } from '../i18n';

const WHY: Record<string, Key> = {
  network: 'book.failed.network',
  full: 'book.failed.full',
  bad_address: 'book.failed.bad_address',
  bad_input: 'book.failed.bad_address',
};

export const whyNot = (code: string): Key => WHY[code] ?? 'book.failed.other';
