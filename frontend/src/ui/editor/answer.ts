/** Where an answer that stands below its quote begins in a formatted text, as `cursorIn` finds it in a plain one. */

/** Nothing above the first line counts: a signature names itself by its own first line. */
function opensSignature(block: Element): boolean {
  const first = block.firstElementChild;
  const words = first && /^(?:DIV|P)$/.test(first.nodeName) ? first.textContent : block.textContent;
  return /^--\s?$/.test(words);
}

const isEmpty = (block: Element): boolean => block.textContent.trim() === '' && !block.querySelector('img, hr, table');

/** The last block that the answer may begin in: before the signature, with a line between. Null: the text has no blocks. */
function lastBlock(root: ParentNode): Element | null {
  const blocks = [...root.children];
  const signature = blocks.findLastIndex(opensSignature);
  if (signature < 0) return blocks.at(-1) ?? null;
  const before = blocks[signature - 1];
  return (before && isEmpty(before) ? blocks[signature - 2] : undefined) ?? before ?? null;
}

/** A cursor behind the last word before the signature. Null: there is no such place. */
export function answerPlace(root: ParentNode): Range | null {
  const block = lastBlock(root);
  if (!block) return null;
  const range = document.createRange();
  range.selectNodeContents(block);
  // An empty line holds a break, and the cursor stands before it.
  range.collapse(isEmpty(block));
  return range;
}
