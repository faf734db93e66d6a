import '../support/dom';
import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { get, writable } from 'svelte/store';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Identity } from '../../../src/mail/rows';

/** As whom one writes: the list, and a signature whose editor cannot be had. */

const PRAXIS: Identity = {
  id: 'i1',
  name: 'Praxis',
  email: 'praxis@hin.ch',
  reply_to: '',
  signature: 'Praxis am Lindenhof',
  signature_html: '<b>Praxis</b>',
};

const told = vi.hoisted(() => ({ save: vi.fn(), load: vi.fn() }));
const identities = writable<Identity[]>([PRAXIS]);
vi.mock('../../../src/state/writing', () => ({ identities, saveIdentities: told.save }));
vi.mock('../../../src/ui/editor/load', () => ({ loadRichText: told.load }));
const { default: Identities } = await import('../../../src/ui/me/Identities.svelte');

beforeEach(() => {
  identities.set([PRAXIS]);
  told.save.mockReset();
  told.load.mockReset();
});

const lines = (): string[] => screen.getAllByRole('listitem').map((one) => one.querySelector('b')?.textContent ?? '');

async function fillNew(name: string, email: string): Promise<HTMLElement> {
  await fireEvent.click(screen.getByRole('button', { name: 'Add a sender' }));
  const form = screen.getAllByRole('listitem').at(-1);
  if (!form) throw new Error('no form');
  const fill = (label: string, value: string): Promise<boolean> =>
    fireEvent.input(within(form).getByLabelText(label), { target: { value } });
  await fill('Name', name);
  await fill('Address', email);
  return within(form).getByRole('button', { name: 'Save' });
}

test('a new sender stands there once, whether the answer or the feed comes first', async () => {
  let answer: (value: { ok: true }) => void = () => undefined;
  told.save.mockImplementation((all: Identity[]) => {
    identities.set(all); // the feed is faster
    return new Promise((resolve) => (answer = resolve));
  });
  render(Identities);
  await fireEvent.click(await fillNew('Labor', 'labor@hin.ch'));
  await vi.waitFor(() => expect(get(identities)).toHaveLength(2));
  expect(lines()).toEqual(['Praxis', 'Labor']);
  answer({ ok: true });
  await vi.waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).toBeNull());
  identities.update((all) => all.map((one) => ({ ...one })));
  await vi.waitFor(() => expect(lines()).toEqual(['Praxis', 'Labor']));
});

test('whose answer is lost and who is there by the feed is nobody new: another can be added, and it can be removed', async () => {
  told.save.mockImplementationOnce((all: Identity[]) => {
    identities.set(all);
    return Promise.resolve({ ok: false, code: 'network' });
  });
  render(Identities);
  await fireEvent.click(await fillNew('Labor', 'labor@hin.ch'));
  await screen.findByText(/^Not saved/);
  expect(await screen.findByRole('button', { name: 'Add a sender' })).toBeTruthy();
  told.save.mockImplementationOnce((all: Identity[]) => {
    identities.set(all);
    return Promise.resolve({ ok: true });
  });
  const labor = screen.getAllByRole('listitem').at(-1);
  if (!labor) throw new Error('not there');
  await fireEvent.click(within(labor).getByRole('button', { name: 'Remove' }));
  await vi.waitFor(() => expect(lines()).toEqual(['Praxis']));
});

test('where the editor of a signature cannot be had, the plain one is kept, and it can be tried again', async () => {
  told.load.mockRejectedValueOnce(new Error('no network'));
  told.load.mockReturnValueOnce(new Promise(() => undefined));
  told.save.mockResolvedValue({ ok: true });
  render(Identities);
  await fireEvent.click(screen.getByRole('button', { name: /^Praxis/ }));
  const again = await screen.findByRole('button', { name: 'Try again' });
  await fireEvent.input(screen.getByLabelText('Signature'), { target: { value: 'Praxis im Hof' } });
  await fireEvent.click(again);
  expect(await screen.findByText('Loading the editor…')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(told.save).toHaveBeenCalledWith([{ ...PRAXIS, signature: 'Praxis im Hof' }]);
});
