/** Dates, sizes and names as people read them. Times are ms since 1970, shown in the browser's time zone. */
import type { Translate } from './i18n';

type Mailbox = { name: string; email: string };

const DAY_MS = 86_400_000;
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${locale} ${key}`;
  let made = cache.get(id);
  if (!made) cache.set(id, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Whole days between the calendar days of `at` and `now`; rounded, since a day with a clock change has 23 or 25 hours. */
export function daysAgo(at: number, now: number): number {
  return Math.round((midnight(now) - midnight(at)) / DAY_MS);
}

export function clock(at: number, locale: string): string {
  return formatter(locale, 'clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

function date(at: number, locale: string): string {
  return formatter(locale, 'date', { day: '2-digit', month: '2-digit', year: 'numeric' }).format(at);
}

/** For a row: 07:38, gestern, Fr., 12.03., 12.03.2024. Short, since it stands in a narrow column. */
export function shortDate(at: number, now: number, locale: string, t: Translate): string {
  const days = daysAgo(at, now);
  if (days === 0) return clock(at, locale);
  if (days === 1) return t('when.yesterday');
  if (days > 1 && days < 7) return formatter(locale, 'weekday', { weekday: 'short' }).format(at);
  if (new Date(at).getFullYear() !== new Date(now).getFullYear()) return date(at, locale);
  return formatter(locale, 'day', { day: '2-digit', month: '2-digit' }).format(at);
}

/** For a message: heute 07:38, gestern 07:38, Mo., 12.03.2026, 07:38. */
export function longDate(at: number, now: number, locale: string, t: Translate): string {
  const days = daysAgo(at, now);
  const time = clock(at, locale);
  if (days === 0) return t('when.today', { time });
  if (days === 1) return t('when.yesterday_at', { time });
  const weekday = formatter(locale, 'weekday', { weekday: 'short' }).format(at);
  return `${weekday} ${date(at, locale)}, ${time}`;
}

/** For the status line: the time alone today, with the day in front when it was another. */
export function asOf(at: number, now: number, locale: string, t: Translate): string {
  return daysAgo(at, now) === 0 ? clock(at, locale) : longDate(at, now, locale, t);
}

export function count(n: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(n);
}

/** Decimal units, as the systems' file managers show them. */
export function fileSize(bytes: number, locale: string, t: Translate): string {
  const show = (n: number, digits: number): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(n);
  if (bytes < 1000) return t('size.b', { n: bytes });
  if (bytes < 1_000_000) return t('size.kb', { n: show(bytes / 1000, 0) });
  return t('size.mb', { n: show(bytes / 1_000_000, bytes < 10_000_000 ? 1 : 0) });
}

// Characters that turn or hide text: a name made of them could pose as another (RFC 8265 and Unicode TR 36).
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text: string): string {
  return text.replace(INVISIBLE, '').trim();
}

/** The shown name of a mailbox, else its address. */
export function nameOf(who: Mailbox): string {
  return visible(who.name) || visible(who.email);
}

/** "Empfang 1, Empfang 2 und Sprechzimmer". */
export function namesIn(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names.map(visible));
}

/** One or two letters for the avatar; titles and brackets do not count. */
export function initials(name: string): string {
  const words = visible(name)
    .replace(/@.*/, '')
    .split(/[\s.,;:_\-/()"'<>]+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word) && !/^(dr|prof|med|herr|frau|mr|mrs|ms)$/i.test(word));
  const letters = words.slice(0, 2).map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0x3f));
  return letters.join('').toUpperCase() || '?';
}
