/** Folders of the mirror. */
import type { FolderRow } from '../mail/rows';
import type { Mirror } from './vault';

export async function foldersOf(mirror: Mirror): Promise<FolderRow[]> {
  const rows = await mirror.db.folders.toArray();
  return Promise.all(rows.map((row) => mirror.codec.open<FolderRow>('folders', row.id, row.sealed)));
}
