import { expect, test } from 'vitest';
import { begunBy, fill } from '../../../src/ui/reader/frame';

function filled(html: string): Document {
  const doc = document.implementation.createHTMLDocument();
  const template = document.createElement('template');
  template.innerHTML = html;
  fill(doc, template.content);
  return doc;
}

test('an address in a mail begins a mail in the app, and says to whom before it is tapped', () => {
  const link = filled('<a href="mailto:a@example.org?subject=A%20%26%20B"><b>write</b></a>').querySelector('a');
  expect(link?.getAttribute('href')).toBe('/compose#mailto=mailto%3Aa%40example.org%3Fsubject%3DA%2520%2526%2520B');
  expect(link?.getAttribute('title')).toBe('a@example.org');
  expect(begunBy(link?.querySelector('b') ?? null)).toBe('mailto:a@example.org?subject=A%20%26%20B');
});

test('an address that a mail brings along itself and that is broken does no harm', () => {
  const link = filled('<a href="/compose#mailto=%zz">write</a>').querySelector('a');
  expect(begunBy(link)).toBe('%zz');
});

test('other links stay as they are', () => {
  const link = filled('<a href="https://a.example/compose#mailto=x">read</a>').querySelector('a');
  expect(link?.getAttribute('href')).toBe('https://a.example/compose#mailto=x');
  expect(link?.getAttribute('target')).toBe('_blank');
  expect(begunBy(link)).toBe('');
  expect(begunBy(null)).toBe('');
});
