/** The mirror's tables. Versions are only ever appended.
 *
 *  Clear are opaque ids, dates, flag bits and sizes: what an index needs. All else is in `sealed`, see codec.ts. */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Facts } from '../mail/compose/facts';
import type { WindowKind } from '../mail/rows';

export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };

export type StoredMessage = {
  id: string;
  folder: string;
  received_at: number;
  flags: number;
  clip: 0 | 1;
  /** Missing in rows of older versions. */
  size?: number;
  seq: number;
  sealed: Sealed;
};
export type StoredBody = { id: string; folder: string; received_at: number; bytes: number; sealed: Sealed };
export type StoredBlob = { key: string; message: string; bytes: number; sealed: Sealed };
export type StoredFolder = { id: string; seq: number; sealed: Sealed };
/** `about`: its first message's row as it was, sealed as it stood in `messages`: it may leave that table. `open`: it is under
 *  way. */
export type StoredAction = {
  id: string;
  created_at: number;
  open?: 1;
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
/** `tried`: it may have reached the server, whatever came back. `recalled`: it is wanted back all the same. `draft`: which
 *  one it is about; `saves`: it only stores a version of it. */
export type StoredIntent = {
  id: string;
  n: number;
  state: 'waiting' | 'sent' | 'refused';
  tried?: boolean;
  base_seq?: number;
  recalled?: boolean;
  draft?: string;
  saves?: boolean;
  sealed: Sealed;
};
/** A mail that is being written here: what is known of it stands in clear, its text and all else that it says is sealed. */
export type StoredComposition = Facts & { sealed: Sealed };
/** A file to attach, kept in slices until the mail is sent. `sent`: what the server has of it. */
export type StoredUpload = {
  id: string;
  draft: string;
  size: number;
  sent: number;
  state: 'waiting' | 'done' | 'failed';
  code: string;
};
export type StoredSlice = { upload: string; at: number; sealed: Sealed };
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
  compositions!: EntityTable<StoredComposition, 'id'>;
  uploads!: EntityTable<StoredUpload, 'id'>;
  slices!: Table<StoredSlice, [string, number]>;

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
    this.version(3).stores({
      outbox: 'id, n, state, draft',
      compositions: 'id',
      uploads: 'id, draft',
      slices: '[upload+at]',
    });
    this.version(4).stores({ actions: 'id, created_at, open' });
  }
}
