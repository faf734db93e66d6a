/** The keys of a list that is open below a text: the text keeps the focus, and what is not the list's. */
import { activeAfter, listAct } from './fieldkeys';

type Listed<T> = {
  shown: readonly T[];
  /** Which one is on. */
  active: number;
  move: (to: number) => void;
  pick: (chosen: T) => void;
  close: () => void;
};

/** → whether the key was the list's; then the text never has it. */
export function listKey<T>(event: KeyboardEvent, { shown, active, move, pick, close }: Listed<T>): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey) return false;
  const act = listAct(event.key);
  const chosen = shown[active];
  if (act === 'close') close();
  else if (act === 'pick' && chosen !== undefined) pick(chosen);
  else if (act === 'next' || act === 'previous') move(activeAfter(act, active, shown.length));
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
