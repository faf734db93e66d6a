import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey } from '../../../../src/mail/compose/addresses';
import { recipientsFor, type Original, type ReplyKind } from '../../../../src/mail/compose/reply';

const box = (email: string, name = ''): { name: string; email: string } => ({ name, email });
const [ANNA, HANS, VERA, LIST] = ['anna', 'hans', 'vera', 'list'].map((who) => box(`${who}@b.ch`)) as [
  Box,
  Box,
  Box,
  Box,
];
type Box = { name: string; email: string };
const PRAXIS = box('praxis@own.ch');
const OWN = ['Praxis@own.ch', 'info@own.ch'];

const original = (change: Partial<Original> = {}): Original => ({
  senders: [ANNA],
  to: [PRAXIS],
  cc: [],
  replyTo: [],
  ...change,
});
const answer = (kind: ReplyKind, change: Partial<Original> = {}): { to: Box[]; cc: Box[] } =>
  recipientsFor(kind, original(change), OWN);

test('an answer goes to who wrote, under the name they wrote under', () => {
  const named = box('anna@b.ch', 'Anna Muster');
  expect(answer('reply', { senders: [named], to: [PRAXIS, HANS], cc: [VERA] })).toEqual({ to: [named], cc: [] });
});

test('an answer goes where Reply-To says', () => {
  expect(answer('reply', { replyTo: [HANS, VERA] })).toEqual({ to: [HANS, VERA], cc: [] });
});

test('a Reply-To that points back here is not believed', () => {
  expect(answer('reply', { replyTo: [PRAXIS] })).toEqual({ to: [ANNA], cc: [] });
});

test('forwarding begins with nobody', () => {
  expect(answer('forward', { cc: [HANS] })).toEqual({ to: [], cc: [] });
});

test('answering all leaves own addresses out, and keeps To and Cc apart', () => {
  const all = answer('reply_all', { to: [box('INFO@own.ch'), HANS], cc: [PRAXIS, VERA] });
  expect(all).toEqual({ to: [ANNA, HANS], cc: [VERA] });
});

test('answering all with Reply-To leaves out who wrote', () => {
  expect(answer('reply_all', { replyTo: [VERA], cc: [HANS] })).toEqual({ to: [VERA], cc: [HANS] });
});

test('whoever stands in To and Cc gets it once, in To', () => {
  expect(answer('reply_all', { to: [HANS], cc: [box('HANS@b.ch'), ANNA, VERA, VERA] })).toEqual({
    to: [ANNA, HANS],
    cc: [VERA],
  });
});

test('own sent mail is answered to those it went to', () => {
  const sent = { senders: [PRAXIS], to: [HANS, PRAXIS], cc: [VERA], replyTo: [box('sekretariat@own.ch')] };
  expect(answer('reply', sent)).toEqual({ to: [HANS], cc: [] });
  expect(answer('reply_all', sent)).toEqual({ to: [HANS], cc: [VERA] });
});

test('a form that writes in the name of the practice is answered to its Reply-To', () => {
  const form = { senders: [PRAXIS], to: [PRAXIS], replyTo: [ANNA] };
  expect(answer('reply', form)).toEqual({ to: [ANNA], cc: [] });
  expect(answer('reply_all', form)).toEqual({ to: [ANNA], cc: [] });
});

test('a note to oneself is answered to oneself, never to nobody', () => {
  const note = { senders: [PRAXIS], to: [PRAXIS, box('info@own.ch')] };
  expect(answer('reply', note).to).toEqual([PRAXIS, box('info@own.ch')]);
  expect(answer('reply_all', note).to).toEqual([PRAXIS, box('info@own.ch')]);
});

test('within the practice an answer to all goes to whom the mail went, each where it stood', () => {
  const within = { senders: [PRAXIS], to: [box('info@own.ch')], cc: [PRAXIS, box('INFO@own.ch')] };
  expect(answer('reply_all', within)).toEqual({ to: [box('info@own.ch')], cc: [PRAXIS] });
  expect(answer('reply', within)).toEqual({ to: [box('info@own.ch')], cc: [] });
});

