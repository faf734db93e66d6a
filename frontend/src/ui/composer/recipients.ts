/** What typing, pasting and leaving an address field make of its recipients. Pure. */
import { addressKey, formatMailbox, isAddress, once, sameAddress } from '../../mail/compose/addresses';
import { parseMailboxes, splitInput } from '../../mail/compose/mailboxes';
import type { Mailbox } from '../../mail/rows';

/** `add`: new recipients; `typed`: what stays in the field. */
export type Taken = { add: Mailbox[]; typed: string };

export const isBad = (box: Mailbox): boolean => !isAddress(box.email);

/** Those of `more` that are not there yet. */
export function newOnes(boxes: readonly Mailbox[], more: readonly Mailbox[]): Mailbox[] {
  return once(more, new Set(boxes.map((box) => addressKey(box.email))));
}

/** Everything in the field becomes a recipient. What is no address becomes one as well, marked as bad: it was meant to
 *  be somebody, and must not vanish. */
export function whole(typed: string): Mailbox[] {
  const { found, rest } = parseMailboxes(typed);
  const bad = rest.split(/[,;]/).map((piece) => ({ name: '', email: piece.trim() }));
  return [...found, ...bad.filter((box) => box.email)];
}

const isWhole = (typed: string): boolean => {
  const { found, rest } = parseMailboxes(typed);
  return found.length > 0 && !rest;
};

/** One more letter. A separator takes the address before it, else the suggestion that is on, else (a semicolon, which
 *  stands in no name) whatever there is. */
export function typedIn(typed: string, suggested: Mailbox | undefined): Taken {
  const [, before = '', separator] = /^(.*)([,;])\s*$/su.exec(typed) ?? [];
  if (separator && before.trim()) {
    if (isWhole(before)) return { add: whole(before), typed: '' };
    if (suggested) return { add: [suggested], typed: '' };
    if (separator === ';') return { add: whole(before), typed: '' };
  }
  const { complete, typing } = splitInput(typed);
  return { add: complete, typed: typing };
}

/** A list from elsewhere. Null: no list, to be inserted as the letters it is. */
export function pasted(text: string): Taken | null {
  const { found, rest } = parseMailboxes(text);
  return found.length > 0 ? { add: found, typed: rest } : null;
}

/** Enter or Tab: the suggestion that is on, unless a whole address is typed and nobody has moved to the suggestion. */
export function entered(typed: string, suggested: Mailbox | undefined, moved: boolean): Mailbox[] {
  if (!suggested) return whole(typed);
  const [only] = whole(typed);
  const typedOther = isWhole(typed) && only !== undefined && !sameAddress(only.email, suggested.email);
  return typedOther && !moved ? whole(typed) : [suggested];
}

/** Back into the field, as it would be typed. */
export const editable = (box: Mailbox): string => formatMailbox(box);
