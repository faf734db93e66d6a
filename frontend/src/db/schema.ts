/** The mirror's tables. Versions are only ever appended.
 *
 *  Clear are opaque ids, dates, flag bits and sizes: what an index needs. All else is in `sealed`, see codec.ts. */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { WindowKind } from '../mail/rows';

export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };

export type StoredMessage = {
  id: string;
  folder: string;
  received_at: number;
  flags: number;
  clip: 0 | 1;
  seq: number;
  sealed: Sealed;
};
export type StoredBody = { id: string; folder: string; received_at: number; bytes: number; sealed: Sealed };
export type StoredBlob = { key: string; message: string; bytes: number; sealed: Sealed };
export type StoredFolder = { id: string; seq: number; sealed: Sealed };
/** `about`: its first message's row as it was, sealed as it stood in `messages`: it may leave that table. */
export type StoredAction = {
  id: string;
  created_at: number;
  sealed: Sealed;
  about?: { id: string; sealed: Sealed };
};
export type StoredWindow = {
  key: string;
  folder: string;
  kind: WindowKind;
  received_at: number | null;
  id: string | null;
};
/** `tried`: it may have reached the server, whatever came back. */
export type StoredIntent = {
  id: string;
  n: number;
  state: 'waiting' | 'sent' | 'refused';
  tried?: boolean;
  base_seq?: number;
  sealed: Sealed;
};
export type StoredMeta = { key: string; value: unknown };

export class MirrorDb extends Dexie {
  messages!: EntityTable<StoredMessage, 'id'>;
  bodies!: EntityTable<StoredBody, 'id'>;
  blobs!: EntityTable<StoredBlob, 'key'>;
  folders!: EntityTable<StoredFolder, 'id'>;
  actions!: EntityTable<StoredAction, 'id'>;
  windows!: EntityTable<StoredWindow, 'key'>;
  outbox!: EntityTable<StoredIntent, 'id'>;
  meta!: Table<StoredMeta, string>;

  constructor(name: string) {
    // Strict: an action that was confirmed on the screen survives a power cut.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      messages: 'id, [folder+received_at]',
      bodies: 'id, received_at',
      blobs: 'key, message',
      folders: 'id',
      actions: 'id, created_at',
      windows: 'key',
      outbox: 'id, n, state',
      meta: 'key',
    });
    // Sizes can be summed up without reading what they are the sizes of.
    this.version(2).stores({ bodies: 'id, received_at, bytes', blobs: 'key, message, bytes' });
  }
}
