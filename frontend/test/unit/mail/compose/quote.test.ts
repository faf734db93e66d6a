import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octets } from '../../../../src/mail/compose/octets';
import { ownWords } from '../../../../src/mail/compose/ownwords';
import { attribution, forwardText, quoted, replyText, type Quotable } from '../../../../src/mail/compose/quote';

const ANNA = { name: 'Anna Muster', email: 'anna@b.ch' };
const AT_MS = Date.UTC(2026, 10, 3, 7, 5);
const ZURICH = 60;
const original = (change: Partial<Quotable> = {}): Quotable => ({
  text: 'Guten Tag\nGeht es morgen?\n',
  subject: 'Termin',
  senders: [ANNA],
  to: [{ name: '', email: 'praxis@own.ch' }],
  cc: [],
  at_ms: AT_MS,
  ...change,
});

test.each([
  ['de', 'Am 3. November 2026 um 08:05 schrieb Anna Muster:'],
  ['fr', 'Le 3 novembre 2026 à 08:05, Anna Muster a écrit :'],
  ['it', 'Il giorno 3 novembre 2026 alle 08:05 Anna Muster ha scritto:'],
  ['en', 'On 3 November 2026 at 08:05, Anna Muster wrote:'],
] as const)('who said it and when is told in %s', (language, expected) => {
  expect(attribution(language, AT_MS, ANNA, ZURICH)).toBe(expected);
});

test('the first of a month has its own form in French', () => {
  expect(attribution('fr', Date.UTC(2026, 10, 1), ANNA, 0)).toContain('Le 1er novembre');
  expect(attribution('fr', Date.UTC(2026, 10, 11), ANNA, 0)).toContain('Le 11 novembre');
});

test('the day is the one of the offset', () => {
  expect(attribution('de', Date.UTC(2026, 11, 31, 23, 30), ANNA, ZURICH)).toContain('1. Januar 2027 um 00:30');
  expect(attribution('de', Date.UTC(2026, 0, 1, 0, 30), ANNA, -300)).toContain('31. Dezember 2025 um 19:30');
});

test('without an offset it is the time of this device', () => {
  const local = new Date(2026, 10, 3, 7, 5).getTime();
  expect(attribution('de', local, ANNA)).toContain('3. November 2026 um 07:05');
});

test.each([Number.NaN, Infinity, 8.64e15 + 1, -9e15])('a date that is none (%s) is left out', (at_ms) => {
  expect(attribution('de', at_ms, ANNA, ZURICH)).toBe('Anna Muster schrieb:');
  expect(attribution('en', at_ms, ANNA)).toBe('Anna Muster wrote:');
});

test('the sender is named in one line, by the address where there is no name', () => {
  expect(attribution('en', NaN, { name: 'Anna\n\u202eMuster', email: '' })).toBe('Anna Muster wrote:');
  expect(attribution('en', NaN, { name: ' ', email: 'anna@b.ch' })).toBe('anna@b.ch wrote:');
  expect(attribution('en', NaN, undefined)).toBe('? wrote:');
  expect(octets(attribution('en', NaN, { name: '漢'.repeat(5000), email: '' }))).toBeLessThan(998);
});

test('each line is quoted, spaces at its end go', () => {
  expect(quoted('Guten Tag  \n\n Gruss\t\r\n')).toBe('> Guten Tag\n>\n>  Gruss');
});

test('quotes within it go one level deeper', () => {
  expect(quoted('Ja\n> Geht das?\n>> Wann?\n> > Wo?')).toBe('> Ja\n>> Geht das?\n>>> Wann?\n>> > Wo?');
});

test('the signature is not quoted, what stands below it is', () => {
  expect(quoted('Ja\n-- \nPraxis')).toBe('> Ja');
  expect(quoted('Ja\n-- \nPraxis\n> Geht das?')).toBe('> Ja\n>> Geht das?');
});

test('nothing quoted is nothing', () => {
  expect(quoted('')).toBe('');
  expect(quoted('\n \n')).toBe('');
});

test('no line of a quote is longer than mail allows, nor ends in a space', () => {
  const unit = fc.constantFrom('a', 'ä', '漢', '😀', ' ', '>', '\n', 'w'.repeat(400), '>'.repeat(300), ' '.repeat(600));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      for (const line of quoted(text) === '' ? [] : quoted(text).split('\n')) {
        expect(octets(line)).toBeLessThanOrEqual(998);
        expect(line).toMatch(/^>/);
        expect(line).toBe(line.trimEnd());
      }
    }),
  );
});

test('a quote gives back what was said', () => {
  const unit = fc.constantFrom('a', 'B', ' ', '\n', 'ä');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      const said = text
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n')
        .replace(/^\n+|\n+$/g, '');
      expect(quoted(text).replace(/^> ?/gm, '')).toBe(said);
    }),
  );
});

