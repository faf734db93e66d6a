/** What the ledger says of a draft while it is open here: does its text go on under another id? Pure. */
import type { ActionRow } from '../rows';
import { hasLeft } from '../leaving';
import type { Facts } from './facts';

/** as: a second draft, since somebody else saved a version that this text had not seen; anew: the draft has ended. */
export type Turn = { how: 'as'; draft: string; base: number } | { how: 'anew'; sent: boolean };

/** `own`: wishes of this editor. `since`: the seq at which it was opened. */
export function turnOf(facts: Facts, rows: readonly ActionRow[], own: ReadonlySet<string>, since: number): Turn | null {
  const mine = rows.filter((row) => row.draft === facts.id);
  const second = mine.find((row) => row.detail === 'second_draft' && own.has(row.id) && row.where !== '');
  if (second) return { how: 'as', draft: second.where, base: second.seq };
  const sent = mine.some((row) => row.kind === 'send' && hasLeft(row) && row.seq > since && row.id !== facts.sending);
  return sent || ENDED.has(facts.code) ? { how: 'anew', sent } : null;
}

/** What the server says to this device when it has sent or thrown away the draft before. */
const ENDED: ReadonlySet<string> = new Set(['ended', 'already_sent']);
