import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { ActionRow } from '../../../src/mail/rows';
import { action, body, message } from '../support/rows';
import { composing } from '../support/writing';

// What is asked of a browser as soon as its stores are loaded.
Object.defineProperty(window, 'matchMedia', {
  value: (media: string) => Object.assign(new EventTarget(), { matches: false, media }),
});
const { default: Held } = await import('../../../src/ui/activity/Held.svelte');

const row = message('s1', { senders: [{ name: 'Anna', email: 'praxis@example.org' }] });
const answer = { row, body: body('s1', { text: 'Please take the generic.\n\n> May we replace it?' }) };
const { composition } = composing(
  {},
  { text: 'Thirty tablets only.\n\n-- \nPraxis\n\nThey wrote:\n> May we replace it?' },
);

type Other = { row: typeof row | null; body: typeof answer.body };

function held(
  change: Partial<ActionRow> = {},
  other: Other | null = answer,
  own: typeof composition | null = composition,
  by = '',
) {
  const calls = { onpick: vi.fn(), onclose: vi.fn() };
  const item = {
    ...action('a1', { kind: 'send', state: 'held', detail: 'answer_sent', where: 's1', ...change }),
    local: false,
    here: false,
    about: null,
    answer: null,
  };
  render(Held, { item, by, own: Promise.resolve(own), other: Promise.resolve(other), ...calls });
  return calls;
}

const text = (): string => screen.getByRole('dialog').textContent.replace(/\s+/g, ' ');
const says = (words: string): Promise<void> => vi.waitFor(() => expect(text()).toContain(words));

test('both texts stand beside each other, without what both quote', async () => {
  held();
  await says('Please take the generic.');
  await says('Thirty tablets only.');
  expect(text()).not.toContain('May we replace it?');
});

test('each text is called by whose answer it is', async () => {
  held({ device: 'd1' });
  await says('Their answer');
  await says('Answer of Vera');
});

test('the writer’s own is called so', async () => {
  const { device } = await import('../../../src/state/session');
  device.set({ id: 'd1', name: 'Empfang' });
  held({ device: 'd1' });
  await says('My answer');
  device.set(null);
});

test('it says that nothing was sent, and who was faster', async () => {
  held();
  await says('Your answer was not sent. Anna answered');
});

test('where the answer came from this app, the device that gave it is named', async () => {
  held({}, answer, composition, 'Reception 2');
  await says('Reception 2 answered');
});

test('an answer in a folder that was never opened here is shown, by whomever', async () => {
  held({}, { ...answer, row: null });
  await says('Somebody answered');
  await says('Please take the generic.');
});

test.each([
  ['answered', 'in another program'],
  ['in_trash', 'moved the original to the trash'],
])('held because of %s, it says so beside the original', async (detail, words) => {
  held({ detail, where: '' });
  await says(words);
  await says('Original');
  await says('received');
});

test('a text that is not here is said to be missing, and the choice stays', async () => {
  held({}, null, null);
  await says('This text is not on this device');
  await says('Your text cannot be shown now');
  expect(screen.getByRole('button', { name: 'Send anyway' })).toBeTruthy();
});

test.each([
  ['Send anyway', 'send_anyway'],
  ['Edit', 'edit'],
  ['Discard', 'discard'],
])('%s decides', async (name, remedy) => {
  const { onpick } = held();
  await fireEvent.click(screen.getByRole('button', { name }));
  expect(onpick).toHaveBeenCalledWith(remedy);
});
