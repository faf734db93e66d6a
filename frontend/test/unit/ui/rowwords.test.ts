import { expect, test } from 'vitest';
import * as flags from '../../../src/mail/flags';
import type { Translate } from '../../../src/ui/i18n';
import { marksOf, rowName, subjectOf, whoOf, type Wordable } from '../../../src/ui/list/rowwords';
import * as words from '../../../src/ui/list/rowwords';

const t: Translate = (key, params) => (params?.names === undefined ? `<${key}>` : `<${key} ${params.names}>`);
const row = (change: Partial<Wordable> = {}): Wordable => ({
  flags: flags.SEEN,
  has_attachments: false,
  pending: false,
  offline: true,
  subject: 'Befund',
  senders: [{ name: 'Vera Muster', email: 'vera@example.org' }],
  recipients: [{ name: '', email: 'praxis@example.org' }],
  ...change,
});
const keys = (change: Partial<Wordable>, connected = true): string[] =>
  marksOf(row(change), connected).map((mark) => mark.key);

test('the bits are those of the mirror', () => {
  const { SEEN, FLAGGED, ANSWERED, DRAFT, DELETED, FORWARDED } = words;
  expect({ SEEN, FLAGGED, ANSWERED, DRAFT, DELETED, FORWARDED }).toEqual({
    SEEN: flags.SEEN,
    FLAGGED: flags.FLAGGED,
    ANSWERED: flags.ANSWERED,
    DRAFT: flags.DRAFT,
    DELETED: flags.DELETED,
    FORWARDED: flags.FORWARDED,
  });
});

test('a plain row that was read has no marks', () => {
  expect(keys({})).toEqual([]);
});

test('marks come in the order in which they are drawn', () => {
  const all = { flags: flags.ANSWERED | flags.FORWARDED | flags.FLAGGED, has_attachments: true, pending: true };
  expect(keys({ ...all, offline: false }, false)).toEqual([
    'row.answered',
    'row.forwarded',
    'row.attachment',
    'row.flagged',
    'row.pending',
    'row.not_offline',
  ]);
});

test('that a message is not here is only said while there is no connection', () => {
  expect(keys({ offline: false }, true)).toEqual([]);
  expect(keys({ offline: false }, false)).toEqual(['row.not_offline']);
});

test('who it is from, or in Sent to whom', () => {
  expect(whoOf(row(), false, t)).toBe('Vera Muster');
  expect(whoOf(row(), true, t)).toBe('<row.to praxis@example.org>');
  expect(whoOf(row({ recipients: [] }), true, t)).toBe('Vera Muster');
  expect(whoOf(row({ senders: [] }), false, t)).toBe('<row.no_sender>');
  expect(whoOf(row({ recipients: [], flags: flags.DRAFT }), true, t)).toBe('<row.no_recipient>');
});

test('a name that only hides its address is not shown, and neither is a subject of nothing', () => {
  const posing = [{ name: '\u202e\u200b', email: 'real@example.org' }];
  expect(whoOf(row({ senders: posing }), false, t)).toBe('real@example.org');
  expect(subjectOf(row({ subject: ' \u200b ' }), t)).toBe('<row.no_subject>');
});

test('the name of a row says everything that is drawn', () => {
  const unread = row({ flags: flags.FLAGGED | flags.DRAFT, has_attachments: true });
  const shown = { outgoing: false, connected: true, when: '07:38', replying: '' };
  expect(rowName(unread, shown, t)).toBe(
    'Vera Muster, Befund, 07:38, <row.unread>, <row.draft>, <row.attachment>, <row.flagged>',
  );
  expect(rowName(row(), shown, t)).toBe('Vera Muster, Befund, 07:38');
  expect(rowName(row(), { ...shown, replying: 'Empfang 2 antwortet' }, t)).toBe(
    'Vera Muster, Befund, 07:38, Empfang 2 antwortet',
  );
});
