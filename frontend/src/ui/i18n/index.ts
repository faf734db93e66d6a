/** The words on the screen: one lazy catalogue a language, plural forms by Intl, the language of the page kept in step. */
import { derived, writable, type Readable } from 'svelte/store';
import type { Catalogue, Key } from './en';

export type { Key } from './en';
export type Lang = 'de' | 'en';
export type Params = Record<string, string | number>;
export type Translate = (key: Key, params?: Params) => string;

export const languages: readonly { code: Lang; name: string }[] = [
  { code: 'de', name: 'Deutsch' },
  { code: 'en', name: 'English' },
];

type Loaded = { lang: Lang; texts: Catalogue };

type Loader = { start: () => Promise<Catalogue>; later: () => Promise<Partial<Catalogue>>[] };

const loaders: Record<Lang, Loader> = {
  de: {
    start: async () => (await import('./de')).de,
    later: () => [
      import('./de_more').then(({ deMore }) => deMore),
      import('./de_outcomes').then(({ deOutcomes }) => deOutcomes),
      import('./de_writing').then(({ deWriting }) => deWriting),
      import('./de_book').then(({ deBook }) => deBook),
      import('./de_files').then(({ deFiles }) => deFiles),
      import('./de_format').then(({ deFormat }) => deFormat),
      import('./de_desk').then(({ deDesk }) => deDesk),
    ],
  },
  en: {
    start: async () => (await import('./en')).en,
    later: () => [
      import('./en_more').then(({ enMore }) => enMore),
      import('./en_outcomes').then(({ enOutcomes }) => enOutcomes),
      import('./en_writing').then(({ enWriting }) => enWriting),
      import('./en_book').then(({ enBook }) => enBook),
      import('./en_files').then(({ enFiles }) => enFiles),
      import('./en_format').then(({ enFormat }) => enFormat),
      import('./en_desk').then(({ enDesk }) => enDesk),
    ],
  },
};

const loaded = writable<Loaded | null>(null);

/** False until the first catalogue is here; nothing is drawn before. */
export const wordsReady: Readable<boolean> = derived(loaded, (now) => now !== null);

export const lang: Readable<Lang> = derived(loaded, (now) => now?.lang ?? 'de');

/** The locale for dates and numbers: Swiss in every language. */
export const locale: Readable<string> = derived(lang, (code) => `${code}-CH`);

export const t: Readable<Translate> = derived(loaded, (now): Translate => {
  if (!now) return () => '';
  const plurals = new Intl.PluralRules(now.lang);
  return (key, params = {}) => say(now.texts, plurals, key, params);
});

/** `{n}` picks the plural form; every `{name}` is filled from `params` and left standing when it is missing. */
export function say(texts: Catalogue, plurals: Intl.PluralRules, key: Key, params: Params): string {
  // Empty for the moment until the rest of the words is here.
  const text = texts[key] ?? '';
  const form = typeof text === 'string' ? text : text[plurals.select(Number(params.n)) === 'one' ? 'one' : 'other'];
  return form.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name];
    return value === undefined ? hole : String(value);
  });
}

/** What to speak: `?lang=` wins, then the setting, then the browser, then German. */
export function pickLang(search: string, setting: string, browser: readonly string[]): Lang {
  const forced = new URLSearchParams(search).get('lang');
  const wanted = [forced ?? '', setting, ...browser].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Lang => tag === 'de' || tag === 'en') ?? 'de';
}

export async function speak(code: Lang): Promise<void> {
  const start = await loaders[code].start();
  loaded.set({ lang: code, texts: start });
  document.documentElement.lang = code;
  const later = await Promise.all(loaders[code].later());
  const texts = Object.assign({}, start, ...later) as Catalogue;
  loaded.update((now) => (now?.lang === code ? { lang: code, texts } : now));
}
