/** Whom this account writes to and hears from, out of the rows that are mirrored here: known without a network. */
import { foldersOf } from '../db/folders';
import { keysOf, rowsById } from '../db/messages';
import type { Mirror } from '../db/vault';
import { addressKey } from '../mail/compose/addresses';
import { buildIndex, type Index, type Known } from '../mail/compose/completion';
import type { FolderRow, Mailbox, MessageRow } from '../mail/rows';

const ROWS_AT_ONCE = 250;
const LEFT_OUT: ReadonlySet<string> = new Set(['junk', 'trash', 'drafts']);
/** Somebody one has written to is likelier than somebody who only wrote. */
const WRITTEN_TO = 3;

/** `newest`: how many rows of each folder are looked at. `own`: addresses of this account. */
export async function peopleOf(mirror: Mirror, own: readonly string[], newest: number): Promise<Index> {
  const mine = new Set(own.map(addressKey));
  const known = new Map<string, Known>();
  for (const folder of await foldersOf(mirror)) {
    if (LEFT_OUT.has(folder.role)) continue;
    const keys = await keysOf(mirror, folder.id, newest);
    for (let at = 0; at < keys.length; at += ROWS_AT_ONCE) {
      const rows = await rowsById(
        mirror,
        keys.slice(at, at + ROWS_AT_ONCE).map((key) => key.id),
      );
      for (const row of rows) count(known, row, folder, mine);
      // Whoever is typing goes first.
      await new Promise((later) => setTimeout(later));
    }
  }
  return buildIndex([...known.values()]);
}

function count(known: Map<string, Known>, row: MessageRow, folder: FolderRow, mine: ReadonlySet<string>): void {
  const sent = folder.role === 'sent' || row.senders.some((box) => mine.has(addressKey(box.email)));
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
