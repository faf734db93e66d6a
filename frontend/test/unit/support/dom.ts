/** What jsdom lacks of a browser's document, and the words on it. Import before any component. */
import { cleanup } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeAll } from 'vitest';
import { speak } from '../../../src/ui/i18n';

/** Dialogs as far as they are used here: shown at once, closed once, and then they say so. */
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement): void {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement): void {
  if (!this.open) return;
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

beforeAll(async () => {
  await speak('en');
});
afterEach(cleanup);

/** One key on what has the focus, as a browser sends it. → whether the component took it. */
export function press(key: string, more: KeyboardEventInit = {}): boolean {
  const target = document.activeElement ?? document.body;
  return !target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
}

/** Letters into a field, one after the other, as fast as a hand that does not wait for anything. */
export function type(field: HTMLElement, text: string): void {
  if (!(field instanceof HTMLInputElement)) throw new Error('letters go into an input');
  field.focus();
  for (const letter of text) {
    field.value += letter;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    flushSync();
  }
}
