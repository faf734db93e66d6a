import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAddress } from '../../../../src/mail/compose/addresses';
import { parseMailboxes, splitInput } from '../../../../src/mail/compose/mailboxes';

const box = (email: string, name = ''): { name: string; email: string } => ({ name, email });
const [A, B] = [box('a@b.ch'), box('c@d.ch')];

test.each([
  ['a@b.ch', A],
  ['<a@b.ch>', A],
  [' a@b.ch ', A],
  ['Anna Muster <a@b.ch>', box('a@b.ch', 'Anna Muster')],
  ['Anna Muster<a@b.ch>', box('a@b.ch', 'Anna Muster')],
  ['"Müller, Hans" <a@b.ch>', box('a@b.ch', 'Müller, Hans')],
  ['"Hans \\"Hausi\\" M" <a@b.ch>', box('a@b.ch', 'Hans "Hausi" M')],
  ['Hans "Hausi" Muster <a@b.ch>', box('a@b.ch', 'Hans Hausi Muster')],
  ["'Anna Muster' <a@b.ch>", box('a@b.ch', 'Anna Muster')],
  ['„Anna Muster“ <a@b.ch>', box('a@b.ch', 'Anna Muster')],
  ['a@b.ch (Anna Muster)', box('a@b.ch', 'Anna Muster')],
  ['Anna Muster (Praxis (Bern)) <a@b.ch>', box('a@b.ch', 'Anna Muster (Praxis (Bern))')],
  ['Anna Muster a@b.ch', box('a@b.ch', 'Anna Muster')],
  ['Anna Muster (a@b.ch)', box('a@b.ch', 'Anna Muster')],
  ['Anna Muster [mailto:a@b.ch]', box('a@b.ch', 'Anna Muster')],
  ['a@b.ch<mailto:a@b.ch>', A],
  ['mailto:a@b.ch', A],
  ['MAILTO:a@b.ch?subject=Termin', A],
  ['"a b"@praxis.example', box('"a b"@praxis.example')],
  ['"Dr. A" "a, b"@praxis.example', box('"a, b"@praxis.example', 'Dr. A')],
  ['Anna <"a>b"@praxis.example>', box('"a>b"@praxis.example', 'Anna')],
  ['"a b"@praxis.example.', box('"a b"@praxis.example')],
  ['hans@müller.ch', box('hans@müller.ch')],
  ["o'hara@b.ch", box("o'hara@b.ch")],
])('one mailbox in its spelling %j', (text, expected) => {
  expect(parseMailboxes(text)).toEqual({ found: [expected], rest: '' });
});

test.each(['a@b.ch.', 'a@b.ch…', '(a@b.ch)', '«a@b.ch»', "'a@b.ch'", '"a@b.ch"', '<a@b.ch', '• a@b.ch', '[a@b.ch],'])(
  'what a sloppy selection took along is dropped from %j',
  (text) => {
    expect(parseMailboxes(text)).toEqual({ found: [A], rest: '' });
  },
);

test('marks that nobody sees are dropped', () => {
  expect(parseMailboxes('\u202aa@b.ch\u202c;\ufeffc@d.ch\u200b')).toEqual({ found: [A, B], rest: '' });
});

test.each([', ', ';', '\n', '\r\n', '\t', ' ', ',,; ', ';\n'])('%j separates', (separator) => {
  expect(parseMailboxes(`a@b.ch${separator}c@d.ch`)).toEqual({ found: [A, B], rest: '' });
});

test.each([
  'Team: a@b.ch, c@d.ch;',
  'An: a@b.ch\nKopie: c@d.ch',
  'Eins: a@b.ch;, Zwei: c@d.ch;',
  'Team:<a@b.ch>,<c@d.ch>',
])('the label of a group or field is no recipient: %j', (text) => {
  expect(parseMailboxes(text)).toEqual({ found: [A, B], rest: '' });
});

test('names with commas come unquoted from Outlook', () => {
  const text = 'Muster, Anna <a@b.ch>; Beispiel, Hans, Dr. med. <c@d.ch>';
  expect(parseMailboxes(text).found).toEqual([
    box('a@b.ch', 'Muster, Anna'),
    box('c@d.ch', 'Beispiel, Hans, Dr. med.'),
  ]);
});

test('people who follow one another without a separator keep their own names', () => {
  expect(parseMailboxes('Anna <a@b.ch> Hans <c@d.ch>').found).toEqual([box('a@b.ch', 'Anna'), box('c@d.ch', 'Hans')]);
  expect(parseMailboxes('a@b.ch (Anna) c@d.ch (Hans)').found).toEqual([box('a@b.ch', 'Anna'), box('c@d.ch', 'Hans')]);
  expect(parseMailboxes('a@b.ch c@d.ch (Hans)').found).toEqual([A, box('c@d.ch', 'Hans')]);
});

