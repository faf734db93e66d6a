import { describe, expect, test } from 'vitest';
import type { ActionRow } from '../../../src/mail/rows';
import { whyOf } from '../../../src/ui/activity/why';
import { told } from '../../../src/ui/activity/told';
import { deedOf, dueWords, isOpen, refusedWords, remediesFor, stateOf } from '../../../src/ui/activity/words';
import { action } from '../support/rows';
import { translator } from '../support/words';

const folder = (id: string): string => (id ? `folder ${id}` : 'another folder');
const line = (kind: ActionRow['kind'], state: ActionRow['state'], detail = '', more: Partial<ActionRow> = {}) =>
  action('a1', { kind, state, detail, subject: 'Befund', ...more });

/** Every code that the server's contract names, with the state it comes in. */
const CODES: [ActionRow['kind'], ActionRow['state'], string[]][] = [
  ['draft', 'noop', ['superseded', 'ended']],
  ['draft', 'conflict', ['second_draft']],
  ['draft', 'failed', ['file_gone', 'too_large', 'bad_address', 'bad_field', 'overquota', 'noperm', 'no_folder']],
  ['discard', 'noop', ['gone']],
  ['send', 'sending', ['accepted', 'network', 'busy', 'sign_in', 'service_refused', 'too_many_recipients']],
  ['send', 'sending', ['greeting', 'no_starttls', 'no_sign_in', 'credentials_refused', 'unsolicited']],
  ['send', 'held', ['answer_sent', 'answered', 'in_trash']],
  ['send', 'failed', ['recipients_refused', 'rejected', 'too_large', 'no_smtp', 'no_recipients', 'bad_address']],
  ['send', 'failed', ['file_gone', 'too_many', 'gave_up', 'smtputf8_needed', 'sender_refused', 'message_refused']],
  ['send', 'failed', ['bad_field', 'too_many_lines', 'line_too_long']],
  ['send', 'unknown', ['answer_lost', 'unreadable']],
  ['send', 'noop', ['already_sent', 'discarded']],
];
const EACH = CODES.flatMap(([kind, state, codes]) => codes.map((code) => [kind, state, code] as const));

describe.each(['de', 'en'] as const)('in %s', (lang) => {
  const t = translator(lang);

  test.each(EACH)('%s, %s, %s has words of its own', (kind, state, code) => {
    const words = whyOf(line(kind, state, code), folder, t);
    expect(words).not.toBe('');
    expect(words).not.toBe(t('why.other', { code }));
  });

  test('a code that is not known is named, so that it can be asked about', () => {
    expect(whyOf(line('send', 'failed', 'brand_new'), folder, t)).toContain('brand_new');
  });

  test.each(['draft', 'discard', 'send'] as const)('%s names its subject in every state', (kind) => {
    for (const state of ['waiting', 'sending', 'done', 'noop', 'conflict', 'held', 'failed', 'unknown'] as const)
      expect(deedOf(line(kind, state), folder, t)).toContain('Befund');
  });
});

const t = translator('en');

test('mail is only called sent when the mail server has it', () => {
  expect(deedOf(line('send', 'done'), folder, t)).toBe('Sent “Befund”');
  expect(deedOf(line('send', 'sending', 'accepted'), folder, t)).toBe('Sent “Befund”');
  expect(deedOf(line('send', 'sending', 'network'), folder, t)).toBe('Mail “Befund”');
  expect(deedOf(line('send', 'unknown', 'answer_lost'), folder, t)).toBe('Mail “Befund”');
});

test('accepted mail counts as done, though it is still being filed', () => {
  expect(stateOf(line('send', 'sending', 'accepted')).key).toBe('activity.done');
  expect(isOpen(line('send', 'sending', 'accepted'))).toBe(false);
  expect(isOpen(line('send', 'sending', 'busy'))).toBe(true);
});

test('a draft on its way is not called sending, and saved only when it is', () => {
  expect(stateOf(line('draft', 'sending')).key).toBe('activity.saving');
  expect(deedOf(line('draft', 'sending'), folder, t)).toBe('Draft “Befund”');
  expect(deedOf(line('draft', 'done'), folder, t)).toBe('Saved the draft “Befund”');
});

