import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

// jsdom has no styles to ask.
Object.assign(globalThis, { CSS: { supports: () => true } });
Element.prototype.scrollIntoView = () => undefined;

vi.mock('../../../src/state/book', async () => {
  const { readable } = await import('svelte/store');
  const all = [
    { id: '1', title: 'Anfahrt', text: 'Bus 12', seq: 1 },
    { id: '2', title: 'Gruss', text: 'Freundliche Grüsse', seq: 1 },
  ];
  return { blocks: readable(all) };
});
const { default: Blocks } = await import('../../../src/ui/composer/Blocks.svelte');

function write(text: string): { area: HTMLTextAreaElement; onchange: ReturnType<typeof vi.fn> } {
  const onchange = vi.fn();
  const { rerender } = render(Blocks, { text: '', locked: false, onchange });
  onchange.mockImplementation((words: string) => void rerender({ text: words }));
  const area = screen.getByLabelText<HTMLTextAreaElement>('Message text');
  type(area, text);
  return { area, onchange };
}
function type(area: HTMLTextAreaElement, text: string): void {
  area.value = text;
  area.setSelectionRange(text.length, text.length);
  void fireEvent.input(area);
}
const options = (): string[] => screen.queryAllByRole('option').map((one) => one.querySelector('b')?.textContent ?? '');

test('a slash at the beginning of a line opens the list, Enter puts the words in its place', async () => {
  const { area, onchange } = write('Guten Tag\n/');
  await vi.waitFor(() => expect(options()).toEqual(['Anfahrt', 'Gruss']));
  await fireEvent.keyDown(area, { key: 'ArrowDown' });
  await fireEvent.keyDown(area, { key: 'Enter' });
  expect(onchange).toHaveBeenLastCalledWith('Guten Tag\nFreundliche Grüsse');
  await vi.waitFor(() => expect(options()).toEqual([]));
});

test('Escape leaves the slash alone, also while one types on', async () => {
  const { area, onchange } = write('/');
  await vi.waitFor(() => expect(options()).toHaveLength(2));
  await fireEvent.keyDown(area, { key: 'Escape' });
  await vi.waitFor(() => expect(options()).toEqual([]));
  type(area, '/g');
  await fireEvent.keyDown(area, { key: 'Enter' });
  expect(onchange).toHaveBeenLastCalledWith('/g');
});

test('what no block begins with opens nothing, and the keys are the text’s', async () => {
  const { area } = write('/xyz');
  expect(options()).toEqual([]);
  expect(await fireEvent.keyDown(area, { key: 'Enter' })).toBe(true);
});
