import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANSWERED, DELETED, FLAGGED, FORWARDED, SEEN } from '../../../src/mail/flags';
import { inverse, overlayOf, settledIds, takenBack, unreadShift } from '../../../src/mail/overlay';
import type { ActionState, Intent } from '../../../src/mail/rows';
import { action, composition, intent } from '../support/rows';

const TARGETS = { archive: 'archive', trash: 'trash' };
const NOWHERE = { archive: '', trash: '' };
const show = (wishes: Intent[], flags = 0, targets = TARGETS) => overlayOf(wishes, targets).shown('m1', 'inbox', flags);

test('a message without wishes is shown as it is mirrored', () => {
  const overlay = overlayOf([intent('trash', ['other'])], TARGETS);
  expect(overlay.shown('m1', 'inbox', SEEN)).toEqual({ folder: 'inbox', flags: SEEN, pending: false, gone: false });
});

test('a flag wish adds and removes bits and leaves the others alone', () => {
  const shown = show([intent('flag', ['m1'], { args: { add: FLAGGED, remove: SEEN } })], SEEN | ANSWERED);
  expect(shown).toEqual({ folder: 'inbox', flags: FLAGGED | ANSWERED, pending: true, gone: false });
});

test('moving shows the message in the other folder with its flags', () => {
  const shown = show([intent('move', ['m1'], { args: { to: 'patients' } })], FLAGGED);
  expect(shown).toMatchObject({ folder: 'patients', flags: FLAGGED, pending: true });
});

test('archiving shows the message in the archive', () => {
  expect(show([intent('archive', ['m1'])])).toMatchObject({ folder: 'archive', pending: true });
});

test('archiving without an archive folder leaves the message where it is, marked as waiting', () => {
  expect(show([intent('archive', ['m1'])], 0, NOWHERE)).toMatchObject({ folder: 'inbox', pending: true });
});

test('archiving into a folder that is only being made takes the message out of its list', () => {
  const shown = show([intent('archive', ['m1'], { args: { create: true } })], 0, NOWHERE);
  expect(shown.folder).not.toBe('inbox');
});

test('trashing shows the message in the trash, destroying shows it nowhere', () => {
  expect(show([intent('trash', ['m1'])])).toMatchObject({ folder: 'trash', gone: false });
  expect(show([intent('destroy', ['m1'])])).toMatchObject({ gone: true });
});

test('an answer that waits shows its original as answered, a forward as forwarded, a new mail nothing', () => {
  const sent = (kind: 'reply' | 'reply_all' | 'forward' | 'new') =>
    show([intent('send', ['m1'], { composition: composition('d1', { kind }) })], SEEN);
  expect(sent('reply')).toEqual({ folder: 'inbox', flags: SEEN | ANSWERED, pending: true, gone: false });
  expect(sent('reply_all').flags).toBe(SEEN | ANSWERED);
  expect(sent('forward').flags).toBe(SEEN | FORWARDED);
  expect(sent('new').flags).toBe(SEEN);
});

test('writing an answer changes nothing of its original, and leaves it as it is mirrored', () => {
  const overlay = overlayOf([intent('draft', ['m1'], { composition: composition('d1', { kind: 'reply' }) })], TARGETS);
  expect(overlay.shown('m1', 'inbox', SEEN)).toEqual({ folder: 'inbox', flags: SEEN, pending: false, gone: false });
  expect([...overlay.touched()]).toEqual([]);
});

test('what a colleague wished shows as soon as it was accepted, and nothing of ours waits for it', () => {
  const theirs = action('a1', { kind: 'move', targets: ['m1'], args: { to: 'patients' }, state: 'waiting' });
  const overlay = overlayOf([], TARGETS, [theirs]);
  expect(overlay.shown('m1', 'inbox', SEEN)).toEqual({ folder: 'patients', flags: SEEN, pending: false, gone: false });
  expect([...overlay.touched()]).toEqual(['m1']);
});

test('what is wished here comes after what a colleague wished', () => {
  const theirs = action('a1', { kind: 'trash', targets: ['m1'], args: {} });
  const ours = intent('move', ['m1'], { args: { to: 'patients' } });
  expect(overlayOf([ours], TARGETS, [theirs]).shown('m1', 'inbox', 0)).toMatchObject({
    folder: 'patients',
    pending: true,
  });
});

test('an answer of a colleague marks its original only once it has left', () => {
  const theirs = action('a1', { kind: 'send', targets: ['m1'], args: {}, state: 'waiting' });
  expect(overlayOf([], TARGETS, [theirs]).shown('m1', 'inbox', SEEN).flags).toBe(SEEN);
});

test('a draft that is thrown away is shown nowhere', () => {
  expect(show([intent('discard', ['m1'], { args: { draft: 'd1' } })])).toMatchObject({ gone: true, pending: true });
});

test('wishes are laid in the order of n, whatever order they are given in', () => {
  const first = intent('move', ['m1'], { n: 1, args: { to: 'one' } });
  const second = intent('move', ['m1'], { n: 2, args: { to: 'two' } });
  const third = intent('flag', ['m1'], { n: 3, args: { add: SEEN } });
  expect(show([third, second, first])).toMatchObject({ folder: 'two', flags: SEEN });
  expect(show([second, third, first])).toMatchObject({ folder: 'two', flags: SEEN });
});

