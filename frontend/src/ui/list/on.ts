/** What a click or a swipe on a row means. */
import { get } from 'svelte/store';
import { list } from '../../state/list';
import { range, selected, toggle } from '../../state/selection';
import { settings } from '../../state/settings';
import { perform, toggleFlag, toggleRead } from '../acts';
import { layout } from '../layout';
import { openRow } from '../writing';
import type { Side } from './swipe';

export function clickRow(event: MouseEvent, id: string): void {
  if (!id) return;
  const box = event.target instanceof Element && event.target.closest('input, label') !== null;
  if (box) {
    // The label's click makes a second one on the box; only that one counts, and the state draws the tick.
    if (event.target instanceof HTMLInputElement) pick(event, id);
    return;
  }
  event.preventDefault();
  const picking = event.shiftKey || event.ctrlKey || event.metaKey;
  const touchPicking = get(layout) === 'phone' && get(selected).size > 0;
  if (picking || touchPicking) pick(event, id);
  else openRow(id);
}

function pick(event: MouseEvent, id: string): void {
  if (event.shiftKey) {
    range(id);
    window.getSelection()?.removeAllRanges();
  } else {
    toggle(id);
  }
}

export function swiped(id: string, side: Side): void {
  const chosen = side === 'left' ? get(settings).swipeLeft : get(settings).swipeRight;
  if (!get(list).keys.some((key) => key.id === id)) return;
  if (chosen === 'read') toggleRead([id]);
  else if (chosen === 'flag') toggleFlag([id]);
  else if (chosen === 'archive' || chosen === 'trash') perform(chosen, [id]);
}
