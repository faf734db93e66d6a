/** A "/" at the beginning of a line asks for a text block; what follows it says which. Pure. */
import { findWords } from '../../mail/contacts';
import type { TextBlock } from '../../mail/rows';

/** `from`: where the "/" stands; `typed`: what follows it up to the cursor. */
export type Slash = { from: number; typed: string };

const LONGEST = 30;

/** Null: the cursor is in no such word. A path ("/etc/hosts") or a date is none: a second "/" ends it. */
export function slashAt(text: string, cursor: number): Slash | null {
  const from = text.lastIndexOf('\n', cursor - 1) + 1;
  const typed = text.slice(from + 1, cursor);
  if (cursor <= from || text[from] !== '/' || typed.includes('/') || typed.length > LONGEST) return null;
  return { from, typed };
}

/** By the title first, then by what is in it. */
export function fittingBlocks(blocks: readonly TextBlock[], typed: string): TextBlock[] {
  const titled = blocks.filter(({ title }) => findWords(title, typed));
  return [...titled, ...blocks.filter((block) => !titled.includes(block) && findWords(block.text, typed))];
}

/** The text with the words in place of `from`…`to`, and where the cursor then stands. */
export function inserted(text: string, from: number, to: number, words: string): { text: string; cursor: number } {
  return { text: text.slice(0, from) + words + text.slice(to), cursor: from + words.length };
}
