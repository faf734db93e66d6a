import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey } from '../../../../src/mail/compose/addresses';
import { buildIndex, complete, MOST_COMPARED, type Index, type Known } from '../../../../src/mail/compose/completion';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 3);
const known = (name: string, email: string, uses = 1, daysAgo = 0): Known => ({
  name,
  email,
  uses,
  lastAt: NOW - daysAgo * DAY_MS,
});
const emails = (people: readonly Known[], typed: string, exclude: string[] = []): string[] =>
  complete(buildIndex(people), typed, 10, exclude).map(({ email }) => email);

const MUELLER = known('Hans-Peter Müller', 'hp.mueller@praxis-nord.example');

test.each([
  'h',
  'Hans',
  'hans-p',
  'peter',
  'Müller',
  'muller',
  'mueller',
  'MÜL',
  'mu\u0308ll',
  'müller hans',
  'peter mull',
  'Müller, H',
  '"Müller',
  'hp.mueller@',
  'mueller@praxis',
  'praxis',
  '@praxis-n',
  'nord',
  'nord hans',
  '<hp',
  ' hans ',
])('%j finds Hans-Peter Müller', (typed) => {
  expect(complete(buildIndex([MUELLER]), typed, 5, [])).toEqual([{ name: MUELLER.name, email: MUELLER.email }]);
});

test.each(['x', 'ans', 'eter', 'hans x', 'üller', 'example.com', 'hans@', 'hansp', '@', '!!!', 'hans peters'])(
  '%j does not',
  (typed) => {
    expect(emails([MUELLER], typed)).toEqual([]);
  },
);

test('the end of a domain alone means nobody', () => {
  expect(emails([known('', 'a@b.ch')], 'ch')).toEqual([]);
});

test.each([
  ['Strässle', 'strassle'],
  ['Strässle', 'straessle'],
  ['Gross', 'groß'],
  ['Groß', 'gross'],
  ['Çelik', 'celik'],
  ['Łukasz Sørensen', 'lukasz sorensen'],
  ['İnci', 'inci'],
  ['Mueller', 'müller'],
])('%s is found by %s', (name, typed) => {
  expect(emails([known(name, 'a@b.ch')], typed)).toEqual(['a@b.ch']);
});

test('who is used more comes first, and a use fades', () => {
  const people = [known('A', 'seldom@b.ch', 1), known('A', 'often@b.ch', 9), known('A', 'once@b.ch', 90, 400)];
  expect(emails(people, 'a')).toEqual(['often@b.ch', 'seldom@b.ch', 'once@b.ch']);
});

test('among equals the name decides, without accents, then the address', () => {
  const people = [known('Ärni', '2@b.ch'), known('Arnz', '1@b.ch'), known('Arna', '9@b.ch'), known('Arna', '8@b.ch')];
  expect(emails(people, 'ar')).toEqual(['8@b.ch', '9@b.ch', '2@b.ch', '1@b.ch']);
});

test('somebody never written to comes last, and is there', () => {
  const contact = { name: 'Anna', email: 'contact@b.ch', uses: 0, lastAt: 0 };
  expect(emails([contact, known('Anna', 'a@b.ch', 1, 900)], 'anna')).toEqual(['a@b.ch', 'contact@b.ch']);
});

test('those who are there already are not offered again', () => {
  expect(emails([known('Anna', 'a@b.ch'), known('Anna', 'c@d.ch')], 'anna', ['A@B.ch'])).toEqual(['c@d.ch']);
});

test('an address known twice is offered once, under its newest name', () => {
  const people = [known('Anna Alt', 'a@b.ch', 5, 9), known('Anna Neu', 'A@b.ch', 5, 1), known('', 'a@b.ch', 1, 0)];
  expect(complete(buildIndex(people), 'anna', 5, [])).toEqual([{ name: 'Anna Neu', email: 'a@b.ch' }]);
  expect(emails([...people, known('Anna', 'x@y.ch', 10)], 'anna')).toEqual(['a@b.ch', 'x@y.ch']);
});

test('nothing typed offers the likeliest, and no more than asked for', () => {
  const people = [known('A', 'a@b.ch', 1), known('B', 'b@b.ch', 3), known('C', 'c@b.ch', 2)];
  expect(complete(buildIndex(people), ' ', 2, []).map(({ email }) => email)).toEqual(['b@b.ch', 'c@b.ch']);
  expect(complete(buildIndex(people), 'a', 0, [])).toEqual([]);
});

test('an empty book offers nobody', () => {
  expect(emails([], 'a')).toEqual([]);
  expect(emails([], '')).toEqual([]);
});

