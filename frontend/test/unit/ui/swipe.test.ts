import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveSwipe, shownOffset, startSwipe, swipedTo, type Swipe } from '../../../src/ui/list/swipe';

const WIDTH = 400;
const begun = (): Swipe => ({ id: 'm1', startX: 200, startY: 300, dx: 0, axis: 'undecided' });
const drag = (...points: [number, number][]): Swipe =>
  points.reduce((swipe, [x, y]) => moveSwipe(swipe, x, y), begun());

test("a finger at the screen's edge is the platform's back gesture, not a swipe", () => {
  expect(startSwipe('m1', 10, 300)).toBeNull();
  expect(startSwipe('m1', 24, 300)).toMatchObject({ id: 'm1', axis: 'undecided' });
});

test('a finger that hardly moved has decided nothing', () => {
  expect(drag([205, 305])).toMatchObject({ axis: 'undecided', dx: 0 });
});

test('sideways locks the swipe across, and then the row follows even when the finger wanders', () => {
  expect(drag([220, 305])).toMatchObject({ axis: 'across', dx: 20 });
  expect(drag([220, 305], [230, 400])).toMatchObject({ axis: 'across', dx: 30 });
});

test('a slanted or upright movement is a scroll and stays one', () => {
  expect(drag([212, 310])).toMatchObject({ axis: 'along', dx: 0 });
  expect(drag([200, 320], [400, 320])).toMatchObject({ axis: 'along', dx: 0 });
});

test('past the threshold it is a swipe to that side, before it none', () => {
  const across = (dx: number): Swipe => ({ ...begun(), axis: 'across', dx });
  expect([swipedTo(across(113), WIDTH), swipedTo(across(-113), WIDTH)]).toEqual(['right', 'left']);
  expect([swipedTo(across(111), WIDTH), swipedTo(across(-111), WIDTH)]).toEqual([null, null]);
  expect(swipedTo({ ...begun(), axis: 'along', dx: 300 }, WIDTH)).toBeNull();
});

test('the row never runs ahead of the finger nor to the other side, and never jumps', () => {
  fc.assert(
    fc.property(fc.integer({ min: -400, max: 400 }), (dx) => {
      const [here, next] = [dx, dx + 1].map((to) => shownOffset({ ...begun(), axis: 'across', dx: to }, WIDTH));
      expect(Math.abs(here ?? 0)).toBeLessThanOrEqual(Math.abs(dx));
      expect(Math.sign(here ?? 0)).toBe(Math.sign(dx));
      expect((next ?? 0) - (here ?? 0)).toBeGreaterThan(0);
      expect((next ?? 0) - (here ?? 0)).toBeLessThanOrEqual(1.0001);
    }),
  );
});
