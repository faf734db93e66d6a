/** What became of wishes, and what a person may do about it. */
import { aboutOf, actionsOf, hasUnsent, NAMED } from '../db/ledger';
import { rowsById } from '../db/messages';
import { again, waitingOf, wishOf, withdraw, type Waiting } from '../db/outbox';
import type { Mirror } from '../db/vault';
import { draftOf, type ActionRow, type MessageRow } from '../mail/rows';
import { answerTo, isUnsent, type Answer } from '../mail/unsent';
import { api } from '../net/api';
import type { Bell } from './bell';
import { takeBack } from './drafting';

/** A line of the ledger; `local`: it is only here so far; `about`: the first message it is about that is held here or
 *  was; `here`: it still is; `answer`: what overtook a reply that is held, where that is known. */
export type LedgerLine = ActionRow & {
  local: boolean;
  about: MessageRow | null;
  here: boolean;
  answer: Answer | null;
};

/** Newest first: what waits here, then what the server knows. */
export async function ledgerOf(mirror: Mirror): Promise<LedgerLine[]> {
  const [waiting, rows] = await Promise.all([waitingOf(mirror), actionsOf(mirror)]);
  const known = new Set(rows.map((row) => row.id));
  const local = waiting.filter((wish) => !known.has(wish.id)).map(lineOf);
  // When it was done is what this device knows best of its own.
  const doneAt = new Map(waiting.map((wish) => [wish.id, wish.created_at]));
  const lines = [
    ...local.reverse(),
    ...rows.map((row) => ({ ...row, created_at: doneAt.get(row.id) ?? row.created_at, local: false })),
  ];
  const held = await rowsById(mirror, [...new Set(lines.flatMap((line) => line.targets.slice(0, NAMED)))]);
  const byId = new Map(held.map((row) => [row.id, row]));
  const rowOf = ({ targets }: ActionRow): MessageRow | undefined =>
    targets.slice(0, NAMED).flatMap((id) => byId.get(id) ?? [])[0];
  const once = await aboutOf(
    mirror,
    lines.filter((line) => !rowOf(line)).map((line) => line.id),
  );
  return lines.map((line) => {
    const row = rowOf(line);
    const answer = line.state === 'held' ? answerTo(line, lines) : null;
    return { ...line, about: row ?? once.get(line.id) ?? null, here: row !== undefined, answer };
  });
}

/** Mails that did not leave, those of other devices too: read without the rest of the ledger where there are none. */
export async function unsentOf(mirror: Mirror): Promise<LedgerLine[]> {
  const refused = await mirror.db.outbox.where('state').equals('refused').count();
  if (refused === 0 && !(await hasUnsent(mirror))) return [];
  return (await ledgerOf(mirror)).filter(isUnsent);
}

function lineOf(wish: Waiting): Omit<LedgerLine, 'about' | 'here' | 'answer'> {
  return {
    id: wish.id,
    kind: wish.kind,
    targets: wish.targets,
    args: wish.args,
    state: wish.state === 'refused' ? 'failed' : wish.state === 'sent' ? 'sending' : 'waiting',
    detail: wish.recalled ? 'recalled' : wish.code,
    where: '',
    draft: draftOf(wish),
    subject: wish.composition?.subject ?? '',
    refused: [],
    due_at: wish.kind === 'send' ? wish.created_at + Number(wish.args.hold_ms ?? 0) : 0,
    device: '',
    device_name: '',
    person: '',
    created_at: wish.created_at,
    settled_at: null,
    seq: 0,
    local: true,
  };
}

export async function retry(mirror: Mirror, bell: Bell, line: LedgerLine): Promise<void> {
  if (line.local) await again(mirror, line.id);
  else await api.retry(line.id);
  bell.ring({ kind: 'outbox' });
}

export async function discard(mirror: Mirror, bell: Bell, line: LedgerLine): Promise<void> {
  if (line.kind === 'send' && (await wishOf(mirror, line.id))) await takeBack(mirror, bell, line.id);
  else if (!line.local || !(await withdraw(mirror, line.id))) await api.discard(line.id);
  bell.ring({ kind: 'outbox' });
}
