/** What a browser has and node lacks. Import before anything of src/.
 *
 *  Sealing and opening take a macrotask each, as they may in a browser: IndexedDB commits a transaction in which that
 *  is awaited, and the next write in it fails. Node's own crypto is too quick to show this. */
import 'fake-indexeddb/auto';
import type { Mirror } from '../../../src/db/vault';

// The real one, also where a test turns the clock by hand.
const later = setTimeout;
const macrotask = (): Promise<void> => new Promise((resolve) => later(resolve, 0));

const { subtle } = crypto;
const [encrypt, decrypt] = [subtle.encrypt.bind(subtle), subtle.decrypt.bind(subtle)];
subtle.encrypt = async (...args) => {
  await macrotask();
  return encrypt(...args);
};
subtle.decrypt = async (...args) => {
  await macrotask();
  return decrypt(...args);
};

type Options = { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal };
type Work = (lock: object | null) => unknown;
const holders = new Map<string, { lose: (why: unknown) => void }>();
const queues = new Map<string, (() => void)[]>();

/** Web Locks, as far as they are used here: exclusive, one after the other. */
function request(name: string, ...rest: [Work] | [Options, Work]): Promise<unknown> {
  const [options, work] = rest.length === 1 ? [{} as Options, rest[0]] : rest;
  return new Promise((resolve, reject) => {
    const run = (): void => {
      const holder = { lose: reject };
      holders.set(name, holder);
      const freed = (): void => {
        if (holders.get(name) === holder) free(name);
      };
      void Promise.resolve()
        .then(() => work({ name }))
        .then(resolve, reject)
        .finally(freed);
    };
    if (options.steal) {
      holders.get(name)?.lose(new DOMException('stolen', 'AbortError'));
      run();
    } else if (!holders.has(name)) run();
    else if (options.ifAvailable) void Promise.resolve(work(null)).then(resolve, reject);
    else waitInLine(name, run, options.signal, reject);
  });
}

function waitInLine(
  name: string,
  run: () => void,
  signal: AbortSignal | undefined,
  reject: (why: unknown) => void,
): void {
  queues.set(name, [...(queues.get(name) ?? []), run]);
  signal?.addEventListener('abort', () => {
    const line = queues.get(name) ?? [];
    if (!line.includes(run)) return;
    queues.set(
      name,
      line.filter((one) => one !== run),
    );
    reject(signal.reason);
  });
}

function free(name: string): void {
  holders.delete(name);
  const [next, ...others] = queues.get(name) ?? [];
  queues.set(name, others);
  next?.();
}

Object.defineProperty(globalThis, 'navigator', {
  value: { locks: { request }, onLine: true, languages: ['de-CH'] },
  configurable: true,
});

const { openMirror } = await import('../../../src/db/vault');
let opened = 0;

/** A mirror of an account of its own. */
export const newMirror = (): Promise<Mirror> => openMirror(`account-${(opened += 1)}`);

/** Another tab, or the same browser after a restart. */
export const sameMirror = (mirror: Mirror): Promise<Mirror> => openMirror(mirror.account);

/** Every record of every table, as the disk has it. */
export async function dump(mirror: Mirror): Promise<Record<string, unknown[]>> {
  const tables = mirror.db.tables;
  const rows = await Promise.all(tables.map((table) => table.toArray() as Promise<unknown[]>));
  return Object.fromEntries(tables.map((table, at) => [table.name, rows[at] ?? []]));
}
