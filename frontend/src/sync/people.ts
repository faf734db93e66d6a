/** Whom this account writes to and hears from, out of the rows that are mirrored here and its address book: known without
 *  a network. By the way it is seen whose domains HIN may protect. */
import { contactsOf } from '../db/book';
import { foldersOf } from '../db/folders';
import { keysOf, rowsById } from '../db/messages';
import type { Mirror } from '../db/vault';
import { addressKey } from '../mail/compose/addresses';
import { buildIndex, type Index, type Known } from '../mail/compose/completion';
import { Learning, type Learned } from '../mail/compose/learned';
import type { Contact, Mailbox, MessageRow } from '../mail/rows';

const ROWS_AT_ONCE = 250;
const LEFT_OUT: ReadonlySet<string> = new Set(['junk', 'trash', 'drafts']);
/** Somebody one has written to is likelier than somebody who only wrote. */
const WRITTEN_TO = 3;

export type People = { index: Index; learned: Learned[] };

/** `newest`: how many rows of each folder are looked at. `own`: addresses of this account. */
export async function peopleOf(mirror: Mirror, own: readonly string[], newest: number): Promise<People> {
  const mine = new Set(own.map(addressKey));
  const known = new Map<string, Known>();
  const learning = new Learning();
  for (const folder of await foldersOf(mirror)) {
    if (LEFT_OUT.has(folder.role)) continue;
    const keys = await keysOf(mirror, folder.id, newest);
    for (let at = 0; at < keys.length; at += ROWS_AT_ONCE) {
      const rows = await rowsById(
        mirror,
        keys.slice(at, at + ROWS_AT_ONCE).map((key) => key.id),
      );
      for (const row of rows) {
        const sent = folder.role === 'sent' || row.senders.some((box) => mine.has(addressKey(box.email)));
        count(known, row, sent);
        if (!sent) learning.saw(row);
      }
      // Whoever is typing goes first.
      await new Promise((later) => setTimeout(later));
    }
  }
  const contacts = (await contactsOf(mirror)).flatMap(inBook);
  return { index: buildIndex([...known.values(), ...contacts]), learned: learning.learned() };
}

const inBook = ({ name, organisation, emails }: Contact): Known[] =>
  emails.map((email) => ({ name: name || organisation, email, uses: 0, lastAt: 0, contact: true }));

function count(known: Map<string, Known>, row: MessageRow, sent: boolean): void {
  for (const box of sent ? row.recipients : row.senders) add(known, box, row.received_at, sent ? WRITTEN_TO : 1);
}

function add(known: Map<string, Known>, { name, email }: Mailbox, at: number, uses: number): void {
  if (!email) return;
  const key = addressKey(email);
  const before = known.get(key);
  if (!before) known.set(key, { name, email, uses, lastAt: at });
  else {
    const newer = at > before.lastAt && name ? { name, email } : {};
    known.set(key, { ...before, ...newer, uses: before.uses + uses, lastAt: Math.max(before.lastAt, at) });
  }
}
