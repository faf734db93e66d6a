/** Mails of this device that did not leave and wait for their writer. Filled by outcomes.ts, behind the first picture. */
import { writable } from 'svelte/store';
import type { LedgerLine } from '../sync/ledger';

export type Unsent = LedgerLine;

export const unsent = writable<readonly Unsent[]>([]);
