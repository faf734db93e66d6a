/** Where we are, in the address bar, so that the platform's back gesture and a reload work. */
import { writable, type Readable } from 'svelte/store';

export type Route =
  | { view: 'mail'; folder: string | null; message: string | null }
  | { view: 'compose'; draft: string }
  | { view: 'contacts'; contact: string }
  | { view: 'activity' }
  | { view: 'me' };

export function routeOf(path: string): Route {
  const [view, folder = '', message = ''] = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (view === 'compose') return { view, draft: folder };
  if (view === 'contacts') return { view, contact: folder };
  if (view === 'activity' || view === 'me') return { view };
  if (view === 'mail') return { view, folder: folder || null, message: message || null };
  return { view: 'mail', folder: null, message: null };
}

export function pathOf(to: Route): string {
  if (to.view === 'compose') return `/compose/${to.draft}`;
  if (to.view === 'contacts') return to.contact ? `/contacts/${to.contact}` : '/contacts';
  if (to.view !== 'mail') return `/${to.view}`;
  if (!to.folder) return '/';
  return `/mail/${to.folder}${to.message ? `/${to.message}` : ''}`;
}

const here = writable<Route>(routeOf(location.pathname));
export const route: Readable<Route> = here;

/** A new step of the history; `replace` where going back to the present place would surprise. */
export function go(to: Route, replace = false): void {
  const path = pathOf(to) + location.search;
  if (replace || path === location.pathname + location.search) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  here.set(to);
}

window.addEventListener('popstate', () => here.set(routeOf(location.pathname)));
