import { press, type } from '../support/dom';
import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { expect, test, vi } from 'vitest';
import type { Mailbox } from '../../../src/mail/rows';
import AddressField from '../../../src/ui/composer/AddressField.svelte';

const box = (email: string, name = ''): Mailbox => ({ name, email });
const anna = box('anna@example.org', 'Anna Muster');
const andrea = box('andrea@example.org', 'Andrea Meier');
const bob = box('bob@example.org');

/** The field in a form that keeps what it is told. `suggest` may answer late. */
function field(boxes: Mailbox[] = [], suggest: (typed: string) => Promise<Mailbox[]> = known) {
  const now = { boxes };
  const view = render(AddressField, { label: 'To', boxes, suggest, onchange });
  function onchange(next: Mailbox[]): void {
    now.boxes = next;
    void view.rerender({ boxes: next });
    flushSync();
  }
  return { now, input: screen.getByRole<HTMLInputElement>('combobox', { name: 'To' }) };
}

function known(typed: string): Promise<Mailbox[]> {
  return Promise.resolve([anna, andrea].filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase())));
}

const shown = (): string[] => screen.queryAllByRole('option').map((option) => option.textContent.trim());
const listed = async (n: number): Promise<void> =>
  vi.waitFor(() => expect(screen.queryAllByRole('option')).toHaveLength(n));
const active = (input: HTMLElement): string | null =>
  document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-selected') ?? null;

test('typing shows whom it may mean, and Enter takes the first', async () => {
  const { now, input } = field();
  type(input, 'an');
  await listed(2);
  expect(input.getAttribute('aria-expanded')).toBe('true');
  expect(active(input)).toBe('true');
  expect(press('Enter')).toBe(true);
  expect(now.boxes).toEqual([anna]);
  expect(input.value).toBe('');
  expect(input.getAttribute('aria-expanded')).toBe('false');
});

test('arrows choose among the suggestions and come round at the end', async () => {
  const { now, input } = field();
  type(input, 'an');
  await listed(2);
  press('ArrowDown');
  press('ArrowDown');
  press('ArrowUp');
  flushSync();
  press('Tab');
  expect(now.boxes).toEqual([andrea]);
  expect(document.activeElement).toBe(input);
});

test('Escape closes the suggestions and leaves the text', async () => {
  const { input } = field();
  type(input, 'an');
  await listed(2);
  expect(press('Escape')).toBe(true);
  flushSync();
  expect(shown()).toEqual([]);
  expect(input.value).toBe('an');
  expect(press('Escape')).toBe(false); // now it belongs to the composer
});

test('a comma takes what is suggested, a semicolon whatever there is', async () => {
  const { now, input } = field();
  type(input, 'and');
  await listed(1);
  type(input, ',');
  expect(now.boxes).toEqual([andrea]);
  type(input, 'hans;');
  expect(now.boxes).toEqual([andrea, box('hans')]);
  expect(input.value).toBe('');
});

test('a slow answer to what was typed before does not come over the new one', async () => {
  let answer: (found: Mailbox[]) => void = () => undefined;
  const slow = new Promise<Mailbox[]>((resolve) => (answer = resolve));
  const { input } = field([], (typed) => (typed === 'a' ? slow : known(typed)));
  type(input, 'and');
  await listed(1);
  answer([anna, andrea, bob]);
  await slow;
  await tick();
  expect(shown()).toHaveLength(1);
});

test('Backspace at the beginning takes the last recipient back into the text', () => {
  const { now, input } = field([bob, anna]);
  input.focus();
  press('Backspace');
  flushSync();
  expect(now.boxes).toEqual([bob]);
  expect(input.value).toBe('Anna Muster <anna@example.org>');
});

test('the left arrow goes to the recipients, which the keyboard walks and removes', async () => {
  const { now, input } = field([bob, anna]);
  input.focus();
  press('ArrowLeft');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove Anna Muster' }));
  press('ArrowLeft');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove bob@example.org' }));
  press('Delete');
  await vi.waitFor(() => expect(now.boxes).toEqual([anna]));
  await vi.waitFor(() =>
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove Anna Muster' })),
  );
  press('ArrowRight');
  expect(document.activeElement).toBe(input);
});

test('a finger removes with the cross and changes with the name', async () => {
  const { now, input } = field([bob, anna]);
  await fireEvent.click(screen.getByRole('button', { name: 'Remove bob@example.org' }));
  expect(now.boxes).toEqual([anna]);
  await fireEvent.click(screen.getByRole('button', { name: 'Change Anna Muster <anna@example.org>' }));
  expect(now.boxes).toEqual([]);
  expect(input.value).toBe('Anna Muster <anna@example.org>');
});

test('a pasted list becomes recipients, each once', async () => {
  const { now, input } = field([anna]);
  const clipboardData = { getData: () => 'Anna Muster <anna@example.org>; Bob <bob@example.org>\ncarl@example.org' };
  await fireEvent.paste(input, { clipboardData });
  expect(now.boxes).toEqual([anna, box('bob@example.org', 'Bob'), box('carl@example.org')]);
});

test('what is no address is kept, and said to be none', async () => {
  const { now, input } = field();
  type(input, 'hans');
  await fireEvent.focusOut(input, { relatedTarget: document.body });
  flushSync();
  expect(now.boxes).toEqual([box('hans')]);
  expect(input.getAttribute('aria-invalid')).toBe('true');
  const described = document.getElementById(input.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toContain('“hans” is not an email address.');
});

test('whoever is there already is not suggested again', async () => {
  const { input } = field([anna]);
  type(input, 'an');
  await listed(1);
  expect(within(screen.getByRole('listbox')).queryByText('Anna Muster')).toBeNull();
});

test('Ctrl+Enter counts what is being typed and is left to the composer', () => {
  const { now, input } = field();
  type(input, 'bob@example.org');
  expect(press('Enter', { ctrlKey: true })).toBe(false);
  expect(now.boxes).toEqual([bob]);
});
