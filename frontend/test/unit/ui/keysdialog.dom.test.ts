import '../support/dom';
import { render, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { BUTTONS } from '../../../src/ui/editor/commands';
import KeysDialog from '../../../src/ui/dialogs/KeysDialog.svelte';

test('the keys of formatted text are listed behind the others', () => {
  render(KeysDialog, { onclose: vi.fn() });
  const list = screen.getByRole('heading', { name: 'In formatted text' }).nextElementSibling;
  if (!(list instanceof HTMLElement)) throw new Error('no list');
  expect(
    within(list)
      .getAllByRole('term')
      .map((one) => one.textContent),
  ).toEqual(BUTTONS.map(({ keys }) => keys));
  expect(within(list).getAllByRole('definition')[0]?.textContent).toBe('Bold');
});
