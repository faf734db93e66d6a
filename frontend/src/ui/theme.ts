/** Light or dark: the choice in settings, else the system's, live. */
import { derived, readable, type Readable } from 'svelte/store';
import { settings } from '../state/settings';

const query = '(prefers-color-scheme: dark)';

const systemDark: Readable<boolean> = readable(window.matchMedia(query).matches, (set) => {
  const media = window.matchMedia(query);
  const tell = (): void => set(media.matches);
  media.addEventListener('change', tell);
  return () => media.removeEventListener('change', tell);
});

export const theme: Readable<'light' | 'dark'> = derived([settings, systemDark], ([chosen, dark]) => {
  if (chosen.theme === 'light' || chosen.theme === 'dark') return chosen.theme;
  return dark ? 'dark' : 'light';
});

const BAR = { light: '#ffffff', dark: '#141c1c' } as const;

/** Puts the theme on the page and on the browser's own bar. */
export function wear(now: 'light' | 'dark'): void {
  document.documentElement.dataset.theme = now;
  for (const meta of document.querySelectorAll('meta[name=theme-color]')) meta.setAttribute('content', BAR[now]);
}
