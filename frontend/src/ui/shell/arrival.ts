/** What an address asks for that came from outside. Pure.
 *
 *  A link in a mail comes by the fragment, which no server sees; the system's handlers can only fill a query. */
type Address = { pathname: string; search: string; hash: string };
export type Arrival = { kind: 'mailto'; url: string } | { kind: 'shared'; lost: boolean } | { kind: 'new' };

const OURS = ['mailto', 'shared'] as const;

export function arrivalOf({ pathname, search, hash }: Address): Arrival | null {
  const asked = new URLSearchParams(search);
  const url = asked.get('mailto') ?? new URLSearchParams(hash.slice(1)).get('mailto');
  if (url) return { kind: 'mailto', url };
  // What was shared lies on this device: the service worker took it.
  const shared = asked.get('shared');
  if (shared) return { kind: 'shared', lost: shared === 'lost' };
  return /^\/compose\/?$/.test(pathname) ? { kind: 'new' } : null;
}

/** The query without what was taken from it: it must not begin the same mail again at a reload. */
export function restOf(search: string): string {
  const asked = new URLSearchParams(search);
  for (const name of OURS) asked.delete(name);
  const rest = asked.toString();
  return rest ? `?${rest}` : '';
}
