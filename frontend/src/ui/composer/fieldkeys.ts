/** What a key does in an address field: the combobox of WAI-ARIA 1.2, with chips before the text. Pure. */

export type FieldState = { typed: string; atStart: boolean; open: boolean; chips: number };
export type FieldAct = 'next' | 'previous' | 'pick' | 'enter' | 'look' | 'close' | 'edit_last' | 'to_chips';

/** In a list that is open below a text. */
export function listAct(key: string): 'next' | 'previous' | 'pick' | 'close' | null {
  switch (key) {
    case 'ArrowDown':
      return 'next';
    case 'ArrowUp':
      return 'previous';
    case 'Enter':
    case 'Tab':
      return 'pick';
    case 'Escape':
      return 'close';
    default:
      return null;
  }
}

/** Null: the key belongs to the text. */
export function fieldAct(key: string, now: FieldState): FieldAct | null {
  const listed = now.open ? listAct(key) : null;
  if (listed) return listed;
  if (key === 'ArrowDown') return 'look';
  if (key === 'Enter') return 'enter';
  if (now.chips === 0 || !now.atStart) return null;
  if (key === 'Backspace') return 'edit_last';
  return key === 'ArrowLeft' ? 'to_chips' : null;
}

/** What is on in a list of `count` after a key that moves in it. */
export const activeAfter = (act: 'next' | 'previous', active: number, count: number): number =>
  count === 0 ? 0 : (active + (act === 'next' ? 1 : count - 1)) % count;

/** Which chip has the focus after a key on the chip `at` of `count`; `count` is the field behind them. Null: not ours. */
export function chipAfter(key: string, at: number, count: number): number | null {
  const to: Record<string, number> = { ArrowLeft: Math.max(0, at - 1), ArrowRight: at + 1, Home: 0, End: count };
  return key === 'Escape' ? count : (to[key] ?? null);
}