test('every beginning of every word of everybody finds them, in the order of all', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'ä', 'e', 'u', 'b', 'ß', 'É'), minLength: 1, maxLength: 4 });
  const person = fc.record({
    name: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')),
    email: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.ch`),
    uses: fc.nat(3),
    lastAt: fc.constantFrom(0, NOW),
  });
  const first = ({ name, email }: Known): string[] => [...name.split(' '), email, email.split('@')[1] ?? ''];
  fc.assert(
    fc.property(
      fc.uniqueArray(person, { minLength: 1, maxLength: 12, selector: ({ email }) => addressKey(email) }),
      fc.nat(11),
      fc.nat(5),
      fc.nat(6),
      (people, n, w, length) => {
        const index = buildIndex(people);
        const one = people[n % people.length];
        const words = one ? first(one) : [];
        const typed = Array.from(words[w % words.length] ?? '')
          .slice(0, length)
          .join('');
        fc.pre(/\p{L}/u.test(typed));
        const found = complete(index, typed, 100, []).map(({ email }) => email.toLowerCase());
        expect(found).toContain(one?.email.toLowerCase());
        const everyone = complete(index, '', 100, []).map(({ email }) => email.toLowerCase());
        expect(found).toEqual(everyone.filter((email) => found.includes(email)));
      },
    ),
    { numRuns: 300 },
  );
});

/** Twenty thousand people of whom most are at hin.ch, with names made of few syllables. */
function crowd(): Known[] {
  const syllables = ['an', 'be', 'chri', 'da', 'el', 'fa', 'ga', 'ho', 'in', 'ju'];
  return Array.from({ length: 20_000 }, (_, n) => {
    const [a, b, c, d] = [1, 10, 100, 1000].map((step) => syllables[Math.floor(n / step) % 10] ?? '');
    const domain = n % 5 ? 'hin.ch' : `praxis${n}.example`;
    return known(`${a}${b} ${c}${d}`, `${a}${c}${n}@${domain}`, (n * 7919) % 97, (n * 104_729) % 1000);
  });
}

/** The same index, which counts how often an entry is looked at. */
function counted(index: Index): { index: Index; reads: () => number } {
  let reads = 0;
  const watched = <T extends object>(entries: T): T =>
    new Proxy(entries, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
  const minima = { ...index.minima, nodes: watched(index.minima.nodes) };
  const { people, wordsOf, words, starts } = index;
  const arrays = { people: watched(people), wordsOf: watched(wordsOf), words: watched(words), starts: watched(starts) };
  return { index: { ...arrays, minima }, reads: () => reads };
}

const CROWD = buildIndex(crowd());
const BUDGET = 8000; // reads, nearly all of them in the tree; looking at everybody takes hundreds of thousands

test.each([
  ['h', 10],
  ['hin', 10],
  ['hin.ch', 10],
  ['a', 10],
  ['anbe', 10],
  ['praxis100', 10],
  ['anan10000', 1],
  ['zzz', 0],
  ['', 10],
])('among 20,000 people %j takes a look at few', (typed, expected) => {
  const { index, reads } = counted(CROWD);
  expect(complete(index, typed, 10, [])).toHaveLength(expected);
  expect(reads()).toBeLessThan(BUDGET);
});

test('two words look through those who have the rarer one', () => {
  const { index, reads } = counted(CROWD);
  expect(complete(index, 'hin praxis100', 10, [])).toEqual([]);
  expect(reads()).toBeLessThan(BUDGET);
});

test('frequent words that hardly meet end at the bound, not at the last person', () => {
  const people = Array.from({ length: 3 * MOST_COMPARED }, (_, n) => known(n % 2 ? 'Anna' : 'Beat', `x${n}@b.ch`));
  const { index, reads } = counted(buildIndex([...people, known('Anna Beat', 'both@b.ch', 0, 2000)]));
  expect(complete(index, 'anna beat', 5, [])).toEqual([]);
  expect(reads()).toBeLessThan(MOST_COMPARED * 100);
  const few = buildIndex([...people.slice(0, MOST_COMPARED), known('Anna Beat', 'both@b.ch', 0, 2000)]);
  expect(complete(few, 'anna beat', 5, [])).toHaveLength(1);
});

test('of two who are of equal use the contact comes first, under the name of the address book', () => {
  const seen = known('Hans Seen', 'seen@a.example', 2);
  const once = known('H. M.', 'hans@a.example', 2);
  const contact: Known = { name: 'Hans Muster', email: 'HANS@a.example', uses: 0, lastAt: 0, contact: true };
  expect(complete(buildIndex([seen, contact, once]), 'hans', 5, [])).toEqual([
    { name: 'Hans Muster', email: 'hans@a.example' },
    { name: 'Hans Seen', email: 'seen@a.example' },
  ]);
});

test('being a contact does not outweigh being written to again and again', () => {
  const often = known('Hans Often', 'often@a.example', 20);
  const contact: Known = { ...known('Hans Contact', 'contact@a.example', 1), contact: true };
  const never: Known = { name: 'Hans Never', email: 'never@a.example', uses: 0, lastAt: 0, contact: true };
  expect(emails([never, contact, often], 'hans')).toEqual(['often@a.example', 'contact@a.example', 'never@a.example']);
});
