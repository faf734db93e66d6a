/** What the toolbar can do with the text, under which key, and whether it is so where the cursor stands. */
import type { GlyphName } from '../composer/glyphs';
import type { Key } from '../i18n';
import type { RichEditor } from './editor';

export type Format = 'bold' | 'italic' | 'underline' | 'bullets' | 'numbers' | 'link';
type Command = Format | 'quote_more' | 'quote_less' | 'clear';

export type Button = { command: Command; glyph: GlyphName; label: Key; keys: string };

export const BUTTONS: readonly Button[] = [
  { command: 'bold', glyph: 'bold', label: 'format.bold', keys: 'Ctrl+B' },
  { command: 'italic', glyph: 'italic', label: 'format.italic', keys: 'Ctrl+I' },
  { command: 'underline', glyph: 'underline', label: 'format.underline', keys: 'Ctrl+U' },
  { command: 'bullets', glyph: 'bullets', label: 'format.bullets', keys: 'Ctrl+Shift+8' },
  { command: 'numbers', glyph: 'numbers', label: 'format.numbers', keys: 'Ctrl+Shift+9' },
  { command: 'quote_less', glyph: 'quoteLess', label: 'format.quote_less', keys: 'Ctrl+[' },
  { command: 'quote_more', glyph: 'quoteMore', label: 'format.quote_more', keys: 'Ctrl+]' },
  { command: 'link', glyph: 'link', label: 'format.link', keys: 'Ctrl+K' },
  { command: 'clear', glyph: 'clear', label: 'format.clear', keys: 'Ctrl+\\' },
];

const TAGS: Record<Format, string> = {
  bold: 'B',
  italic: 'I',
  underline: 'U',
  bullets: 'UL',
  numbers: 'OL',
  link: 'A',
};
export const FORMATS = Object.keys(TAGS) as Format[];

export const formatsAt = (editor: RichEditor): Set<Format> =>
  new Set(FORMATS.filter((format) => editor.hasFormat(TAGS[format])));

type Act = (editor: RichEditor) => unknown;
/** What sets it, and what takes it off again. */
const ACTS: Record<Exclude<Command, 'link'>, readonly [Act, Act?]> = {
  bold: [(editor) => editor.bold(), (editor) => editor.removeBold()],
  italic: [(editor) => editor.italic(), (editor) => editor.removeItalic()],
  underline: [(editor) => editor.underline(), (editor) => editor.removeUnderline()],
  bullets: [(editor) => editor.makeUnorderedList(), (editor) => editor.removeList()],
  numbers: [(editor) => editor.makeOrderedList(), (editor) => editor.removeList()],
  quote_more: [(editor) => editor.increaseQuoteLevel()],
  quote_less: [(editor) => editor.decreaseQuoteLevel()],
  clear: [(editor) => editor.removeAllFormatting()],
};

/** All but the link, which has to be asked for. */
export function perform(editor: RichEditor, command: Exclude<Command, 'link'>): void {
  const [set, unset] = ACTS[command];
  const isSet = unset !== undefined && formatsAt(editor).has(command as Format);
  if (isSet) unset(editor);
  else set(editor);
}

/** The address of the link that is selected, or that the cursor is in; '' where there is none. */
export function linkAt(editor: RichEditor): string {
  if (!editor.hasFormat('A')) return '';
  const range = editor.getSelection();
  const links = [...editor.getRoot().querySelectorAll('a[href]')];
  return links.find((link) => range.intersectsNode(link))?.getAttribute('href') ?? '';
}
