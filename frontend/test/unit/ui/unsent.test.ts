import { expect, test } from 'vitest';
import { unsentWords } from '../../../src/ui/activity/unsent';
import { action } from '../support/rows';
import { translator } from '../support/words';

const NOW = new Date(2026, 5, 3, 15, 0).getTime();
const at = (day: number, hour: number, minute: number): number => new Date(2026, 5, day, hour, minute).getTime();
const line = (change: Parameters<typeof action>[1], answer: { device: string; at: number } | null = null) => ({
  ...action('a', { kind: 'send', state: 'held', ...change }),
  answer,
});
const says = (one: ReturnType<typeof line>, lang: 'de' | 'en' = 'de'): string =>
  unsentWords(one, NOW, `${lang}-CH`, translator(lang));

test('a held reply says who answered, and when', () => {
  const held = line({ detail: 'answer_sent' }, { device: 'Empfang 1', at: at(3, 14, 26) });
  expect(says(held)).toBe('Nicht gesendet: Empfang 1 hat um 14:26 geantwortet');
  expect(says(held, 'en')).toBe('Not sent: Empfang 1 answered at 14:26');
});

test('an answer of yesterday says so', () => {
  const held = line({ detail: 'answered' }, { device: 'Empfang 1', at: at(2, 14, 26) });
  expect(says(held)).toBe('Nicht gesendet: Empfang 1 hat gestern 14:26 geantwortet');
});

test('held because of another program, or of the trash, it says that', () => {
  expect(says(line({ detail: 'answer_sent' }))).toBe('Nicht gesendet. Jemand hat inzwischen geantwortet.');
  const other = { device: 'Empfang 1', at: NOW };
  expect(says(line({ detail: 'in_trash' }, other))).toContain('in den Papierkorb gelegt');
});

test('a refused mail names who was refused, and why', () => {
  const refused = [{ email: 'niemand@example.org', code: 550, text: 'Nobody lives here' }];
  const words = says(line({ state: 'failed', detail: 'recipients_refused', refused }));
  expect(words).toMatch(/^Nicht gesendet\. .*niemand@example\.org: Nobody lives here$/);
});

test('of a mail of which nobody knows, it is not said that it was not sent', () => {
  expect(says(line({ state: 'unknown', detail: 'answer_lost' }))).toMatch(
    /^Vielleicht nicht gesendet\. Die Verbindung/,
  );
});

test('a reason without words is still a sentence', () => {
  expect(says(line({ state: 'failed' }))).toBe('Nicht gesendet.');
});
