/** The address book and the text blocks of the mirror: whole, so that they are there without a network. */
import type { EntityTable } from 'dexie';
import type { Contact, Delta, TextBlock } from '../mail/rows';
import type { MirrorDb, StoredEntry } from './schema';
import type { Mirror } from './vault';

type Named = 'contacts' | 'blocks';
type Sealed = { contacts: StoredEntry[]; blocks: StoredEntry[]; lost: string[] };

export const entryTables = (db: MirrorDb): EntityTable<StoredEntry, 'id'>[] => [db.contacts, db.blocks];

export const contactsOf = (mirror: Mirror): Promise<Contact[]> => opened<Contact>(mirror, 'contacts');
export const blocksOf = (mirror: Mirror): Promise<TextBlock[]> => opened<TextBlock>(mirror, 'blocks');

/** Before the transaction in which they are stored. */
export async function sealEntries(mirror: Mirror, delta: Delta): Promise<Sealed> {
  const [contacts, blocks] = await Promise.all([
    seal(mirror, 'contacts', delta.contacts ?? []),
    seal(mirror, 'blocks', delta.blocks ?? []),
  ]);
  return { contacts, blocks, lost: delta.lost_entries ?? [] };
}

export async function storeEntries(db: MirrorDb, { contacts, blocks, lost }: Sealed): Promise<void> {
  await Promise.all([
    db.contacts.bulkPut(contacts),
    db.blocks.bulkPut(blocks),
    ...entryTables(db).map((table) => table.bulkDelete(lost)),
  ]);
}

async function seal(mirror: Mirror, table: Named, entries: readonly (Contact | TextBlock)[]): Promise<StoredEntry[]> {
  const sealed = await mirror.codec.sealAll(table, entries, (entry) => entry.id);
  return entries.map(({ id, seq }, at) => ({ id, seq, sealed: sealed[at] as StoredEntry['sealed'] }));
}

async function opened<T>(mirror: Mirror, table: Named): Promise<T[]> {
  const rows = await mirror.db[table].toArray();
  return Promise.all(rows.map((row) => mirror.codec.open<T>(table, row.id, row.sealed)));
}
