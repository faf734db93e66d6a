import { expect, test } from 'vitest';
import { tooLarge } from '../../../src/mail/compose/objections';
import { roomIn } from '../../../src/ui/composer/room';

test.each([100_000, 10_485_760, 26_214_400, 52_428_800])('files as large as is promised fit into %d bytes', (most) => {
  expect(tooLarge({ text: '', html: null }, [{ size: roomIn(most) }], most)).toBeNull();
});

test('no limit is known as long as the server has not told one', () => {
  expect(roomIn(0)).toBe(0);
});
