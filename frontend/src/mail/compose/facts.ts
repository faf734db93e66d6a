/** How far a mail that is written here has come: on this device, on its way, in Drafts. Pure.
 *
 *  `version` counts the changes of the text. `wished` is the version that the wish `wish` carries, `saved` the one in
 *  Drafts; both fall to -1 when a file has arrived that they may lack. `sending` and `discarding` are wishes that end
 *  the mail (`HERE`: thrown away before the server knew of it). `code`: why the last wish came to nothing; nothing is
 *  tried by itself before the text changes. */
import { TERMINAL } from '../overlay';
import type { ActionRow } from '../rows';

export type Facts = {
  id: string;
  updated_at: number;
  version: number;
  wish: string;
  wished: number;
  saved: number;
  saved_at: number;
  sending: string;
  discarding: string;
  closed: boolean;
  code: string;
};

export const HERE = 'here';

export const begun = (id: string): Facts => ({
  id,
  updated_at: 0,
  version: 0,
  wish: '',
  wished: 0,
  saved: 0,
  saved_at: 0,
  sending: '',
  discarding: '',
  closed: false,
  code: '',
});

/** Text that is nowhere but here. */
export const isUnsaved = (facts: Facts): boolean =>
  facts.saved < facts.version && !facts.sending && !facts.discarding && facts.version > 0;

/** Nobody writes it and it is not in Drafts as it stands: a wish to save it is due. */
export const isOverdue = (facts: Facts): boolean =>
  isUnsaved(facts) && !facts.code && (facts.wish === '' || facts.wished < facts.version);

/** How long a text can be had back that was thrown away. */
const KEPT_MS = 3_600_000;

export const isForgotten = (facts: Facts, now: number): boolean =>
  facts.discarding !== '' && now - facts.updated_at > KEPT_MS;

/** Nothing of it is left to do on this device. `files`: some of it are only here. */
export const isOver = (facts: Facts, files: boolean): boolean =>
  facts.closed && !facts.sending && !facts.discarding && !files && !isUnsaved(facts);

/** What the server says of a wish of this draft. → how it stands then; null: it has ended, nothing is to be kept.
 *
 *  A mail that failed or is held can be sent yet, by a tap in the ledger: until somebody edits it or gives it up, it is
 *  still on its way. */
export function afterRow(facts: Facts, row: ActionRow): Facts | null {
  if (!TERMINAL.has(row.state)) return facts;
  if (row.kind === 'draft' && row.id === facts.wish) return afterSaving(facts, row);
  if (row.kind === 'send' && row.id === facts.sending) return afterSending(facts, row);
  if (row.kind === 'discard' && row.id === facts.discarding) return afterDiscarding(facts, row);
  return facts;
}

/** What was thrown away stays for a while: it may be wanted back. */
function afterDiscarding(facts: Facts, row: ActionRow): Facts {
  if (row.state === 'done' || row.state === 'noop') return facts;
  return { ...facts, discarding: '', code: row.detail || row.state };
}

function afterSaving(facts: Facts, row: ActionRow): Facts {
  const ended = { ...facts, wish: '' };
  if (row.state === 'done' || row.detail === 'second_draft') {
    return { ...ended, saved: facts.wished, saved_at: row.settled_at ?? 0, code: '' };
  }
  return row.detail === 'superseded' ? ended : { ...ended, code: row.detail || row.state };
}

/** What was typed in another tab in the moment in which it was sent is not in it: that text goes on, its draft has ended. */
function afterSending(facts: Facts, row: ActionRow): Facts | null {
  if (row.state === 'done') return facts.closed ? null : { ...facts, sending: '', saved: 0, code: 'ended' };
  if (row.state !== 'noop') return facts;
  return { ...facts, sending: '', code: row.detail === 'discarded' ? '' : row.detail };
}
