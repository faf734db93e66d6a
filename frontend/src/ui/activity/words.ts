/** A line of the ledger in words: what was done, how far it is, and why. Codes come from the server, the screen has the words. */
import type { ActionRow, MessageRow } from '../../mail/rows';
import { visible } from '../format';
import type { IconName } from '../icons';
import type { Key, Translate } from '../i18n';
import { DELETED, FLAGGED, SEEN } from '../list/rowwords';

export type FolderWord = (id: string) => string;

const STATES: Record<ActionRow['state'], { key: Key; icon: IconName; tone: string }> = {
  waiting: { key: 'activity.waiting', icon: 'clock', tone: 'warn' },
  sending: { key: 'activity.sending', icon: 'spin', tone: 'plain' },
  done: { key: 'activity.done', icon: 'done', tone: 'good' },
  noop: { key: 'activity.noop', icon: 'done', tone: 'good' },
  conflict: { key: 'activity.conflict', icon: 'overtaken', tone: 'plain' },
  held: { key: 'activity.held', icon: 'held', tone: 'warn' },
  failed: { key: 'activity.failed', icon: 'failed', tone: 'bad' },
  unknown: { key: 'activity.unknown', icon: 'unknown', tone: 'warn' },
};

export const stateOf = (state: ActionRow['state']): { key: Key; icon: IconName; tone: string } => STATES[state];

/** Not carried out, and a person may decide. What was overtaken is not among them: trying again would only meet the same. */
export function isStuck(state: ActionRow['state']): boolean {
  return state === 'held' || state === 'failed' || state === 'unknown';
}

export function isOpen(state: ActionRow['state']): boolean {
  return state === 'waiting' || state === 'sending' || isStuck(state);
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

const KINDS: Partial<Record<ActionRow['kind'], Key>> = {
  move: 'activity.moved',
  archive: 'activity.archived',
  trash: 'activity.trashed',
  destroy: 'activity.destroyed',
};

export function deedOf(row: Pick<ActionRow, 'kind' | 'args' | 'targets'>, folder: FolderWord, t: Translate): string {
  const n = row.targets.length;
  if (row.kind === 'archive' && n === 0) return t('activity.archive_made');
  const key = row.kind === 'flag' ? flagKey(row.args) : (KINDS[row.kind] ?? 'activity.marked');
  return t(key, { n, folder: folder(typeof row.args.to === 'string' ? row.args.to : '') });
}

/** Which mail it is about: sender and subject of the first, and how many more. */
export function aboutOf(row: Pick<MessageRow, 'subject' | 'senders'>, n: number, t: Translate): string {
  const sender = row.senders[0];
  const who = visible(sender?.name ?? '') || visible(sender?.email ?? '');
  const what = [who, visible(row.subject) || t('row.no_subject')].filter(Boolean).join(': ');
  return n > 1 ? t('activity.and_more', { what, n: n - 1 }) : what;
}

const WHY: Record<string, Key> = {
  already: 'why.already',
  already_there: 'why.already',
  gone: 'why.gone',
  discarded: 'why.discarded',
  moved: 'why.moved_elsewhere',
  not_in_trash: 'why.not_in_trash',
  not_moved: 'why.refused',
  no_move_folder: 'why.no_folder',
  no_archive_folder: 'why.no_archive',
  no_trash_folder: 'why.no_trash',
  left_the_folder: 'why.lost_answer',
  refused: 'why.refused',
  bad_input: 'why.refused',
  no_folder: 'why.no_folder',
  noperm: 'why.read_only',
  'read-only': 'why.read_only',
  overquota: 'why.over_quota',
  limit: 'why.over_quota',
  trycreate: 'why.no_folder',
  nonexistent: 'why.no_folder',
  too_old: 'why.too_old',
  lost_answer: 'why.lost_answer',
  network: 'why.offline',
  offline: 'why.offline',
  sign_in: 'why.sign_in',
  sign_in_refused: 'why.sign_in',
};

/** The sentence behind a state. Empty where the state says it all. */
export function whyOf(row: Pick<ActionRow, 'state' | 'detail' | 'where'>, folder: FolderWord, t: Translate): string {
  const code = row.detail;
  if (!code) {
    if (row.state === 'conflict') return t('why.overtaken');
    return row.state === 'unknown' ? t('why.lost_answer') : '';
  }
  const key = WHY[code];
  return key ? t(key, { folder: folder(row.where) }) : t('why.other', { code });
}
