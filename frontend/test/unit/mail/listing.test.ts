import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DELETED, FLAGGED, SEEN } from '../../../src/mail/flags';
import { listed, windowKindOf, type Key, type ListFilter, type Listing } from '../../../src/mail/listing';
import { newestFirst } from '../../../src/mail/order';
import { overlayOf } from '../../../src/mail/overlay';
import type { Intent } from '../../../src/mail/rows';
import { intent } from '../support/rows';

const TARGETS = { archive: 'archive', trash: 'trash' };
const key = (id: string, change: Partial<Key> = {}): Key => ({
  id,
  folder: 'inbox',
  received_at: 100,
  flags: 0,
  clip: 0,
  ...change,
});

const listing = (change: Partial<Listing> = {}, wishes: Intent[] = []): Listing => ({
  folder: 'inbox',
  filter: 'all',
  overlay: overlayOf(wishes, TARGETS),
  bound: null,
  kept: new Set(),
  ...change,
});
const ids = (keys: Key[]): string[] => keys.map((one) => one.id);

const MIXED = [
  key('plain', { received_at: 5 }),
  key('read', { received_at: 4, flags: SEEN }),
  key('flagged', { received_at: 3, flags: SEEN | FLAGGED }),
  key('clip', { received_at: 2, flags: SEEN, clip: 1 }),
  key('deleted', { received_at: 1, flags: DELETED | FLAGGED, clip: 1 }),
];

test.each<[ListFilter, string[]]>([
  ['all', ['plain', 'read', 'flagged', 'clip']],
  ['unread', ['plain']],
  ['flagged', ['flagged']],
  ['attachments', ['clip']],
  ['marked_deleted', ['deleted']],
])('the filter %s shows what it promises', (filter, expected) => {
  expect(ids(listed(MIXED, [], listing({ filter })))).toEqual(expected);
});

test('unread and flagged read from their own windows, all else from the folder', () => {
  const kinds = (['all', 'unread', 'flagged', 'attachments', 'marked_deleted'] as const).map(windowKindOf);
  expect(kinds).toEqual(['all', 'unread', 'flagged', 'all', 'all']);
});

test('rows below the bound are left out, the bound itself is in', () => {
  const shown = listed(MIXED, [], listing({ bound: { received_at: 4, id: 'read' } }));
  expect(ids(shown)).toEqual(['plain', 'read']);
});

test('a message that was read while it is looked at stays in the unread list', () => {
  expect(ids(listed(MIXED, [], listing({ filter: 'unread', kept: new Set(['read']) })))).toEqual(['plain', 'read']);
});

test('what is kept leaves all the same when it is marked as deleted or moved away', () => {
  const kept = new Set(['deleted', 'read']);
  const away = intent('move', ['read'], { args: { to: 'elsewhere' } });
  expect(ids(listed(MIXED, [], listing({ filter: 'unread', kept }, [away])))).toEqual(['plain']);
});

test('a waiting wish takes a message out of the list at once', () => {
  expect(ids(listed(MIXED, [], listing({}, [intent('trash', ['plain', 'clip'])])))).toEqual(['read', 'flagged']);
});

test('a destroyed message is in no list', () => {
  const wishes = [intent('destroy', ['plain'])];
  expect(ids(listed(MIXED, [], listing({}, wishes)))).not.toContain('plain');
});

test('a waiting flag decides about filters', () => {
  const wishes = [
    intent('flag', ['plain'], { args: { add: SEEN } }),
    intent('flag', ['read'], { args: { remove: SEEN } }),
  ];
  const shown = listed(MIXED, [], listing({ filter: 'unread' }, wishes));
  expect(shown).toEqual([key('read', { received_at: 4, flags: 0 })]);
});

test('wishes bring messages of other folders here, in their place', () => {
  const coming = key('coming', { folder: 'trash', received_at: 4.5 });
  const wishes = [intent('move', ['coming'], { args: { to: 'inbox' } })];
  const shown = listed(MIXED, [coming], listing({}, wishes));
  expect(ids(shown)).toEqual(['plain', 'coming', 'read', 'flagged', 'clip']);
  expect(shown[1]?.folder).toBe('inbox');
});

test('messages of other folders that no wish brings here stay away', () => {
  const others = [key('a', { folder: 'trash' }), key('b', { folder: 'trash' })];
  const wishes = [intent('move', ['b'], { args: { to: 'third' } })];
  expect(listed([], others, listing({}, wishes))).toEqual([]);
});

test('a message that arrived while its old place was still being read is shown once', () => {
  const wishes = [intent('move', ['plain'], { args: { to: 'inbox' } })];
  const stale = key('plain', { folder: 'trash', received_at: 5 });
  expect(ids(listed(MIXED, [stale], listing({}, wishes)))).toEqual(['plain', 'read', 'flagged', 'clip']);
});

const FOLDERS = ['inbox', 'archive', 'trash'];
const anyId = fc.integer({ min: 0, max: 30 }).map((n) => `m${n}`);
const anyKeys = (folder: fc.Arbitrary<string>): fc.Arbitrary<Key[]> =>
  fc
    .uniqueArray(
      fc.record({
        id: anyId,
        folder,
        received_at: fc.integer({ min: 0, max: 8 }),
        flags: fc.integer({ min: 0, max: 63 }),
        clip: fc.constantFrom(0 as const, 1 as const),
      }),
      { selector: (one) => one.id },
    )
    .map((keys) => keys.sort(newestFirst));
const anyWishes = fc.array(
  fc.oneof(
    fc.tuple(fc.array(anyId), fc.constantFrom(...FOLDERS)).map(([to, f]) => intent('move', to, { args: { to: f } })),
    fc
      .tuple(fc.constantFrom('archive' as const, 'trash' as const, 'destroy' as const), fc.array(anyId))
      .map(([kind, to]) => intent(kind, to)),
    fc
      .tuple(fc.array(anyId), fc.nat(63), fc.nat(63))
      .map(([to, add, remove]) => intent('flag', to, { args: { add, remove } })),
  ),
  { maxLength: 6 },
);

test('a list is always sorted, has each message once, and shows only what its folder and filter allow', () => {
  fc.assert(
    fc.property(
      anyKeys(fc.constant('inbox')),
      anyKeys(fc.constantFrom(...FOLDERS)),
      anyWishes,
      fc.constantFrom<ListFilter>('all', 'unread', 'flagged', 'attachments', 'marked_deleted'),
      fc.option(fc.record({ id: anyId, received_at: fc.nat(8) })),
      fc.array(anyId),
      (mirrored, elsewhere, wishes, filter, bound, kept) => {
        const shown = listed(mirrored, elsewhere, listing({ filter, bound, kept: new Set(kept) }, wishes));
        expect(shown).toEqual([...shown].sort(newestFirst));
        expect(new Set(ids(shown)).size).toBe(shown.length);
        for (const one of shown) {
          expect(one.folder).toBe('inbox');
          if (filter !== 'marked_deleted') expect(one.flags & DELETED).toBe(0);
        }
      },
    ),
  );
});
