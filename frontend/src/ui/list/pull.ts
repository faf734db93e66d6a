/** Pull to refresh: only from the very top, only downwards. The browser scrolls (or bounces) by itself; we only measure. */

export const PULL_PX = 72;

type Listener = { top: () => number; moved: (distance: number) => void; let_go: () => Promise<void> };

export function pulling(listener: Listener) {
  let startX = 0;
  let startY = -1;
  let distance = 0;

  return {
    ontouchstart(event: TouchEvent): void {
      const finger = event.touches[0];
      startY = listener.top() <= 0 && finger && event.touches.length === 1 ? finger.clientY : -1;
      startX = finger?.clientX ?? 0;
      distance = 0;
    },
    ontouchmove(event: TouchEvent): void {
      const finger = event.touches[0];
      if (startY < 0 || !finger || listener.top() > 0) return;
      const down = finger.clientY - startY;
      const slanted = Math.abs(finger.clientX - startX) > down;
      distance = slanted ? 0 : Math.max(0, down * 0.5);
      listener.moved(distance);
    },
    ontouchend(): void {
      const far = distance >= PULL_PX;
      startY = -1;
      distance = 0;
      listener.moved(0);
      if (far) void listener.let_go();
    },
    ontouchcancel(): void {
      startY = -1;
      distance = 0;
      listener.moved(0);
    },
  };
}
