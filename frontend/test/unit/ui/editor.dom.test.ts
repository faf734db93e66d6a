import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatsAt, linkAt, perform } from '../../../src/ui/editor/commands';
import { RichEditor } from '../../../src/ui/editor/editor';
import { textOf } from '../../../src/ui/editor/text';

/** The editor itself, without a screen: what goes in, what is stored, and its history. */

let root: HTMLElement;
let editor: RichEditor;

beforeEach(() => {
  root = document.createElement('div');
  root.tabIndex = 0;
  document.body.append(root);
  editor = new RichEditor(root, window, (id) => (id === 'kurve' ? 'blob:kurve' : null));
  editor.focus();
});
afterEach(() => {
  editor.destroy();
  root.remove();
});

/** Changes are seen by an observer. */
const noticed = (): Promise<void> => Promise.resolve();

function select(text: string): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.nodeValue?.indexOf(text) ?? -1;
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    editor.setSelection(range);
    return;
  }
  throw new Error(`"${text}" is not there`);
}

test.each([
  '<div>Guten Tag</div><div><br></div><div>Gruss</div>',
  '<div><b>Guten</b> <i>Tag</i></div>',
  '<div>Ja</div><blockquote><div>Wann?</div></blockquote>',
  '<ul><li><div>eins</div></li><li><div>zwei</div></li></ul>',
  '<div><div>--</div><div><b>Praxis</b></div></div>',
  '<table><tbody><tr><td>Na</td><td>140</td></tr></tbody></table><div><br></div>',
  '<div><img alt="Kurve" src="cid:kurve"><br></div>',
])('%s is stored as it was opened', (html) => {
  editor.setHTML(html);
  expect(editor.stored()).toBe(html);
  editor.setHTML(editor.stored());
  expect(editor.stored()).toBe(html);
});

test('what is hostile is neither shown nor stored', () => {
  editor.setHTML('<div onclick="x()">Ja<script>x()</script><img src="https://evil.example/p"></div>');
  expect(root.innerHTML).toBe('<div>Ja</div>');
  expect(editor.stored()).toBe('<div>Ja</div>');
});

test('what was done is undone, done again, and keeps its pictures', async () => {
  editor.setHTML('<div>Guten Tag</div><div><img data-cid="kurve"></div>');
  await noticed();
  select('Guten');
  perform(editor, 'bold');
  await noticed();
  expect(editor.stored()).toContain('<b>Guten</b> Tag');
  editor.undo();
  await noticed();
  expect(editor.stored()).toBe('<div>Guten Tag</div><div><img src="cid:kurve"><br></div>');
  expect(root.querySelector('img')?.getAttribute('src')).toBe('blob:kurve');
  expect(root.querySelector('input')).toBeNull();
  editor.redo();
  expect(editor.stored()).toContain('<b>Guten</b> Tag');
});

test('a button says whether it is so where the cursor stands, and takes it off again', async () => {
  editor.setHTML('<div>Guten Tag</div>');
  await noticed();
  select('Tag');
  perform(editor, 'italic');
  await noticed();
  expect([...formatsAt(editor)]).toEqual(['italic']);
  perform(editor, 'italic');
  await noticed();
  expect(editor.stored()).toBe('<div>Guten Tag</div>');
  perform(editor, 'bullets');
  expect(textOf(root)).toBe('- Guten Tag\n');
  perform(editor, 'bullets');
  perform(editor, 'quote_more');
  perform(editor, 'quote_more');
  expect(textOf(root)).toBe('>> Guten Tag\n');
  perform(editor, 'quote_less');
  expect(textOf(root)).toBe('> Guten Tag\n');
});

test('a link is found where the cursor stands', async () => {
  editor.setHTML('<div>Siehe hier</div>');
  await noticed();
  select('hier');
  editor.makeLink('https://praxis.example/');
  await noticed();
  expect(linkAt(editor)).toBe('https://praxis.example/');
  select('Siehe');
  expect(linkAt(editor)).toBe('');
});
