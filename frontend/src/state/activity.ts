/** The ledger: what waits here and what became of it, everybody's. Read only while somebody looks. */
import { readable, get, type Readable } from 'svelte/store';
import { discard as discardLine, ledgerOf, retry as retryLine, type LedgerLine } from '../sync/ledger';
import { takenBack } from '../mail/overlay';
import { arrival, here, onEnd, onNews } from './place';
import { wish } from './wishes';

export type ActivityItem = LedgerLine;

let again: () => void = () => undefined;
let clear: () => void = () => undefined;

export const activity: Readable<ActivityItem[]> = readable<ActivityItem[]>([], (set) => {
  again = () => {
    const place = here();
    if (place) void ledgerOf(place.mirror).then(set);
    else set([]);
  };
  clear = () => set([]);
  // Opened by its address, the ledger is faster than the mirror.
  void arrival().then(() => again());
  return () => (again = () => undefined);
});

async function decide(id: string, how: typeof retryLine): Promise<void> {
  const place = here();
  const line =
    get(activity).find((one) => one.id === id) ??
    (place ? (await ledgerOf(place.mirror)).find((one) => one.id === id) : null);
  if (!place || !line) return;
  // Without a network the line stays as it is and says so by its state.
  await how(place.mirror, place.bell, line).catch(() => undefined);
  again();
}

/** Take back what was done, whenever that was. */
export async function takeBack(line: ActivityItem): Promise<void> {
  const back = takenBack(line);
  // It is about where that left them: what somebody else moved since is not fetched back from there.
  if (back) await wish([{ ...back, since: line.seq }]);
  again();
}

export const retry = (id: string): Promise<void> => decide(id, retryLine);
export const discard = (id: string): Promise<void> => decide(id, discardLine);

onNews((news) => {
  if (news.kind === 'outbox' || news.kind === 'sent' || news.kind === 'everything') again();
  if (news.kind === 'mirror' && news.actions) again();
});
onEnd(() => clear());
