/** What a browser has and node lacks. Import before anything of src/.
 *
 *  Sealing and opening take a macrotask each, as they may in a browser: IndexedDB commits a transaction in which that
 *  is awaited, and the next write in it fails. Node's own crypto is too quick to show this. */
import 'fake-indexeddb/auto';
import type { Mirror } from '../../../src/db/vault';

const macrotask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

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

type Options = { ifAvailable?: boolean };
type Work = (lock: object | null) => unknown;
const queues = new Map<string, Promise<unknown>>();
const holders = new Map<string, number>();

/** Web Locks, as far as they are used here: exclusive, one after the other. */
async function request(name: string, ...rest: [Work] | [Options, Work]): Promise<unknown> {
  const [options, work] = rest.length === 1 ? [{}, rest[0]] : rest;
  const count = holders.get(name) ?? 0;
  if (options.ifAvailable && count > 0) return work(null);
  holders.set(name, count + 1);
  const turn = (queues.get(name) ?? Promise.resolve()).then(() => work({ name }));
  const freed = (): void => void holders.set(name, (holders.get(name) ?? 1) - 1);
  queues.set(name, turn.then(freed, freed));
  return turn;
}
Object.defineProperty(globalThis, 'navigator', { value: { locks: { request }, onLine: true }, configurable: true });

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
