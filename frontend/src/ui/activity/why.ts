/** The sentence behind a state: codes come from the server, the words are here. Pure. */
import type { ActionRow } from '../../mail/rows';
import type { Key, Translate } from '../i18n';

export type FolderWord = (id: string) => string;

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

/** Of drafts and of mail that is sent. */
const WRITING: Record<string, Key> = {
  superseded: 'why.superseded',
  ended: 'why.ended',
  second_draft: 'why.second_draft',
  accepted: 'why.accepted',
  network: 'why.offline',
  busy: 'why.busy',
  sign_in: 'why.sign_in',
  credentials_refused: 'why.sign_in',
  service_refused: 'why.smtp_refused',
  greeting: 'why.smtp_nonsense',
  no_starttls: 'why.smtp_nonsense',
  no_sign_in: 'why.smtp_nonsense',
  unsolicited: 'why.smtp_nonsense',
  too_many_lines: 'why.smtp_nonsense',
  line_too_long: 'why.smtp_nonsense',
  too_many_recipients: 'why.too_many_recipients',
  answer_sent: 'why.answer_sent',
  answered: 'why.answered',
  in_trash: 'why.in_trash',
  recipients_refused: 'why.recipients_refused',
  sender_refused: 'why.sender_refused',
  rejected: 'why.rejected',
  message_refused: 'why.rejected',
  too_large: 'why.too_large',
  no_smtp: 'why.no_smtp',
  no_recipients: 'why.no_recipients',
  bad_address: 'why.bad_address',
  bad_field: 'why.bad_field',
  file_gone: 'why.file_gone',
  too_many: 'why.too_many',
  gave_up: 'why.gave_up',
  smtputf8_needed: 'why.smtputf8_needed',
  answer_lost: 'why.answer_lost',
  unreadable: 'why.answer_lost',
  already_sent: 'why.already_sent',
};

const isWriting = (kind: ActionRow['kind']): boolean => kind === 'draft' || kind === 'send';

function keyFor(row: Pick<ActionRow, 'kind' | 'detail'>): Key | undefined {
  if (row.kind === 'send' && row.detail === 'discarded') return 'why.not_sent';
  return (isWriting(row.kind) ? WRITING[row.detail] : undefined) ?? WHY[row.detail];
}

/** Empty where the state says it all. */
export function whyOf(
  row: Pick<ActionRow, 'kind' | 'state' | 'detail' | 'where'>,
  folder: FolderWord,
  t: Translate,
): string {
  if (!row.detail) {
    if (row.state === 'conflict') return t('why.overtaken');
    return row.state === 'unknown' ? t('why.lost_answer') : '';
  }
  const key = keyFor(row);
  return key ? t(key, { folder: folder(row.where) }) : t('why.other', { code: row.detail });
}