test('when the mail is over and its subject no longer known, it is told without one', () => {
  expect(deedOf(line('send', 'done', '', { subject: '' }), folder, t)).toBe('Sent a mail');
  expect(deedOf(line('send', 'noop', 'discarded', { subject: '' }), folder, t)).toBe('A mail');
  expect(deedOf(line('draft', 'done', '', { subject: '' }), folder, t)).toBe('Saved a draft');
});

test('a subject that is empty or only hides is said so', () => {
  expect(deedOf(line('send', 'held', 'answered', { subject: '\u202e' }), folder, t)).toBe('Mail “(no subject)”');
});

test('when it leaves or is tried again is said as long as that lies ahead', () => {
  const due_at = new Date(2026, 2, 18, 8, 10).getTime();
  const words = (row: ActionRow, now: number, offline = false): string => dueWords(row, { now, offline }, 'en-CH', t);
  expect(words(line('send', 'waiting', '', { due_at }), due_at - 1)).toBe('Leaves at 08:10.');
  expect(words(line('send', 'waiting', '', { due_at }), due_at - 1, true)).toBe('Waits for a connection.');
  expect(words(line('send', 'sending', 'busy', { due_at }), due_at - 1)).toBe('Next try at 08:10.');
  expect(words(line('send', 'waiting', '', { due_at }), due_at)).toBe('');
  expect(words(line('send', 'done', '', { due_at }), due_at - 1)).toBe('');
});

test('each refused recipient is named with the server’s own words', () => {
  const refused = [
    { email: 'a@example.org', code: 550, text: '5.1.1 User unknown' },
    { email: 'b@example.org', code: 554, text: '' },
    { email: 'c@example.org', code: 550, text: '<c@example.org>: Nobody lives here' },
  ];
  expect(refusedWords(line('send', 'failed', 'recipients_refused', { refused }), t)).toEqual([
    'a@example.org: 5.1.1 User unknown',
    'b@example.org: refused (554)',
    'c@example.org: Nobody lives here',
  ]);
});

test.each([
  ['send', 'waiting', ['undo']],
  ['send', 'sending', []],
  ['send', 'held', ['show_both', 'send_anyway', 'edit', 'discard']],
  ['send', 'failed', ['retry', 'edit', 'discard']],
  ['send', 'unknown', ['send_anyway', 'edit', 'discard']],
  ['send', 'done', []],
  ['draft', 'waiting', ['edit']],
  ['draft', 'failed', ['retry', 'edit', 'discard']],
  ['draft', 'conflict', []],
  ['flag', 'waiting', ['discard']],
  ['move', 'failed', ['retry', 'discard']],
] as const)('what can be done about %s, %s', (kind, state, remedies) => {
  expect(remediesFor(line(kind, state))).toEqual(remedies);
});

test('that a draft was saved is told once, and no longer when it was sent', () => {
  const saved = (id: string, draft: string) => action(id, { kind: 'draft', state: 'done', draft });
  const ids = (lines: ActionRow[]): string[] => told(lines).map(({ id }) => id);
  expect(ids([saved('3', 'a'), saved('2', 'b'), saved('1', 'a')])).toEqual(['3', '2']);
  expect(ids([action('2', { kind: 'send', state: 'sending', draft: 'a' }), saved('1', 'a')])).toEqual(['2']);
});

test('a version that the same device made needless is not told, one that another device ended is', () => {
  const ended = action('2', { kind: 'draft', state: 'noop', detail: 'ended', draft: 'a', device: 'x' });
  const sentBy = (device: string) => action('1', { kind: 'send', state: 'done', draft: 'a', device });
  expect(told([ended, sentBy('x')])).toHaveLength(1);
  expect(told([ended, sentBy('y')])).toHaveLength(2);
  expect(told([action('3', { kind: 'draft', state: 'noop', detail: 'superseded', draft: 'b' })])).toEqual([]);
});

test('a draft that could not be saved is told beside the version that was', () => {
  const failed = action('1', { kind: 'draft', state: 'failed', draft: 'a' });
  const saved = action('2', { kind: 'draft', state: 'done', draft: 'a' });
  expect(told([saved, failed])).toEqual([saved, failed]);
});
