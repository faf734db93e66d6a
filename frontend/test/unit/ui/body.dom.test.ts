import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { composing } from '../support/writing';

// What is asked of a browser as soon as its stores are loaded.
Object.defineProperty(window, 'matchMedia', {
  value: (media: string) => Object.assign(new EventTarget(), { matches: false, media }),
});
vi.stubGlobal('CSS', { supports: () => true });
const load = vi.hoisted(() => vi.fn());
vi.mock('../../../src/ui/editor/load', () => ({ loadRichText: load }));
const { default: Body } = await import('../../../src/ui/composer/Body.svelte');

const NO_NETWORK = new Error('no network');
const props = (html: string | null, onchange = vi.fn(), onformat = vi.fn(), onplain = vi.fn()) => ({
  composition: composing({}, { text: 'Guten Tag', html }).composition,
  locked: false,
  phone: false,
  onchange,
  onformat,
  onplain,
  onfiles: vi.fn(),
  onobjection: vi.fn(),
});
const shown = (...args: Parameters<typeof props>) => {
  vi.stubGlobal('CSS', { supports: () => true });
  return render(Body, props(...args));
};
const words = (): HTMLTextAreaElement => screen.getByRole<HTMLTextAreaElement>('textbox');

beforeEach(() => load.mockReset());

test('where the editor cannot be had the text is only read, and it can be tried again', async () => {
  load.mockRejectedValueOnce(NO_NETWORK);
  load.mockReturnValueOnce(new Promise(() => undefined));
  const onchange = vi.fn();
  shown('<div><b>Guten</b> Tag</div>', onchange);
  const again = await screen.findByRole('button', { name: 'Try again' });
  expect(words().readOnly).toBe(true);
  await fireEvent.click(again);
  expect(await screen.findByText('Loading the editor…')).toBeTruthy();
  expect([load.mock.calls.length, onchange.mock.calls.length]).toEqual([2, 0]);
});

test('what is formatted can be gone on with as plain text, which is asked for', async () => {
  load.mockRejectedValueOnce(NO_NETWORK);
  const onformat = vi.fn();
  shown('<div><b>Guten</b> Tag</div>', vi.fn(), onformat);
  await fireEvent.click(await screen.findByRole('button', { name: 'Go on as plain text' }));
  expect(onformat).toHaveBeenCalledOnce();
});

test('a text in which nothing is formatted yet is written on as plain text, in the same field', async () => {
  load.mockRejectedValueOnce(NO_NETWORK);
  const [onchange, onplain] = [vi.fn(), vi.fn()];
  const { rerender } = shown('<div>Guten Tag</div>', onchange, vi.fn(), onplain);
  await screen.findByRole('button', { name: 'Try again' });
  const field = words();
  expect(field.readOnly).toBe(false);
  field.value = 'Guten Tag!';
  await fireEvent.input(field);
  expect([onplain.mock.calls.length, onchange.mock.calls]).toEqual([1, [[{ text: 'Guten Tag!' }]]]);
  await rerender(props(null, onchange));
  expect(words()).toBe(field);
});

test('asked for where it cannot be had, it is said, and the plain text goes on', async () => {
  load.mockRejectedValueOnce(NO_NETWORK);
  const onformat = vi.fn();
  const { ready } = shown(null, vi.fn(), onformat).component as unknown as { ready: () => Promise<boolean> };
  expect(await ready()).toBe(false);
  const again = await screen.findByRole('button', { name: 'Try again' });
  expect([screen.getByRole('status').textContent.includes('is plain text meanwhile'), words().readOnly]).toEqual([
    true,
    false,
  ]);
  await fireEvent.click(again);
  expect(onformat).toHaveBeenCalledOnce();
  load.mockResolvedValueOnce({ default: () => undefined });
  expect(await ready()).toBe(true);
});
