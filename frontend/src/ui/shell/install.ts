/** Installing to the home screen. Chromium offers it with an event that comes once and early; iOS only by its own menu. */
import { writable } from 'svelte/store';

type Offer = Event & { prompt(): Promise<unknown> };

export const offer = writable<Offer | null>(null);
export const installed = writable(window.matchMedia('(display-mode: standalone)').matches);

/** iPads say they are Macs, but Macs have no touch screen. */
export const isIos =
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1);

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  if ('prompt' in event) offer.set(event as Offer);
});

window.addEventListener('appinstalled', () => {
  installed.set(true);
  offer.set(null);
});

export async function install(wanted: Offer): Promise<void> {
  offer.set(null);
  await wanted.prompt();
}
