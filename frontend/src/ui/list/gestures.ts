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

/** One finger at a time; the second of two is not ours. */
class Finger {
  private swipe: Swipe | null = null;
  private pointer = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private swallowClick = false;

  constructor(private readonly listener: Listener) {}

  down(event: PointerEvent): void {
    this.swallowClick = false;
    const row = rowOf(event);
    if (event.pointerType !== 'touch' || !event.isPrimary || !row) return;
    this.pointer = event.pointerId;
    this.swipe = startSwipe(row.id, event.clientX, event.clientY);
    this.timer = setTimeout(() => this.longPress(row.id), LONG_PRESS_MS);
    this.listener.held(true);
  }

  move(event: PointerEvent): void {
    if (event.pointerId !== this.pointer || !this.swipe) return;
    const before = this.swipe.axis;
    const now = (this.swipe = moveSwipe(this.swipe, event.clientX, event.clientY));
    const moved = Math.hypot(event.clientX - now.startX, event.clientY - now.startY);
    if (moved > STILL_PX) clearTimeout(this.timer);
    if (now.axis !== 'across') return;
    if (before !== 'across' && event.currentTarget instanceof Element)
      event.currentTarget.setPointerCapture(this.pointer);
    this.listener.swiping(now);
  }

  up(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    const done = this.swipe;
    const width = event.currentTarget instanceof HTMLElement ? event.currentTarget.offsetWidth : window.innerWidth;
    this.end();
    if (done?.axis !== 'across') return;
    this.swallowClick = true;
    const side = swipedTo(done, width);
    if (side) this.listener.swiped(done.id, side);
  }

  /** The click that the browser makes of a swipe or a long press is not a tap. */
  click(event: MouseEvent): void {
    if (!this.swallowClick) return;
    this.swallowClick = false;
    event.preventDefault();
    event.stopPropagation();
  }

  end(): void {
    clearTimeout(this.timer);
    if (this.pointer >= 0) this.listener.held(false);
    this.pointer = -1;
    this.swipe = null;
    this.listener.swiping(null);
  }

  private longPress(id: string): void {
    this.swallowClick = true;
    if ('vibrate' in navigator) navigator.vibrate(10); // Safari has none
    this.end();
    this.listener.pressed(id);
  }
}

/** Handlers to spread on the list. */
export function listGestures(listener: Listener) {
  const finger = new Finger(listener);
  return {
    onpointerdown: (event: PointerEvent): void => finger.down(event),
    onpointermove: (event: PointerEvent): void => finger.move(event),
    onpointerup: (event: PointerEvent): void => finger.up(event),
    onpointercancel: (): void => finger.end(),
    onclickcapture: (event: MouseEvent): void => finger.click(event),
  };
}
