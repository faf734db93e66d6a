/** Fingers on the list: swipe and long press, by one set of handlers for all rows. Taps stay ordinary clicks.
 *  The rows carry `touch-action: pan-y`, so the browser scrolls by itself and cancels us when it does. */
import { moveSwipe, startSwipe, swipedTo, type Side, type Swipe } from './swipe';

const LONG_PRESS_MS = 450;
const STILL_PX = 8;

type Listener = {
  swiping: (swipe: Swipe | null) => void;
  swiped: (id: string, side: Side) => void;
  pressed: (id: string) => void;
  /** True while a finger is down: nothing may move under it. */
  held: (down: boolean) => void;
};

function rowOf(event: Event): { id: string; width: number } | null {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-id]') : null;
  return row?.dataset.id ? { id: row.dataset.id, width: row.offsetWidth } : null;
}

export function listGestures(listener: Listener) {
  let swipe: Swipe | null = null;
  let pointer = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let swallowClick = false;

  function end(): void {
    clearTimeout(timer);
    if (pointer >= 0) listener.held(false);
    pointer = -1;
    swipe = null;
    listener.swiping(null);
  }

  function longPress(id: string): void {
    swallowClick = true;
    if ('vibrate' in navigator) navigator.vibrate(10); // Safari has none
    end();
    listener.pressed(id);
  }

  return {
    onpointerdown(event: PointerEvent): void {
      swallowClick = false;
      const row = rowOf(event);
      if (event.pointerType !== 'touch' || !event.isPrimary || !row) return;
      pointer = event.pointerId;
      swipe = startSwipe(row.id, event.clientX, event.clientY);
      timer = setTimeout(() => longPress(row.id), LONG_PRESS_MS);
      listener.held(true);
    },
    onpointermove(event: PointerEvent): void {
      if (event.pointerId !== pointer || !swipe) return;
      const before = swipe.axis;
      swipe = moveSwipe(swipe, event.clientX, event.clientY);
      const moved = Math.hypot(event.clientX - swipe.startX, event.clientY - swipe.startY);
      if (moved > STILL_PX) clearTimeout(timer);
      if (swipe.axis !== 'across') return;
      if (before !== 'across' && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(pointer);
      listener.swiping(swipe);
    },
    onpointerup(event: PointerEvent): void {
      if (event.pointerId !== pointer) return;
      const done = swipe;
      const width = event.currentTarget instanceof HTMLElement ? event.currentTarget.offsetWidth : window.innerWidth;
      end();
      if (done?.axis !== 'across') return;
      swallowClick = true;
      const side = swipedTo(done, width);
      if (side) listener.swiped(done.id, side);
    },
    onpointercancel: end,
    onclickcapture(event: MouseEvent): void {
      if (!swallowClick) return;
      swallowClick = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