const reply = (change: Partial<Parameters<typeof replyText>[0]> = {}): string => {
  const started = {
    original: original(),
    language: 'de',
    position: 'top',
    signature: 'Praxis Muster',
    ...change,
  } as const;
  const { text, cursor } = replyText({ ...started, utcOffset: ZURICH });
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
};

const QUOTE = 'Am 3. November 2026 um 08:05 schrieb Anna Muster:\n> Guten Tag\n> Geht es morgen?\n';

test('answering on top, the cursor stands above signature and quote', () => {
  expect(reply()).toBe(`|\n\n-- \nPraxis Muster\n\n${QUOTE}`);
  expect(reply({ signature: '' })).toBe(`|\n\n${QUOTE}`);
});

test('answering below, it stands between quote and signature', () => {
  expect(reply({ position: 'bottom' })).toBe(`${QUOTE}\n|\n\n-- \nPraxis Muster\n`);
  expect(reply({ position: 'bottom', signature: ' \n' })).toBe(`${QUOTE}\n|`);
});

test('a mail without text is not quoted', () => {
  expect(reply({ original: original({ text: '' }), signature: '' })).toBe('|');
  expect(reply({ original: original({ text: '' }), position: 'bottom' })).toBe('|\n\n-- \nPraxis Muster\n');
});

test('a signature that brings its own mark gets no second one', () => {
  expect(reply({ signature: '-- \r\nPraxis\r\nBern' })).toContain('|\n\n-- \nPraxis\nBern\n');
  expect(reply({ signature: '--\nPraxis' })).not.toContain('-- \n');
  expect(reply({ signature: '-- so' })).toContain('-- \n-- so');
});

test.each(['top', 'bottom'] as const)('in an answer at the %s only what is typed counts as said', (position) => {
  const { text, cursor } = replyText({ original: original(), language: 'de', position, signature: 'Praxis' });
  expect(ownWords(text).trim()).toBe('');
  expect(ownWords(`${text.slice(0, cursor)}Ja, gern${text.slice(cursor)}`).trim()).toBe('Ja, gern');
});

const forward = (language: 'de' | 'fr' | 'it' | 'en', change: Partial<Quotable> = {}, signature = ''): string =>
  forwardText({ original: original(change), language, signature, utcOffset: ZURICH }).text;

test('a forwarded mail stands whole below its header', () => {
  const text = 'Guten Tag \n> Geht das?\n-- \nAnna';
  const cc = [{ name: 'Müller, Hans', email: 'hans@b.ch' }];
  expect(forward('de', { text, cc }, 'Praxis')).toBe(
    [
      '',
      '',
      '-- ',
      'Praxis',
      '',
      '---------- Weitergeleitete Nachricht ----------',
      'Von: Anna Muster <anna@b.ch>',
      'Datum: 3. November 2026 um 08:05',
      'Betreff: Termin',
      'An: praxis@own.ch',
      'Kopie: "Müller, Hans" <hans@b.ch>',
      '',
      text,
      '',
    ].join('\n'),
  );
});

test.each([
  ['fr', ['Message transféré', 'De: Anna', 'Date: 3 novembre', 'Objet: Termin', 'À: praxis']],
  ['it', ['Messaggio inoltrato', 'Da: Anna', 'Data: 3 novembre', 'Oggetto: Termin', 'A: praxis']],
  ['en', ['Forwarded message', 'From: Anna', 'Date: 3 November', 'Subject: Termin', 'To: praxis']],
] as const)('the header is in %s', (language, parts) => {
  for (const part of parts) expect(forward(language)).toContain(part);
});

test('what a mail does not say makes no line', () => {
  const empty = forward('de', { senders: [], to: [], subject: '', at_ms: NaN, text: '' });
  expect(empty).toBe('\n\n---------- Weitergeleitete Nachricht ----------\n\n');
});

test('a subject with line ends makes no second line', () => {
  expect(forward('de', { subject: 'Termin\r\nAn: x@y.ch' })).toContain('\nBetreff: Termin An: x@y.ch\n');
});

test('a long list of recipients is folded', () => {
  const to = Array.from({ length: 300 }, (_, n) => ({ name: `Person ${n}`, email: `p${n}@praxis.example` }));
  const text = forward('de', { to, text: 'w'.repeat(3000) });
  for (const line of text.split('\n')) expect(octets(line)).toBeLessThanOrEqual(998);
  expect(text).toContain('p299@praxis.example');
});

test('the cursor stands at the very top, and nothing below it counts as said', () => {
  const started = forwardText({ original: original(), language: 'it', signature: 'Praxis', utcOffset: 0 });
  expect(started.cursor).toBe(0);
  expect(ownWords(`Per conoscenza${started.text}`).trim()).toBe('Per conoscenza');
});
