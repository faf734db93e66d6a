import { expect, test } from 'vitest';
import { asJpeg, fitted, staysPng } from '../../../../src/mail/compose/pictures';

test.each([
  ['image/jpeg', 4000, 3000, { width: 1600, height: 1200 }],
  ['image/png', 900, 3200, { width: 450, height: 1600 }],
  ['image/webp', 40_000, 2, { width: 1600, height: 1 }],
  ['image/jpeg', 1600, 1200, null],
  ['image/gif', 4000, 3000, null],
])('%s of %i × %i inside a text becomes %j', (type, width, height, size) => {
  expect(fitted(type, width, height)).toEqual(size);
});

test('only a drawing that stays small stays a PNG, and a name says what it is', () => {
  expect([staysPng('image/png', 400_000), staysPng('image/png', 600_000), staysPng('image/webp', 9)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(['Foto.PNG', 'a.b.webp', 'IMG_1.jpeg', 'ohne'].map(asJpeg)).toEqual([
    'Foto.jpg',
    'a.b.jpg',
    'IMG_1.jpg',
    'ohne.jpg',
  ]);
});
