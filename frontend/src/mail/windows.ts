/** Windows: what this browser holds of each folder. Pure rules; the server has the same ones. */
import { FLAGGED, SEEN } from './flags';
import { reaches, type Placed } from './order';
import type { MessageRow, Page, Window, WindowKind } from './rows';

export const windowKey = (window: { folder: string; kind: WindowKind }): string => `${window.folder}/${window.kind}`;

export function inWindow(row: Placed & { folder: string; flags: number }, window: Window): boolean {
  if (row.folder !== window.folder) return false;
  if (window.kind === 'unread' && row.flags & SEEN) return false;
  if (window.kind === 'flagged' && !(row.flags & FLAGGED)) return false;
  return reaches(row, window.down_to);
}

/** A page is added below what is held: the window then reaches down to the page's end. */
export function extended(folder: string, kind: WindowKind, page: Page): Window | null {
  if (!page.complete && !page.down_to) return null;
  return { folder, kind, down_to: page.complete ? null : (page.down_to ?? null) };
}

/** A page was read at some moment and must not overwrite a row that is newer by its seq. */
export const isNewer = (row: MessageRow, held: { seq: number } | undefined): boolean => !held || row.seq >= held.seq;
