import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uuid7 } from '../../../src/mail/uuid7';

const YEAR_3000 = 32_503_680_000_000;
const time = fc.integer({ min: 0, max: YEAR_3000 });
const filled =
  (seed: Uint8Array) =>
  (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
    bytes.set(seed);
    return bytes;
  };
const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('an id is a UUID of version 7 and the usual variant', () => {
  fc.assert(
    fc.property(time, sixteen, (now, seed) => {
      expect(uuid7(now, filled(seed))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});

test('ids sort by the time they were made, whatever is random in them', () => {
  fc.assert(
    fc.property(time, time, sixteen, sixteen, (a, b, one, other) => {
      fc.pre(a < b);
      expect(uuid7(a, filled(one)) < uuid7(b, filled(other))).toBe(true);
    }),
  );
});

test('the time can be read back in milliseconds', () => {
  fc.assert(
    fc.property(time, sixteen, (now, seed) => {
      expect(parseInt(uuid7(now, filled(seed)).replaceAll('-', '').slice(0, 12), 16)).toBe(now);
    }),
  );
});

test('ids made in the same millisecond differ', () => {
  const ids = Array.from({ length: 500 }, () => uuid7(1_700_000_000_000, (bytes) => crypto.getRandomValues(bytes)));
  expect(new Set(ids).size).toBe(500);
});
