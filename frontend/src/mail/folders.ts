/** The order and names of folders. */
import type { FolderRow } from './rows';

const ROLES = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'all'];

const rank = (row: FolderRow): number => {
  const at = ROLES.indexOf(row.role);
  return at < 0 ? ROLES.length : at;
};

export const leafName = (row: FolderRow): string =>
  (row.delimiter ? row.path.split(row.delimiter).at(-1) : row.path) ?? row.path;

/** Depth below folders that are there themselves; a prefix like "INBOX." that all share does not count. */
export function depthOf(row: FolderRow, paths: ReadonlySet<string>): number {
  if (!row.delimiter || row.role) return 0;
  const levels = row.path.split(row.delimiter);
  let depth = 0;
  for (let cut = 1; cut < levels.length; cut += 1) {
    const above = levels.slice(0, cut).join(row.delimiter);
    if (above.toUpperCase() !== 'INBOX' && paths.has(above)) depth += 1;
  }
  return depth;
}

/** Special folders in their order, then the own ones by path. */
export function inOrder(rows: readonly FolderRow[]): FolderRow[] {
  const collator = new Intl.Collator('de-CH', { numeric: true });
  return [...rows].sort((a, b) => rank(a) - rank(b) || collator.compare(a.path, b.path));
}
