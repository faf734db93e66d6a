/** What the stores of src/state/ want of a page, in node. Import after browser.ts and before anything of src/state/. */
const page = Object.assign(new EventTarget(), {
  matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
});
const place = { pathname: '/', search: '', origin: 'https://praxis.example', href: 'https://praxis.example/' };

Object.assign(globalThis, {
  window: page,
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  location: place,
  history: {
    pushState: (_: unknown, __: unknown, path: string) => void (place.pathname = path),
    replaceState: (_: unknown, __: unknown, path: string) => void (place.pathname = path),
  },
  requestAnimationFrame: (paint: () => void) => setTimeout(paint),
  cancelAnimationFrame: (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer),
});

const stored = new Map<string, string>();
Object.defineProperty(globalThis, 'localStorage', {
  configurable: true,
  value: {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
    clear: () => stored.clear(),
  },
});

/** A store's value as soon as it is as wanted. */
export async function until<T>(
  store: { subscribe(run: (value: T) => void): () => void },
  wanted: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop: () => void = () => undefined;
    let over = false;
    const late = setTimeout(() => (stop(), reject(new Error('it did not come'))), 5000);
    const look = (value: T): void => {
      if (over || !wanted(value)) return;
      over = true;
      clearTimeout(late);
      queueMicrotask(() => stop());
      resolve(value);
    };
    stop = store.subscribe(look);
  });
}
