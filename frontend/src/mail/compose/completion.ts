/** Who is meant by a few typed letters, out of all whom this account ever wrote to or heard from.
 *
 *  People are sorted once, the likeliest first. A sorted list of words says at which of them a typed prefix begins and
 *  ends, and a tree of minima which people of that stretch come first. So an answer costs the logarithm of what is
 *  known: a prefix that fits all twenty thousand ("h", where everyone is at hin.ch) is as quick as a rare one. */
import type { Mailbox } from '../rows';
import { addressKey } from './addresses';
import { ascending, minimaOf, type Minima } from './ranked';

/** `uses`: mails sent to and received from; `lastAt`: of the newest, ms since 1970. `contact`: somebody put them into the
 *  address book. */
export type Known = { name: string; email: string; uses: number; lastAt: number; contact?: boolean };

export type Index = {
  /** The likeliest first; a person's place here is their rank. */
  readonly people: readonly Known[];
  /** For each of them all words, each behind a line feed. */
  readonly wordsOf: readonly string[];
  /** Every word once, sorted. Those who have the nth stand in `minima` from `starts[n]` to before `starts[n + 1]`. */
  readonly words: readonly string[];
  readonly starts: readonly number[];
  readonly minima: Minima;
};

/** How many people are looked at for one answer, when most have only one of two typed words. */
export const MOST_COMPARED = 2000;
const HALF_LIFE_MS = 60 * 86_400_000;
/** Being in the address book is worth as much as having been written to twice as often. */
const CONTACT_HALVINGS = 1;

export function buildIndex(known: readonly Known[]): Index {
  const people = byLikelihood(merged(known));
  const ranks = new Map<string, number[]>();
  const wordsOf = people.map((person, rank) => {
    const own = wordsIn(person);
    for (const word of own) {
      const those = ranks.get(word);
      if (those) those.push(rank);
      else ranks.set(word, [rank]);
    }
    return `\n${[...own].join('\n')}`;
  });
  const words = [...ranks.keys()].sort();
  const starts = [0];
  for (const word of words) starts.push((starts.at(-1) ?? 0) + (ranks.get(word)?.length ?? 0));
  return { people, wordsOf, words, starts, minima: minimaOf(words.flatMap((word) => ranks.get(word) ?? [])) };
}

/** At most `limit` of those in whom every typed word begins a word of the name, the address or its domain. Accents and
 *  case make no difference, nor does "ue" for "ü". Nothing typed: the likeliest. `exclude`: addresses there already. */
export function complete(index: Index, typed: string, limit: number, exclude: readonly string[]): Mailbox[] {
  const there = new Set(exclude.map(addressKey));
  const found: Mailbox[] = [];
  for (const rank of fitting(index, typed)) {
    if (found.length >= limit) break;
    const person = index.people[rank];
    if (person && !there.has(addressKey(person.email))) found.push({ name: person.name, email: person.email });
  }
  return found;
}

/** Ranks, the likeliest first: those who have the rarest of the typed words, looked at for the others. */
function* fitting(index: Index, typed: string): Generator<number> {
  const ranges = queried(typed).map((word) => ({ word, ...rangeOf(index, word) }));
  const [rarest, ...others] = ranges.sort((a, b) => a.to - a.from - (b.to - b.from));
  if (!rarest) {
    if (!typed.trim()) yield* index.people.keys();
    return;
  }
  let looked = 0;
  let before = -1;
  for (const rank of ascending(index.minima, rarest.from, rarest.to)) {
    if (rank === before) continue; // two words of one person begin alike
    before = rank;
    if ((looked += 1) > MOST_COMPARED) return;
    const words = index.wordsOf[rank] ?? '';
    if (others.every(({ word }) => words.includes(`\n${word}`))) yield rank;
  }
}

/** A mailbox known from several sources counts once, under the name in the address book, else its newest one. */
function merged(known: readonly Known[]): Known[] {
  const byKey = new Map<string, Known>();
  for (const one of known) {
    const key = addressKey(one.email);
    const other = byKey.get(key);
    if (!other) byKey.set(key, one);
    else {
      const [older, newer] = one.lastAt < other.lastAt ? [one, other] : [other, one];
      const named = [newer, older].find((each) => each.contact && each.name) ?? (newer.name ? newer : older);
      const contact = Boolean(older.contact || newer.contact);
      byKey.set(key, { ...newer, name: named.name, uses: older.uses + newer.uses, contact });
    }
  }
  return [...byKey.values()];
}

function byLikelihood(known: readonly Known[]): Known[] {
  const placed = known.map((one) => ({ one, value: likelihood(one), name: plain(one.name || one.email) }));
  placed.sort((a, b) => b.value - a.value || compared(a.name, b.name) || compared(a.one.email, b.one.email));
  return placed.map(({ one }) => one);
}

/** Uses that halve with every half-life since the last, as a logarithm: log₂(uses · 2^((lastAt − now) / halfLife)). Now
 *  is the same for all and falls out, so the order holds for as long as the index is kept. A contact comes before
 *  somebody of as much use who is in no address book. */
function likelihood({ uses, lastAt, contact }: Known): number {
  return Math.log2(1 + Math.max(0, uses)) + lastAt / HALF_LIFE_MS + (contact ? CONTACT_HALVINGS : 0);
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Without case and accents, and with "ue" and "ü" alike. The beginning of a word stays the beginning of its form. */
export const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđı]/g, (letter) => UNFOLDED[letter] ?? letter)
    .replace(/([aou])e/g, '$1');
const UNFOLDED: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

const BETWEEN = /[\s,;"()<>]+/;

/** "Anna-Maria" is found under "maria", hans.muster@praxis.example.ch under "muster@", "praxis" and "example". */
function wordsIn({ name, email }: Known): Set<string> {
  const address = plain(email);
  const end = address.lastIndexOf('.'); // everybody's ends in "ch"
  return new Set([
    ...plain(name)
      .split(BETWEEN)
      .flatMap((word) => tails(word, word.length)),
    ...tails(address, end < 0 ? address.length : end),
  ]);
}

/** What begins with a letter or digit that none stands in front of, before the place `end`. */
const tails = (word: string, end: number): string[] =>
  [...word.matchAll(/[\p{L}\p{N}]+/gu)].filter(({ index }) => index < end).map(({ index }) => word.slice(index));

const queried = (typed: string): string[] =>
  plain(typed)
    .split(BETWEEN)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+/u, ''))
    .filter((word) => word);

/** Where in `minima` the people stand who have a word that begins with `prefix`. */
function rangeOf({ words, starts }: Index, prefix: string): { from: number; to: number } {
  const first = firstAt(words, (word) => word >= prefix);
  const after = firstAt(words, (word) => word >= prefix && !word.startsWith(prefix));
  return { from: starts[first] ?? 0, to: starts[after] ?? 0 };
}

/** The first place from which on `holds` is true. */
function firstAt(words: readonly string[], holds: (word: string) => boolean): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(words[middle] ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
