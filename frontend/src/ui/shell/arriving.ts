/** What the app was opened for from outside: a mailto link of another page, the share sheet, the icon's shortcut. */
import { compose, shared, writeTo } from '../writing';
import { arrivalOf, restOf } from './arrival';

export function arrive(): void {
  const arrival = arrivalOf(location);
  if (!arrival) return;
  history.replaceState(null, '', `/${restOf(location.search)}`);
  if (arrival.kind === 'mailto') writeTo(arrival.url);
  else if (arrival.kind === 'share') shared(arrival.subject, arrival.text);
  else compose();
}
