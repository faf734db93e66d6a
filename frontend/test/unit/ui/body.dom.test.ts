import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { composing } from '../support/writing';

// What is asked of a browser as soon as its stores are loaded.
Object.defineProperty(window, 'matchMedia', {
  value: (media: string) => Object.assign(new EventTarget(), { matches: false, media }),
});
vi.stubGlobal('CSS', { supports: () => true });
const load = vi.hoisted(() => vi.fn());
vi.mock('../../../src/ui/editor/load', () => ({ loadRichText: load }));
const { default: Body } = await import('../../../src/ui/composer/Body.svelte');

test('where the editor cannot be had the text is only read, and it can be tried again', async () => {
  load.mockRejectedValueOnce(new Error('no network'));
  load.mockReturnValueOnce(new Promise(() => undefined));
  const { composition } = composing({}, { text: 'Guten Tag', html: '<div><b>Guten</b> Tag</div>' });
  const onchange = vi.fn();
  vi.stubGlobal('CSS', { supports: () => true });
  render(Body, { composition, locked: false, phone: false, onchange, onfiles: vi.fn(), onobjection: vi.fn() });
  const again = await screen.findByRole('button', { name: 'Try again' });
  expect(screen.getByRole('textbox').hasAttribute('readonly')).toBe(true);
  await fireEvent.click(again);
  expect(await screen.findByText('Loading the editor…')).toBeTruthy();
  expect([load.mock.calls.length, onchange.mock.calls.length]).toEqual([2, 0]);
});
