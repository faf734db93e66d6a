/** What the menu of some messages offers. Taken out when it opens: when an item runs, the menu is gone. */
import { allFlagged, anyMarkedDeleted, anyUnread, inTrash, perform, toggleFlag, toggleRead } from '../acts';
import { showSource } from '../dialogs/asked';
import type { IconName } from '../icons';
import type { Translate } from '../i18n';
import { answer, edit, editAsNew, inDrafts } from '../writing';
import type { OpenMenu } from './menu';

/** `group`: a line above it. */
export type Item = { icon: IconName; label: string; run: () => void; bad?: boolean; group?: boolean };

type Open = NonNullable<OpenMenu>;

export function itemsFor(open: Open, t: Translate): Item[] {
  const writing = open.ids.length === 1 ? writingItems(open.message, t) : [];
  const filing = filingItems(open, t);
  const [first] = filing;
  if (first && writing.length > 0) first.group = true;
  return [...writing, ...filing];
}

function writingItems(message: string, t: Translate): Item[] {
  if (inDrafts()) return [{ icon: 'compose', label: t('action.edit'), run: () => edit(message) }];
  return [
    { icon: 'reply', label: t('action.reply'), run: () => answer(message, 'reply') },
    { icon: 'replyAll', label: t('action.reply_all'), run: () => answer(message, 'reply_all') },
    { icon: 'forward', label: t('action.forward'), run: () => answer(message, 'forward') },
    { icon: 'clip', label: t('action.forward_file'), run: () => answer(message, 'forward', true) },
    { icon: 'compose', label: t('action.edit_as_new'), run: () => editAsNew(message) },
  ];
}

function filingItems({ ids, message, printable }: Open, t: Translate): Item[] {
  const unread = anyUnread(ids);
  const flagged = allFlagged(ids);
  const items: Item[] = [
    { icon: 'archive', label: t('action.archive'), run: () => perform('archive', ids) },
    { icon: 'move', label: t('action.move'), run: () => perform('move', ids) },
    {
      icon: unread ? 'mailOpen' : 'mail',
      label: t(unread ? 'action.mark_read' : 'action.mark_unread'),
      run: () => toggleRead(ids),
    },
    {
      icon: flagged ? 'flagOff' : 'flag',
      label: t(flagged ? 'action.unflag' : 'action.flag'),
      run: () => toggleFlag(ids),
    },
  ];
  if (anyMarkedDeleted(ids))
    items.push({ icon: 'undo', label: t('action.restore'), run: () => perform('restore', ids) });
  if (ids.length === 1) items.push({ icon: 'source', label: t('action.source'), run: () => showSource(message) });
  if (printable) items.push({ icon: 'print', label: t('action.print'), run: () => window.print() });
  items.push({
    icon: 'trash',
    label: t(inTrash() ? 'action.destroy' : 'action.delete'),
    run: () => perform('trash', ids),
    bad: true,
  });
  return items;
}
