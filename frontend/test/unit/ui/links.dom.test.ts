import '../support/dom';
import { createEvent, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addressOf } from '../../../src/ui/editor/links';
import { RichEditor } from '../../../src/ui/editor/editor';

/** What becomes a link in a mail that is written, and what a click on one does. */

Object.defineProperty(window, 'matchMedia', {
  value: (media: string) => Object.assign(new EventTarget(), { matches: false, media }),
});
Object.assign(globalThis, {
  reportError: (error: unknown) => {
    throw error;
  },
});
vi.mock('../../../src/ui/editor/realm', () => ({ realm: () => Promise.resolve(window) }));
const { default: RichText } = await import('../../../src/ui/editor/RichText.svelte');

const NO_LINKS = [
  'javascript:x()',
  'JaVaScRiPt:x()',
  ' javascript:x()',
  'java\tscript:x()',
  'java\nscript:x()',
  '\u0001javascript:x()',
  'javascript\u0000:x()',
  'javascript://praxis.example/%0ax()',
  'data:text/html,<b>x</b>',
  'data:text/html;base64,PGI+eDwvYj4=',
  'vbscript:x()',
  'file:///etc/passwd',
  'blob:https://praxis.example/1',
  'ftp://praxis.example/x',
];

let root: HTMLElement;
let editor: RichEditor;

beforeEach(() => {
  root = document.createElement('div');
  root.tabIndex = 0;
  document.body.append(root);
  editor = new RichEditor(root, window, () => null);
});
afterEach(() => {
  editor.destroy();
  root.remove();
});

const hrefs = (): (string | null)[] => [...root.querySelectorAll('[href]')].map((link) => link.getAttribute('href'));

function selectAll(): void {
  const range = document.createRange();
  range.selectNodeContents(root.firstElementChild ?? root);
  editor.setSelection(range);
}

test.each(NO_LINKS)('%j typed as the address of a link is refused', (typed) => {
  expect(addressOf(typed)).toBeNull();
});

test.each(['https://praxis.example/a\tb', 'https://praxis.example/\u0000', 'mailto:a@b.example\r\nBcc:c@d.example'])(
  '%j has a control character and is refused',
  (typed) => {
    expect(addressOf(typed)).toBeNull();
  },
);

test.each(NO_LINKS)('a link to %j is no link any more when it is pasted', (address) => {
  const link = document.createElement('a');
  link.setAttribute('href', address);
  link.textContent = 'hier';
  editor.setHTML('<div>Siehe </div>');
  editor.focus().moveCursorToEnd();
  editor.insertHTML(link.outerHTML, true);
  expect(root.textContent).toContain('hier');
  expect([hrefs(), editor.stored().includes('href')]).toEqual([[], false]);
});

test.each(NO_LINKS)('%j does not become the address of what is selected', (address) => {
  editor.setHTML('<div>Siehe hier</div>');
  selectAll();
  editor.makeLink(address);
  expect([hrefs(), root.textContent]).toEqual([[], 'Siehe hier']);
});

test('pasted as text, an address of the web becomes a link and nothing else does', () => {
  editor.setHTML('<div><br></div>');
  editor.focus();
  editor.insertPlainText('javascript:x() data:text/html,x https://praxis.example/a', true);
  expect(hrefs()).toEqual(['https://praxis.example/a']);
});

async function shown(html: string, locked: boolean): Promise<HTMLElement> {
  const props = { html, label: 'Text', locked, dock: 'top' as const, onchange: vi.fn() };
  render(RichText, props);
  return screen.findByText('hier');
}

/** → whether the page would go there. */
async function click(link: HTMLElement, more: MouseEventInit = {}): Promise<boolean> {
  const event = createEvent.click(link, { ...more });
  await fireEvent(link, event);
  return !event.defaultPrevented;
}

test('a click on a link never takes the page away: written in, nothing opens', async () => {
  const open = vi.spyOn(window, 'open').mockReturnValue(null);
  const link = await shown('<div><a href="https://praxis.example/x">hier</a></div>', false);
  expect([await click(link), await click(link, { ctrlKey: true })]).toEqual([false, false]);
  expect(open).not.toHaveBeenCalled();
});

test('where the text is only read, an address of the web opens apart and no other does', async () => {
  const open = vi.spyOn(window, 'open').mockReturnValue(null);
  const link = await shown('<div><a href="https://praxis.example/x">hier</a></div>', true);
  expect(await click(link)).toBe(false);
  expect(open.mock.calls).toEqual([['https://praxis.example/x', '_blank', 'noopener,noreferrer']]);
  open.mockClear();
  link.setAttribute('href', 'mailto:a@b.example');
  link.removeAttribute('target');
  expect(await click(link)).toBe(false);
  link.setAttribute('href', 'javascript:x()');
  expect(await click(link)).toBe(false);
  expect(open).not.toHaveBeenCalled();
});
