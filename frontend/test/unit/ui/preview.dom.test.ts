import '../support/dom';
import { render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';

const media = vi.fn((query: string) => Object.assign(new EventTarget(), { matches: false, media: query }));
Object.defineProperty(window, 'matchMedia', { value: media });
Object.assign(URL, { createObjectURL: () => 'blob:file', revokeObjectURL: () => undefined });
const { default: PreviewDialog } = await import('../../../src/ui/reader/PreviewDialog.svelte');

const PDF = { part: '2', filename: 'Befund.pdf', type: 'application/pdf', size: 3, inline: false, content_id: '' };

function shown(viewer: boolean, coarse = false): void {
  Object.defineProperty(navigator, 'pdfViewerEnabled', { value: viewer, configurable: true });
  media.mockImplementation((query) => Object.assign(new EventTarget(), { matches: coarse, media: query }));
  render(PreviewDialog, { file: PDF, blob: new Blob(['pdf']), name: 'Befund.pdf', onclose: () => undefined });
}

afterEach(() => Reflect.deleteProperty(navigator, 'canShare'));

test('a PDF stands under its own name, without the bar that would call it by its address', () => {
  shown(true);
  expect(screen.getByRole('heading', { name: 'Befund.pdf' })).toBeTruthy();
  expect(screen.getByTitle('Befund.pdf').getAttribute('src')).toContain('#toolbar=0');
  expect(screen.getByRole('link', { name: 'Open full screen' }).getAttribute('target')).toBe('_blank');
});

test('a browser without a viewer says so, and offers to open the file or to save it', () => {
  shown(false);
  expect(screen.getByText(/This browser cannot show a PDF/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Open full screen' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Download Befund.pdf' })).toBeTruthy();
});

test('on a phone it can be given to another program', () => {
  Object.defineProperty(navigator, 'canShare', { value: () => true, configurable: true });
  shown(false, true);
  expect(screen.getByRole('button', { name: 'Open with…' })).toBeTruthy();
});