test('one other person among own addresses is the only one who is answered', () => {
  const mixed = { senders: [PRAXIS], to: [box('info@own.ch'), PRAXIS], cc: [box('info@own.ch'), HANS] };
  expect(answer('reply_all', mixed)).toEqual({ to: [HANS], cc: [] });
});

test('where only Cc is left, it moves to To', () => {
  expect(answer('reply_all', { senders: [PRAXIS], to: [PRAXIS], cc: [HANS] })).toEqual({ to: [HANS], cc: [] });
});

test('a list that put itself into Reply-To is not the person who wrote', () => {
  const munged = { to: [LIST], replyTo: [box('List@b.ch')], listPost: 'list@b.ch' };
  expect(answer('reply', munged)).toEqual({ to: [ANNA], cc: [] });
  expect(answer('reply_all', munged)).toEqual({ to: [ANNA, LIST], cc: [] });
});

test('answering all reaches the list also when it stands in Reply-To only', () => {
  const hidden = { to: [], replyTo: [LIST], listPost: LIST.email };
  expect(answer('reply_all', hidden)).toEqual({ to: [ANNA], cc: [LIST] });
});

test('a list that put itself into From left the person in Reply-To', () => {
  const rewritten = { senders: [LIST], to: [LIST], replyTo: [ANNA, LIST], listPost: LIST.email };
  expect(answer('reply', rewritten)).toEqual({ to: [ANNA], cc: [] });
  expect(answer('reply_all', rewritten)).toEqual({ to: [ANNA, LIST], cc: [] });
});

test('a list without a person is answered itself', () => {
  expect(answer('reply', { senders: [LIST], replyTo: [LIST], listPost: LIST.email })).toEqual({ to: [LIST], cc: [] });
});

test('a Reply-To that points back here gives way to the list as well', () => {
  const looping = { senders: [LIST], to: [], replyTo: [PRAXIS], listPost: LIST.email };
  expect(answer('reply_all', looping)).toEqual({ to: [LIST], cc: [] });
});

test('own mail sent together with somebody else is answered to them before oneself', () => {
  expect(answer('reply', { senders: [PRAXIS, ANNA], to: [PRAXIS] })).toEqual({ to: [ANNA], cc: [] });
});

test('without List-Post, Reply-To stands', () => {
  expect(answer('reply', { to: [LIST], replyTo: [LIST] })).toEqual({ to: [LIST], cc: [] });
});

test('own mail to a list is answered to the list', () => {
  expect(answer('reply', { senders: [PRAXIS], to: [LIST], listPost: LIST.email })).toEqual({ to: [LIST], cc: [] });
});

test('names of groups without an address are nobody', () => {
  const group = { name: 'Undisclosed recipients', email: '' };
  expect(answer('reply_all', { to: [group], cc: [group] })).toEqual({ to: [ANNA], cc: [] });
  expect(answer('reply', { senders: [group], to: [] })).toEqual({ to: [], cc: [] });
});

const anyBoxes = fc.array(fc.constantFrom(ANNA, HANS, VERA, LIST, PRAXIS, box('INFO@own.ch'), box('HANS@b.ch')), {
  maxLength: 4,
});
const anyOriginal = fc.record({
  senders: anyBoxes,
  to: anyBoxes,
  cc: anyBoxes,
  replyTo: anyBoxes,
  listPost: fc.constantFrom(null, LIST.email, ANNA.email),
});

test('whoever is answered gets it once, is not oneself unless nobody else is there, and somebody always is', () => {
  const mine = new Set(OWN.map(addressKey));
  fc.assert(
    fc.property(anyOriginal, fc.constantFrom<ReplyKind>('reply', 'reply_all'), (from, kind) => {
      const { to, cc } = recipientsFor(kind, from, OWN);
      const keys = [...to, ...cc].map(({ email }) => addressKey(email));
      expect(new Set(keys).size).toBe(keys.length);
      const involved = [...from.senders, ...from.to, ...from.replyTo, ...(kind === 'reply_all' ? from.cc : [])];
      const others = involved.filter(({ email }) => !mine.has(addressKey(email)));
      if (kind === 'reply_all' && keys.some((key) => mine.has(key))) expect(others).toEqual([]);
      if (from.senders.length > 0) expect(to.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});
