/** Mails that did not leave though their writer pressed Send, and what somebody else did instead. Pure. */
import { hasLeft } from './leaving';
import type { ActionRow } from './rows';

type Line = Pick<
  ActionRow,
  'id' | 'kind' | 'state' | 'detail' | 'targets' | 'device_name' | 'settled_at' | 'created_at'
>;

const UNSENT: ReadonlySet<ActionRow['state']> = new Set(['held', 'failed', 'unknown']);

/** Nothing more is tried by itself: its writer decides. */
export const isUnsent = ({ kind, state }: Pick<ActionRow, 'kind' | 'state'>): boolean =>
  kind === 'send' && UNSENT.has(state);

/** `device`: from which the answer came, where this app was used; `at`: ms since 1970. */
export type Answer = { device: string; at: number };

/** The answer that overtook this one, as the ledger knows it. Null where it came by another program. */
export function answerTo(line: Line, ledger: readonly Line[]): Answer | null {
  const [original] = line.targets;
  const sent = ledger.find(
    (one) => one.kind === 'send' && one.id !== line.id && one.targets[0] === original && hasLeft(one),
  );
  return sent && original ? { device: sent.device_name, at: sent.settled_at ?? sent.created_at } : null;
}
