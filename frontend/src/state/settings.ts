/** Choices of this browser. Nothing in them is about mail. */
import { writable, type Readable } from 'svelte/store';

type Swipe = 'read' | 'archive' | 'trash' | 'flag' | 'none';

export type Settings = {
  theme: 'system' | 'light' | 'dark';
  language: '' | 'de' | 'en';
  density: 'comfortable' | 'compact';
  readAfter: 'two_seconds' | 'at_once' | 'never';
  swipeLeft: Swipe;
  swipeRight: Swipe;
  listWidth: number;
  quotePosition: 'top' | 'bottom';
  undoSeconds: 0 | 5 | 10 | 20 | 30;
  /** New mails and answers begin as formatted text. */
  formatted: boolean;
};

const KEY = 'praxispost-settings';
const DEFAULTS: Settings = {
  theme: 'system',
  language: '',
  density: 'comfortable',
  readAfter: 'two_seconds',
  swipeLeft: 'archive',
  swipeRight: 'read',
  listWidth: 400,
  quotePosition: 'top',
  undoSeconds: 10,
  formatted: false,
};

function load(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>) };
  } catch {
    return DEFAULTS;
  }
}

const chosen = writable<Settings>(load());
export const settings: Readable<Settings> = chosen;

export function change(patch: Partial<Settings>): void {
  chosen.update((now) => {
    const next = { ...now, ...patch };
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // Private mode without storage: the choice holds until the tab closes.
    }
    return next;
  });
}
