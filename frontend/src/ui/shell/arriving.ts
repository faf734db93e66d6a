/** What the app was opened for from outside: a mailto link of another page, the share sheet, the icon's shortcut. */
import { compose, writeTo } from '../writing';
import { arrivalOf, restOf } from './arrival';

export function arrive(): void {
  const arrival = arrivalOf(location);
  if (arrival) history.replaceState(null, '', `/${restOf(location.search)}`);
  if (arrival?.kind === 'mailto') writeTo(arrival.url);
  else if (arrival?.kind === 'new') compose();
  else void openShared(arrival?.lost ?? false);
}

/** Also at any other start: it may have been shared when nobody was signed in. */
async function openShared(lost: boolean): Promise<void> {
  const { openShares, shareLost } = await import('../../state/sharing');
  if (lost) shareLost();
  await openShares();
}
