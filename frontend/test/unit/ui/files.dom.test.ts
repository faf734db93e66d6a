import '../support/dom';
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { FileView } from '../../../src/state/compose';
import Files from '../../../src/ui/composer/Files.svelte';
import SavedLine from '../../../src/ui/composer/SavedLine.svelte';
import { composing } from '../support/writing';

const file = (change: Partial<FileView>): FileView => ({
  id: 'f1',
  filename: 'Report.pdf',
  type: 'application/pdf',
  size: 4_000_000,
  inline: false,
  content_id: '',
  message: '',
  part: '',
  state: 'done',
  sent: 0,
  code: '',
  ...change,
});

function shown(files: FileView[], locked = false, html: string | null = null) {
  const calls = { onremove: vi.fn(), onretry: vi.fn() };
  render(Files, { files, html, most: 25_000_000, locked, ...calls });
  return calls;
}

test('how much goes along, and how much may', () => {
  shown([file({}), file({ id: 'f2', size: 1_000_000 })]);
  expect(screen.getByRole('heading').textContent.replace(/\s+/g, ' ')).toBe('2 files 5 MB of 25 MB at most');
});

test('one that arrived damaged says that it goes up again', () => {
  shown([file({ state: 'uploading', sent: 1_000_000, code: 'anew' })]);
  expect(screen.getByText('Arrived damaged, uploading it again: 1 MB of 4 MB')).toBeTruthy();
});

test('an upload shows its progress in numbers and as a bar', () => {
  shown([file({ state: 'uploading', sent: 1_000_000 })]);
  expect(screen.getByText('1 MB of 4 MB')).toBeTruthy();
  const bar = screen.getByRole<HTMLProgressElement>('progressbar', { name: 'Uploading Report.pdf: 1 MB of 4 MB' });
  expect(bar.value / bar.max).toBe(0.25);
});

test('a failed upload says why and can be tried again', async () => {
  const { onretry } = shown([file({ state: 'failed', code: 'full' })]);
  expect(screen.getByRole('alert').textContent).toBe('Not uploaded: this device is full');
  await fireEvent.click(screen.getByRole('button', { name: 'Upload Report.pdf again' }));
  expect(onretry).toHaveBeenCalledWith('f1');
});

test('a file that is too large is not tried again, only removed', async () => {
  const { onremove } = shown([file({ state: 'failed', code: 'too_large' })]);
  expect(screen.queryByRole('button', { name: /again/ })).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Remove Report.pdf' }));
  expect(onremove).toHaveBeenCalledWith('f1');
});

test('a draft that somebody else has open loses no files here', () => {
  shown([file({})], true);
  expect(screen.queryByRole('button')).toBeNull();
});

test('the saved line speaks of where the text is, not of each time it is on its way', async () => {
  const now = composing({ saved: 'saving' }, { subject: 'Hello' });
  const view = render(SavedLine, { now });
  expect(screen.getByRole('status').textContent).toBe('');
  await view.rerender({ now: { ...now, saved: 'waiting' } });
  expect(screen.getByRole('status').textContent).toBe('Waiting for a network');
});

test('a picture inside the text is counted, and not listed beside it', () => {
  const inline = { inline: true, content_id: 'p@praxispost', filename: 'Bild.png' };
  shown([file({}), file({ id: 'f2', size: 1_000_000, ...inline })], false, '<img src="cid:p@praxispost">');
  expect(screen.getByText(/1 picture in the text/)).toBeTruthy();
  expect(screen.getByText(/5 MB/)).toBeTruthy();
  expect(screen.queryByText('Bild.png')).toBeNull();
});

test('one that was taken out of the text again is not there', () => {
  shown([file({ inline: true, content_id: 'p@praxispost' })], false, '<div>Text</div>');
  expect(screen.queryByRole('list')).toBeNull();
});
