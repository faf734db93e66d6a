import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { Learned } from '../../../src/mail/compose/learned';
import type { Objection } from '../../../src/state/compose';
import Objections from '../../../src/ui/composer/Objections.svelte';

function ask(objection: Objection, more: { protect?: string; server?: string; learned?: Learned[] } = {}) {
  const calls = {
    onmark: vi.fn(),
    onprotect: vi.fn(() => Promise.resolve(more.protect ?? '')),
    suggested: async () => Promise.resolve(more.learned ?? []),
    ondecline: vi.fn(() => Promise.resolve('')),
    onserver: vi.fn(() => Promise.resolve(more.server ?? '')),
    onanswer: vi.fn(),
  };
  render(Objections, { objection, marker: '(Vertraulich)', ...calls });
  return calls;
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name });
const unprotected: Objection = {
  code: 'unprotected',
  recipients: [
    { name: 'Anna', email: 'anna@example.org' },
    { name: '', email: 'bob@Example.org' },
    { name: '', email: 'carl@spital.example' },
  ],
};

test('unprotected mail: the marker is the first choice, has the focus, and sends', async () => {
  const { onmark, onanswer } = ask(unprotected);
  const names = screen.getAllByRole('button').map((one) => one.textContent.trim());
  expect(names.filter((name) => name)).toEqual([
    'Add (Vertraulich) and send',
    'Always protected for example.org',
    'Always protected for spital.example',
    'Send unprotected',
  ]);
  expect(document.activeElement).toBe(button('Add (Vertraulich) and send'));
  await fireEvent.click(button('Add (Vertraulich) and send'));
  expect(onmark).toHaveBeenCalledOnce();
  expect(onanswer).toHaveBeenCalledWith('again');
});

test('a domain is protected with one tap, and whoever is left is asked about again', async () => {
  const { onprotect, onanswer } = ask(unprotected);
  await fireEvent.click(button('Always protected for spital.example'));
  expect(onprotect).toHaveBeenCalledWith('spital.example');
  await vi.waitFor(() => expect(onanswer).toHaveBeenCalledWith('again'));
});

test('a domain that HIN may protect is suggested with its reason, and not again once declined', async () => {
  const learned = [{ domain: 'spital.example', mails: 3, lastAt: Date.UTC(2020, 0, 31, 12) }];
  const { ondecline, onanswer } = ask(unprotected, { learned });
  const hint = await screen.findByText(/3 mails that were begun there carried the marker .the last: .*31.01.2020/);
  await fireEvent.click(button('Not protected: spital.example'));
  expect(ondecline).toHaveBeenCalledWith('spital.example');
  await vi.waitFor(() => expect(hint.isConnected).toBe(false));
  expect(onanswer).not.toHaveBeenCalled();
});

test('a domain that could not be kept is not taken as protected', async () => {
  const { onanswer } = ask(unprotected, { protect: 'network' });
  await fireEvent.click(button('Always protected for spital.example'));
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('there is no connection'));
  expect(onanswer).not.toHaveBeenCalled();
});

test('sending unprotected is the last choice', async () => {
  const { onmark, onanswer } = ask(unprotected);
  await fireEvent.click(button('Send unprotected'));
  expect(onanswer).toHaveBeenCalledWith('on');
  expect(onmark).not.toHaveBeenCalled();
});

test('bad addresses are named and cannot be sent to', async () => {
  const { onanswer } = ask({ code: 'bad_address', addresses: ['hans', 'peter@'] });
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['hans', 'peter@']);
  await fireEvent.click(button('Back to the message'));
  expect(onanswer).toHaveBeenCalledWith('back');
  expect(screen.getAllByRole('button')).toHaveLength(2); // that one, and the dialog's own cross
});

test('a mail without a subject may leave, but the first choice is to go back', async () => {
  const { onanswer } = ask({ code: 'no_subject' });
  expect(document.activeElement).toBe(button('Back to the message'));
  await fireEvent.click(button('Send without'));
  expect(onanswer).toHaveBeenCalledWith('on');
});

test('too large says how large the files are and how large they may be', () => {
  ask({ code: 'too_large', bytes: 60_000_000, most: 52_428_800 });
  expect(screen.getByRole('dialog').textContent).toContain('come to 44 MB; 38 MB are allowed');
});

test('closing the dialog goes back to the message', () => {
  const { onanswer } = ask({ code: 'attachment_missing' });
  screen.getByRole<HTMLDialogElement>('dialog').close();
  expect(onanswer).toHaveBeenCalledWith('back');
});

test('the server for sending is asked with the usual port of each security', async () => {
  const { onserver, onanswer } = ask({ code: 'no_smtp' });
  const port = screen.getByLabelText<HTMLInputElement>('Port');
  await fireEvent.input(screen.getByLabelText('Server for sending'), { target: { value: ' smtp.example.org ' } });
  expect(port.value).toBe('587');
  await fireEvent.change(screen.getByLabelText('Security'), { target: { value: 'tls' } });
  expect(port.value).toBe('465');
  await fireEvent.click(button('Check and send'));
  expect(onserver).toHaveBeenCalledWith('smtp.example.org', 465, 'tls');
  await vi.waitFor(() => expect(onanswer).toHaveBeenCalledWith('again'));
});

test('a server that is refused is said why, and the question stays', async () => {
  const { onanswer } = ask({ code: 'no_smtp' }, { server: 'host_not_listed' });
  await fireEvent.input(screen.getByLabelText('Server for sending'), { target: { value: 'smtp.example.org' } });
  await fireEvent.click(button('Check and send'));
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('PRAXISPOST_SMTP_HOSTS'));
  expect(onanswer).not.toHaveBeenCalled();
});
