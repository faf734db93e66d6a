/** A line of the ledger in words: what was done, how far it is, and what may be done about it. Pure. */
import type { ActionRow, MessageRow } from '../../mail/rows';
import { clock, visible } from '../format';
import type { IconName } from '../icons';
import type { Key, Translate } from '../i18n';
import { DELETED, FLAGGED, SEEN } from '../list/rowwords';
import type { FolderWord } from './why';

type State = Pick<ActionRow, 'state' | 'detail'>;
type Look = { key: Key; icon: IconName; tone: string };

const STATES: Record<ActionRow['state'], Look> = {
  waiting: { key: 'activity.waiting', icon: 'clock', tone: 'warn' },
  sending: { key: 'activity.sending', icon: 'spin', tone: 'plain' },
  done: { key: 'activity.done', icon: 'done', tone: 'good' },
  noop: { key: 'activity.noop', icon: 'done', tone: 'good' },
  conflict: { key: 'activity.conflict', icon: 'overtaken', tone: 'plain' },
  held: { key: 'activity.held', icon: 'held', tone: 'warn' },
  failed: { key: 'activity.failed', icon: 'failed', tone: 'bad' },
  unknown: { key: 'activity.unknown', icon: 'unknown', tone: 'warn' },
};

/** Sent is sent: that it is still being filed is not the writer's worry. */
const isAccepted = ({ state, detail }: State): boolean => state === 'sending' && detail === 'accepted';

/** A draft on its way is not being sent, whatever the state is called. */
const SAVING: Look = { key: 'activity.saving', icon: 'spin', tone: 'plain' };

export function stateOf(row: State & Pick<ActionRow, 'kind'>): Look {
  if (row.kind === 'draft' && row.state === 'sending') return SAVING;
  return STATES[isAccepted(row) ? 'done' : row.state];
}

/** Not carried out, and a person may decide. What was overtaken is not among them: trying again would only meet the same. */
export function isStuck(state: ActionRow['state']): boolean {
  return state === 'held' || state === 'failed' || state === 'unknown';
}

export const isSent = (row: State & Pick<ActionRow, 'kind'>): boolean =>
  row.kind === 'send' && (row.state === 'done' || isAccepted(row));

export function isOpen(row: State): boolean {
  return row.state === 'waiting' || (row.state === 'sending' && !isAccepted(row)) || isStuck(row.state);
}

export type Remedy = 'undo' | 'show_both' | 'retry' | 'send_anyway' | 'edit' | 'discard';

/** The first is what a person most likely wants. */
export function remediesFor(row: Pick<ActionRow, 'kind' | 'state'>): Remedy[] {
  const { kind, state } = row;
  // A draft that is not saved is still one: there is nothing to give up, only to write on.
  if (state === 'waiting') return [kind === 'send' ? 'undo' : kind === 'draft' ? 'edit' : 'discard'];
  if (!isStuck(state)) return [];
  if (kind === 'draft') return ['retry', 'edit', 'discard'];
  if (kind !== 'send') return ['retry', 'discard'];
  if (state === 'held') return ['show_both', 'send_anyway', 'edit', 'discard'];
  return [state === 'unknown' ? 'send_anyway' : 'retry', 'edit', 'discard'];
}

/** When it leaves, or is tried again. Empty when nothing is set. `offline`: it is only here, and there is no way out. */
export function dueWords(
  row: State & Pick<ActionRow, 'kind' | 'due_at'>,
  { now, offline }: { now: number; offline: boolean },
  locale: string,
  t: Translate,
): string {
  if (row.kind !== 'send' || !isOpen(row)) return '';
  if (offline && row.state === 'waiting') return row.detail ? '' : t('why.offline');
  if (row.due_at <= now) return '';
  const time = clock(row.due_at, locale);
  if (row.state === 'waiting') return t('activity.leaves', { time });
  return row.state === 'sending' ? t('activity.next_try', { time }) : '';
}

/** Each recipient that was not accepted, with the mail server's own words. Most begin them with the address. */
export function refusedWords(row: Pick<ActionRow, 'refused'>, t: Translate): string[] {
  return row.refused.map(({ email, code, text }) => {
    const said = text.startsWith(`<${email}>: `) ? text.slice(email.length + 4) : text;
    const words = visible(said) || t('activity.refused_code', { code });
    return t('activity.refused_by', { email: visible(email), text: words });
  });
}

function flagKey(args: ActionRow['args']): Key {
  const add = Number(args.add ?? 0);
  const remove = Number(args.remove ?? 0);
  if (remove & DELETED) return 'activity.restored';
  if (add & SEEN) return 'activity.read';
  if (remove & SEEN) return 'activity.unread';
  if (add & FLAGGED) return 'activity.flagged';
  return remove & FLAGGED ? 'activity.unflagged' : 'activity.marked';
}

type Written = 'draft' | 'discard' | 'send';

const KINDS: Record<Exclude<ActionRow['kind'], 'flag' | Written>, Key> = {
  move: 'activity.moved',
  archive: 'activity.archived',
  trash: 'activity.trashed',
  destroy: 'activity.destroyed',
};

function writtenKey(row: State & { kind: Written }): Key {
  if (row.kind === 'discard') return 'activity.discard';
  if (row.kind === 'draft') return row.state === 'done' ? 'activity.drafted' : 'activity.draft';
  return isSent(row) ? 'activity.sent' : 'activity.send';
}

/** What a mail said is not kept for the ledger once it is over: then there may be no subject to name. */
function writtenWords(row: State & Pick<ActionRow, 'subject'> & { kind: Written }, t: Translate): string {
  const subject = visible(row.subject);
  const over = row.state === 'done' || row.state === 'noop';
  if (!subject && over)
    return t(isSent(row) || row.kind !== 'send' ? `activity.${row.kind}_done` : 'activity.send_over');
  return t(writtenKey(row), { subject: subject || t('row.no_subject') });
}

type Deed = State & Pick<ActionRow, 'kind' | 'args' | 'targets' | 'subject'>;

export function deedOf(row: Deed, folder: FolderWord, t: Translate): string {
  const { kind } = row;
  if (kind === 'draft' || kind === 'discard' || kind === 'send') return writtenWords({ ...row, kind }, t);
  const n = row.targets.length;
  if (kind === 'archive' && n === 0) return t('activity.archive_made');
  const key = kind === 'flag' ? flagKey(row.args) : KINDS[kind];
  return t(key, { n, folder: folder(typeof row.args.to === 'string' ? row.args.to : '') });
}

/** Which mail it is about: sender and subject of the first, and how many more. */
export function aboutOf(row: Pick<MessageRow, 'subject' | 'senders'>, n: number, t: Translate): string {
  const sender = row.senders[0];
  const who = visible(sender?.name ?? '') || visible(sender?.email ?? '');
  const what = [who, visible(row.subject) || t('row.no_subject')].filter(Boolean).join(': ');
  return n > 1 ? t('activity.and_more', { what, n: n - 1 }) : what;
}