test.each([
  ['Anna', [], 'Anna'],
  ['Anna, a@b.ch', [A], 'Anna'],
  ['Anna; <a@b.ch>', [A], 'Anna'],
  ['Hans <hans@x>, a@b.ch', [A], 'Hans <hans@x>'],
  ['a@b.ch Praxis Bern', [A], 'Praxis Bern'],
  ['hans@x a@b.ch', [A], 'hans@x'],
  ['Treffen um 10:30 Uhr; a@b.ch', [A], 'Treffen um 10:30 Uhr'],
  ['Undisclosed recipients:;', [], 'Undisclosed recipients:'],
  ['"offen, a@b.ch', [A], '"offen'],
  ['(offen, a@b.ch', [A], '(offen'],
  ['"a" "b" "offen <a@b.ch>', [box('a@b.ch', 'a b offen')], ''],
  ['Anna <a@b.ch, c@d.ch', [box('a@b.ch', 'Anna'), B], ''],
  ['https://x.ch/@a, a@b.ch', [A], 'https://x.ch/@a'],
])('what cannot be read stays: %j', (text, found, rest) => {
  expect(parseMailboxes(text)).toEqual({ found, rest });
});

test.each(['', ' ', ',;\n', '<>', '()', '""', '•', '- , -'])('%j is nobody', (text) => {
  expect(parseMailboxes(text)).toEqual({ found: [], rest: '' });
});

const PARTS = [
  'Anna',
  'Müller',
  'a@b.ch',
  'x@y',
  '"',
  '<',
  '>',
  '(',
  ')',
  ',',
  ';',
  '\n',
  '\t',
  ' ',
  "'",
  '\\',
  '.',
  '@',
];
const sloppy = fc.array(fc.constantFrom(...PARTS), { maxLength: 25 }).map((parts) => parts.join(''));

test('no letter is lost: each is in a name, an address or the rest', () => {
  const letters = (text: string): string[] => text.match(/\p{L}/gu)?.sort() ?? [];
  fc.assert(
    fc.property(sloppy, (text) => {
      // What may go is a second remark about somebody, and a name that only repeats the address.
      fc.pre(!text.includes('(') && text.split('a@b.ch').length <= 2);
      const { found, rest } = parseMailboxes(text);
      const kept = [...found.flatMap(({ name, email }) => [name, email]), rest].join('');
      expect(letters(kept)).toEqual(letters(text));
    }),
    { numRuns: 1000 },
  );
});

test('whatever is pasted, only addresses are found', () => {
  fc.assert(
    fc.property(sloppy, (text) => {
      expect(parseMailboxes(text).found.filter(({ email }) => !isAddress(email))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test.each(['(', '<', '"', '\\"', '"\\"', '<"', '(a ', 'a:', '@:', 'a, ', '@ ', "' ", 'a@b.ch '])(
  'repeating %j costs no more than its length',
  (seed) => {
    const text = seed.repeat(100_000 / seed.length);
    const started = performance.now();
    parseMailboxes(`"${text}`);
    splitInput(`${text}<a@b.ch>`);
    expect(performance.now() - started).toBeLessThan(2000); // linear takes a tenth
  },
);

test.each(['a@b.ch,', 'a@b.ch;', 'a@b.ch\n', 'a@b.ch, '])('%j completes', (text) => {
  expect(splitInput(text)).toEqual({ complete: [A], typing: '' });
});

test.each([
  'a@b.ch',
  'Anna',
  'Anna ',
  'Anna, ',
  'Muster, Anna <a@b.ch>',
  '"Müller, Hans',
  '"Müller, Hans <a@b.ch>, c@d.ch;',
  '"Müller, Hans" <a@b.ch>',
  'a@b.ch (Müller,',
  'a@b.ch c@d.ch',
  '"',
])('%j is still being typed, and stays to the letter', (text) => {
  expect(splitInput(text)).toEqual({ complete: [], typing: text });
});

test.each([
  ['a@b.ch, Anna ', [A], 'Anna '],
  ['a@b.ch; "Mü, H', [A], '"Mü, H'],
  ['Anna, a@b.ch, x', [A], 'Anna, x'],
  ['hans@x, a@b.ch,', [A], 'hans@x'],
  ['"Müller, Hans" <a@b.ch>,', [box('a@b.ch', 'Müller, Hans')], ''],
  ['Muster, Anna <a@b.ch>;c', [box('a@b.ch', 'Muster, Anna')], 'c'],
  ['"Müller, Hans <a@b.ch>\n', [box('a@b.ch', 'Müller, Hans')], ''],
  ['Anna\n', [], 'Anna'],
  ['a@b.ch\nc@d.ch\n', [A, B], ''],
  [' , ', [], ''],
])('%j is split into what is complete and what is typed', (text, complete, typing) => {
  expect(splitInput(text)).toEqual({ complete, typing });
});

test('what is left typing completes nothing by itself', () => {
  // A quote or bracket that Enter found open is a character like any other, and may open again.
  const unopened = sloppy.map((text) => text.replace(/["(<]/g, ''));
  fc.assert(
    fc.property(unopened, (text) => {
      const { typing } = splitInput(text);
      expect(splitInput(typing)).toEqual({ complete: [], typing });
    }),
    { numRuns: 1000 },
  );
});
