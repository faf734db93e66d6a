import '../support/browser';
import '../support/page';
import { expect, test } from 'vitest';
import type { AccountRow } from '../../../src/mail/rows';
import { statusOf } from '../../../src/state/status';
import type { Link } from '../../../src/sync/bell';
import { troubleKey } from '../../../src/ui/troubles';

const link = (kind: Link['kind']): Link => ({ kind, asOf: 5000, since: 4000, held: 0, wanted: 0 });
const mailbox = (state: AccountRow['state'], code = ''): AccountRow => ({
  id: 'acc',
  address: 'praxis@example.org',
  archive: '',
  can_send: true,
  code,
  done: 0,
  expected: 0,
  identities: [],
  max_bytes: 0,
  preset: 'other',
  protected_domains: [],
  declined_domains: [],
  seq: 1,
  since: 1000,
  state,
});

test('a mailbox that does not answer says since when and why', () => {
  for (const [state, kind] of [
    ['reconnecting', 'reconnecting'],
    ['server_trouble', 'server_trouble'],
    ['sign_in_refused', 'sign_in_needed'],
  ] as const) {
    expect(statusOf(link('live'), mailbox(state, 'timeout'), 0)).toMatchObject({ kind, since: 1000, code: 'timeout' });
  }
});

test('what is in order, or not known because we are offline ourselves, says no such thing', () => {
  expect(statusOf(link('live'), mailbox('ok'), 0)).toMatchObject({ kind: 'live', since: 0, code: '' });
  expect(statusOf(link('down'), mailbox('reconnecting', 'network'), 0)).toMatchObject({
    kind: 'offline',
    since: 0,
    asOf: 5000,
  });
});

test('every code has a sentence, also one that nobody thought of', () => {
  expect(troubleKey('reconnecting', 'certificate')).toBe('trouble.certificate');
  expect(troubleKey('reconnecting', 'brand_new')).toBe('trouble.network');
  expect(troubleKey('server_trouble', 'brand_new')).toBe('trouble.other');
});
