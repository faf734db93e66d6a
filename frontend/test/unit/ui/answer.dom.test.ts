import { expect, test } from 'vitest';
import { quoteBlock, linesToHtml, richOf, signatureBlock } from '../../../src/mail/compose/rich';
import { replyText } from '../../../src/mail/compose/quote';
import { answerPlace } from '../../../src/ui/editor/answer';
import { textOf } from '../../../src/ui/editor/text';

/** An answer below its quote: where the first letter goes in a formatted text. */

const MARK = '|';
const original = { text: 'Wann?', subject: 'Frage', senders: [], to: [], cc: [], at_ms: 0 };
const SIGNATURE = 'Praxis';

/** What stands there once somebody has typed. */
function typed(html: string): string {
  const root = document.createElement('div');
  root.innerHTML = html;
  const place = answerPlace(root);
  if (!place) return 'no place';
  place.insertNode(document.createTextNode(MARK));
  return textOf(root);
}

const started = (signature: string): string =>
  replyText({ original, language: 'en', position: 'bottom', signature, utcOffset: 0 }).text;
const below = (text: string): string[] =>
  text.split('\n').slice(text.split('\n').findIndex((line) => line.startsWith('> ')));

test('it goes behind the quote and before the signature, with a line between', () => {
  expect(below(typed(linesToHtml(started(SIGNATURE))))).toEqual(['> Wann?', '', MARK, '', '-- ', 'Praxis', '']);
});

test('the same where quote and signature have their own formatting', () => {
  const text = started(SIGNATURE);
  const quote = text.slice(0, text.indexOf('> Wann?') + '> Wann?\n'.length);
  const html = richOf(text, [
    { text: quote, html: quoteBlock('Vera wrote:', '<p>Wann?</p>') },
    { text: '-- \nPraxis\n', html: signatureBlock('<div><b>Praxis</b></div>') },
  ]);
  expect(below(typed(html)).slice(-5)).toEqual([MARK, '', '-- ', 'Praxis', '']);
});

test('without a signature it goes to the end', () => {
  expect(below(typed(linesToHtml(started(''))))).toEqual(['> Wann?', MARK, '']);
});

test('what is written there already is gone on with', () => {
  const html =
    '<blockquote><div>Wann?</div></blockquote><div>Morgen</div><div><br></div><div>-- </div><div>Praxis</div>';
  expect(typed(html)).toBe('> Wann?\nMorgen|\n\n-- \nPraxis\n');
});

test.each([
  ['<div>Morgen</div><div>-- </div><div>Praxis</div>', 'Morgen|\n-- \nPraxis\n'],
  ['<div>-- </div><div>Praxis</div>', 'no place'],
  ['', 'no place'],
])('where no line stands between, %j becomes %j', (html, text) => {
  expect(typed(html)).toBe(text);
});
