/** How a mail that is written comes on the screen: which one it is, and where the first letter goes. Pure. */
import type { Composing } from '../../state/compose';

/** Another mail than before. A version that became a second draft only changed its id: the hand goes on typing. */
export function isAnother(before: Composing | null, now: Composing): boolean {
  if (!before) return true;
  const [a, b] = [before.composition, now.composition];
  if (a.draft === b.draft) return false;
  return a.text !== b.text || a.subject !== b.subject || a.to.length !== b.to.length;
}

/** What has the focus first: whom it goes to, where that is still open, else the text. */
export const beginsWithTo = ({ composition }: Composing): boolean =>
  composition.to.length === 0 && (composition.kind === 'new' || composition.kind === 'forward');

const SIGNATURE = '\n\n-- \n';

/** Where the writer begins in a text that is there already, in UTF-16 units. */
export function cursorIn({ kind, base, text }: Composing['composition'], position: 'top' | 'bottom'): number {
  if (position === 'top' || base > 0 || (kind !== 'reply' && kind !== 'reply_all')) return 0;
  const signature = text.lastIndexOf(SIGNATURE);
  return signature < 0 ? text.length : signature;
}

export function headingOf({ composition, original }: Composing): string {
  const answers = composition.kind === 'reply' || composition.kind === 'reply_all';
  return answers ? (original?.subject ?? '') : '';
}
