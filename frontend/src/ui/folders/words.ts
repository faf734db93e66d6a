/** What a folder is called and which icon it carries. */
import type { IconName } from '../icons';
import type { Key, Translate } from '../i18n';
import { visible } from '../format';

const ROLES: Record<string, { key: Key; icon: IconName }> = {
  inbox: { key: 'folder.inbox', icon: 'inbox' },
  drafts: { key: 'folder.drafts', icon: 'drafts' },
  sent: { key: 'folder.sent', icon: 'sent' },
  archive: { key: 'folder.archive', icon: 'archive' },
  junk: { key: 'folder.junk', icon: 'junk' },
  trash: { key: 'folder.trash', icon: 'trash' },
  all: { key: 'folder.all', icon: 'all' },
};

export function folderName(folder: { role: string; name: string }, t: Translate): string {
  const known = ROLES[folder.role];
  return known ? t(known.key) : visible(folder.name);
}

export function folderIcon(role: string): IconName {
  return ROLES[role]?.icon ?? 'folder';
}

/** Mail in these is ours: its rows name the recipients. */
export function isOutgoing(role: string): boolean {
  return role === 'sent' || role === 'drafts';
}
