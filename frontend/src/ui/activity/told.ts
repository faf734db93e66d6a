/** Which lines of the ledger are shown. Pure. */
import type { ActionRow } from '../../mail/rows';

type Line = Pick<ActionRow, 'kind' | 'state' | 'detail' | 'draft' | 'device'>;

const isWriting = ({ kind }: Line): boolean => kind === 'draft' || kind === 'discard' || kind === 'send';

/** Newest first, as `lines` are. That a draft was saved is told once, and not at all when it was sent or thrown away since:
 *  somebody who writes for ten minutes would fill the page. Nor is a version that a later one of the same device made
 *  needless; what another device ended, is told. */
export function told<Told extends Line>(lines: readonly Told[]): Told[] {
  const ended = new Set(lines.filter((line) => isWriting(line) && line.kind !== 'draft').map(byWhom));
  const later = new Set<string>();
  return lines.filter((line) => {
    if (!isWriting(line)) return true;
    const shown = !isNeedless(line, later, ended);
    later.add(line.draft);
    return shown;
  });
}

const byWhom = ({ draft, device }: Line): string => `${draft} ${device}`;

function isNeedless(line: Line, later: ReadonlySet<string>, ended: ReadonlySet<string>): boolean {
  if (line.kind !== 'draft') return false;
  if (line.state === 'done') return later.has(line.draft);
  return line.state === 'noop' && (line.detail !== 'ended' || ended.has(byWhom(line)));
}
