/** What a person decides of a line of the ledger, wherever it is shown. */
import { writable } from 'svelte/store';
import { discard, retry, type ActivityItem } from '../../state/activity';
import { go } from '../../state/route';
import { askHeld } from '../dialogs/asked';
import { editUnsent } from '../writing';
import type { Remedy } from './words';

/** The line that is to be looked at: it is shown when the ledger opens. */
export const lookedAt = writable('');

/** First on the screen, then off its way: a text is never only here for a moment. Not shown, it stays on its way: the server
 *  lets go of what is discarded. */
async function takeBack(id: string): Promise<void> {
  if (await editUnsent(id)) await discard(id);
}

const REMEDIES: Record<Remedy, (item: ActivityItem) => unknown> = {
  undo: ({ id }) => takeBack(id),
  show_both: askHeld,
  retry: ({ id }) => retry(id),
  send_anyway: ({ id }) => retry(id),
  edit: ({ id }) => editUnsent(id),
  discard: ({ id }) => discard(id),
};

export const decide = (item: ActivityItem, remedy: Remedy): unknown => REMEDIES[remedy](item);

/** What stands behind an announcement: both texts, else the line itself. */
export function look(item: ActivityItem): void {
  if (item.state === 'held') return askHeld(item);
  lookedAt.set(item.id);
  go({ view: 'activity' });
}
