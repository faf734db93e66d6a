/** Which lines of the ledger are shown. Pure. */
import type { ActionRow } from '../../mail/rows';

type Line = Pick<ActionRow, 'kind' | 'state' | 'draft'>;

const isWriting = (kind: ActionRow['kind']): boolean => kind === 'draft' || kind === 'discard' || kind === 'send';
const isQuiet = ({ kind, state }: Line): boolean => kind === 'draft' && (state === 'done' || state === 'noop');

/** Newest first, as `lines` are. That a draft was saved is told once, and not at all when it was sent or thrown away since:
 *  somebody who writes for ten minutes would fill the page. */
export function told<Told extends Line>(lines: readonly Told[]): Told[] {
  const later = new Set<string>();
  return lines.filter((line) => {
    if (!isWriting(line.kind)) return true;
    const shown = !(isQuiet(line) && later.has(line.draft));
    later.add(line.draft);
    return shown;
  });
}
