/** The first picture, read with the browser's own IndexedDB: everything else, the library included, loads behind it.
 *
 *  Only reads, and only mirrors that are there: a database that is missing must not be made here. */
import type { AccountRow, ActionRow, FolderRow, MessageRow, Window } from '../mail/rows';
import { Codec } from './codec';
import type { MessageKey } from './messages';
import type { Device } from './meta';
import type { Waiting } from './outbox';
import type {
  Sealed,
  StoredAction,
  StoredFolder,
  StoredIntent,
  StoredMessage,
  StoredMeta,
  StoredWindow,
} from './schema';

export type FirstLook = {
  account: AccountRow | null;
  device: Device | null;
  freshAt: number | null;
  folders: FolderRow[];
  folder: string;
  window: Window | null;
  keys: MessageKey[];
  rows: MessageRow[];
  waiting: Waiting[];
  /** What colleagues wished and is under way. */
  accepted: ActionRow[];
  touched: MessageKey[];
};

const FIRST_ROWS = 60;
const VISIBLE_ROWS = 24;

/** `wanted`: the folder that the address names; else the Inbox. Null when there is nothing to show yet. */
export async function firstLook(wanted: string | null): Promise<FirstLook | null> {
  const vault = await existing('praxispost');
  const last = vault && (await newest<{ account: string; key: CryptoKey }>(vault, 'keys', 'opened_at'));
  vault?.close();
  const db = last ? await existing(`praxispost-${last.account}`) : null;
  if (!last || !db) return null;
  try {
    return await read(db, new Codec(last.key), wanted);
  } finally {
    db.close();
  }
}

async function read(db: IDBDatabase, codec: Codec, wanted: string | null): Promise<FirstLook | null> {
  const stored = await all<StoredFolder>(db, 'folders');
  const folders = await Promise.all(stored.map((row) => codec.open<FolderRow>('folders', row.id, row.sealed)));
  const open = folders.find((row) => row.id === wanted) ?? folders.find((row) => row.role === 'inbox');
  if (!open) return null;
  const [messages, window, intents, underWay, metas] = await Promise.all([
    newestOf(db, open.id),
    one<StoredWindow>(db, 'windows', `${open.id}/all`),
    all<StoredIntent>(db, 'outbox'),
    openActions(db),
    all<StoredMeta>(db, 'meta'),
  ]);
  const meta = new Map(metas.map(({ key, value }) => [key, value]));
  const sealed = async <T>(key: string): Promise<T | null> =>
    meta.has(key) ? codec.open<T>('meta', key, meta.get(key) as Sealed) : null;
  const waiting = await Promise.all(intents.map((row) => opened(codec, row)));
  const own = new Set(waiting.map((wish) => wish.id));
  const theirs = underWay.filter((row) => !own.has(row.id));
  const accepted = await Promise.all(theirs.map((row) => codec.open<ActionRow>('actions', row.id, row.sealed)));
  const touched = await Promise.all(
    [...new Set([...waiting, ...accepted].flatMap((wish) => wish.targets))].map((id) =>
      one<StoredMessage>(db, 'messages', id),
    ),
  );
  return {
    account: await sealed('account'),
    device: await sealed('device'),
    freshAt: (meta.get('fresh_at') as number | undefined) ?? null,
    folders,
    folder: open.id,
    window: window ? windowOf(window) : null,
    keys: messages.map(keyOf),
    rows: await Promise.all(
      messages.slice(0, VISIBLE_ROWS).map((row) => codec.open<MessageRow>('messages', row.id, row.sealed)),
    ),
    waiting: waiting.sort((a, b) => a.n - b.n),
    accepted: accepted.sort((a, b) => a.seq - b.seq),
    touched: touched.filter((row) => row !== undefined).map(keyOf),
  };
}

const keyOf = ({ id, folder, received_at, flags, clip }: StoredMessage): MessageKey => ({
  id,
  folder,
  received_at,
  flags,
  clip,
});

const windowOf = ({ folder, kind, received_at, id }: StoredWindow): Window => ({
  folder,
  kind,
  down_to: received_at === null || id === null ? null : { received_at, id },
});

async function opened(codec: Codec, row: StoredIntent): Promise<Waiting> {
  const content = await codec.open<Omit<Waiting, 'id' | 'n' | 'state'>>('outbox', row.id, row.sealed);
  const { id, n, state, recalled = false } = row;
  return { ...content, id, n, state, recalled, base_seq: row.base_seq ?? content.base_seq };
}

// The browser's requests as promises.

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });

function existing(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    // It would be made now: leave that to the one who knows its tables.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}

const store = (db: IDBDatabase, name: string): IDBObjectStore => db.transaction(name).objectStore(name);
const all = <T>(db: IDBDatabase, name: string): Promise<T[]> => done(store(db, name).getAll() as IDBRequest<T[]>);
const one = <T>(db: IDBDatabase, name: string, key: string): Promise<T | undefined> =>
  done(store(db, name).get(key) as IDBRequest<T | undefined>);

/** A mirror of an older version has no such index. */
function openActions(db: IDBDatabase): Promise<StoredAction[]> {
  const actions = store(db, 'actions');
  return actions.indexNames.contains('open')
    ? done(actions.index('open').getAll(1) as IDBRequest<StoredAction[]>)
    : Promise.resolve([]);
}

async function newest<T>(db: IDBDatabase, name: string, index: string): Promise<T | null> {
  const cursor = await done(store(db, name).index(index).openCursor(null, 'prev'));
  return cursor ? (cursor.value as T) : null;
}

/** The newest rows of a folder; the order within one moment is made by who shows them. */
function newestOf(db: IDBDatabase, folder: string): Promise<StoredMessage[]> {
  return new Promise((resolve, reject) => {
    const rows: StoredMessage[] = [];
    const range = IDBKeyRange.bound([folder, -Infinity], [folder, []]);
    const request = store(db, 'messages').index('[folder+received_at]').openCursor(range, 'prev');
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || rows.length >= FIRST_ROWS) return resolve(rows);
      rows.push(cursor.value as StoredMessage);
      cursor.continue();
    };
  });
}