test('what has ended, or waits for a person, settles a wish', () => {
  const states: ActionState[] = ['waiting', 'sending', 'done', 'noop', 'conflict', 'held', 'failed', 'unknown'];
  const settled = settledIds(states.map((state) => action(state, { state })));
  expect(settled).toEqual(['done', 'noop', 'conflict', 'held', 'failed', 'unknown']);
});

test('the overlay names what it touches and is empty without wishes', () => {
  const overlay = overlayOf([intent('trash', ['a', 'b']), intent('flag', ['b'], { args: { add: SEEN } })], TARGETS);
  expect([...overlay.touched()].sort()).toEqual(['a', 'b']);
  expect([...overlayOf([], TARGETS).touched()]).toEqual([]);
});

test('reading an unread message takes one from the badge of its folder', () => {
  const overlay = overlayOf([intent('flag', ['m1'], { args: { add: SEEN } })], TARGETS);
  expect(unreadShift([{ id: 'm1', folder: 'inbox', flags: 0 }], overlay).get('inbox')).toBe(-1);
});

test('moving an unread message moves one of the badge', () => {
  const overlay = overlayOf([intent('move', ['m1'], { args: { to: 'patients' } })], TARGETS);
  const shift = unreadShift([{ id: 'm1', folder: 'inbox', flags: 0 }], overlay);
  expect([shift.get('inbox'), shift.get('patients')]).toEqual([-1, 1]);
});

test('what is read or marked deleted moves no badge', () => {
  const overlay = overlayOf([intent('move', ['m1', 'm2'], { args: { to: 'patients' } })], TARGETS);
  const rows = [
    { id: 'm1', folder: 'inbox', flags: SEEN },
    { id: 'm2', folder: 'inbox', flags: DELETED },
  ];
  expect([...unreadShift(rows, overlay).values()].every((by) => by === 0)).toBe(true);
});

test('destroying an unread message takes it from the badge and adds it nowhere', () => {
  const shift = unreadShift([{ id: 'm1', folder: 'inbox', flags: 0 }], overlayOf([intent('destroy', ['m1'])], TARGETS));
  expect([...shift]).toEqual([['inbox', -1]]);
});

test('a flag wish is taken back by the opposite one, a move by a move back, destroying by nothing', () => {
  const flag = intent('flag', ['m1'], { args: { add: SEEN, remove: FLAGGED } });
  expect(inverse(flag, 'inbox')).toEqual({ kind: 'flag', args: { add: FLAGGED, remove: SEEN } });
  for (const kind of ['move', 'archive', 'trash'] as const) {
    expect(inverse(intent(kind, ['m1']), 'inbox')).toEqual({ kind: 'move', args: { to: 'inbox' } });
  }
  for (const kind of ['destroy', 'draft', 'send', 'discard'] as const) {
    expect(inverse(intent(kind, ['m1']), 'inbox')).toBeNull();
  }
});

const bits = fc.integer({ min: 0, max: 63 });
const anyFlagWish = fc.record({ add: bits, remove: bits }).map((args) => intent('flag', ['m1'], { args }));
const anyWish: fc.Arbitrary<Intent> = fc.oneof(
  anyFlagWish,
  fc.constantFrom('one', 'two').map((to) => intent('move', ['m1'], { args: { to } })),
  fc.constantFrom('archive' as const, 'trash' as const).map((kind) => intent(kind, ['m1'])),
);

test('laying the same flag wishes twice is the same as laying them once', () => {
  fc.assert(
    fc.property(anyFlagWish, bits, (wish, flags) => {
      const once = show([wish], flags);
      expect(show([wish], once.flags)).toEqual(once);
    }),
  );
});

test('laying any wishes over what they have already done changes nothing', () => {
  fc.assert(
    fc.property(fc.array(anyWish, { minLength: 1 }), bits, (wishes, flags) => {
      const overlay = overlayOf(wishes, TARGETS);
      const once = overlay.shown('m1', 'inbox', flags);
      expect(overlay.shown('m1', once.folder, once.flags)).toEqual(once);
    }),
  );
});

test('a single bit set or removed is brought back by the inverse', () => {
  const bit = fc.constantFrom(SEEN, FLAGGED);
  fc.assert(
    fc.property(bit, fc.boolean(), bits, (one, set, flags) => {
      const before = set ? flags & ~one : flags | one; // a wish is only made where it changes something
      const wish = intent('flag', ['m1'], { args: set ? { add: one } : { remove: one } });
      const back = inverse(wish, 'inbox');
      expect(show([wish, intent('flag', ['m1'], { args: back?.args ?? {} })], before).flags).toBe(before);
    }),
  );
});

test('from the ledger a flag is taken back, and a move that knows where it came from', () => {
  const line = (kind: Intent['kind'], args: Intent['args'], state: ActionState = 'done') =>
    takenBack({ kind, args, state, targets: ['m1'] });
  expect(line('flag', { add: SEEN, remove: 0 })).toMatchObject({ kind: 'flag', args: { add: 0, remove: SEEN } });
  expect(line('archive', { from: 'inbox' })).toEqual({ kind: 'move', args: { to: 'inbox' }, targets: ['m1'] });
  expect(line('move', { to: 'labor', from: 'inbox' })).toMatchObject({ kind: 'move', args: { to: 'inbox' } });
  expect(line('move', { to: 'labor' })).toBeNull();
  expect(line('destroy', { from: 'trash' })).toBeNull();
  expect(line('trash', { from: 'inbox' }, 'conflict')).toBeNull();
});
