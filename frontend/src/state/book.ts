/** The address book and the text blocks, as the screens see them: shared by everybody on this mailbox, here without a
 *  network, changed only with one. */
import { derived, get, writable, type Readable } from 'svelte/store';
import { byName, contactWith } from '../mail/contacts';
import type { Contact, Mailbox, TextBlock } from '../mail/rows';
import type { BadCard } from '../mail/vcard/read';
import {
  blocksOf,
  contactsOf,
  tellBlock,
  tellBlockRemoved,
  tellContact,
  tellContacts,
  tellRemoved,
  type Answer,
  type NewContact,
} from '../sync/book';
import { newId } from './compose/ids';
import { arrival, here, onChange, onEnd, type Place } from './place';
import { account } from './status';

export type { Answer, BadCard };

const allContacts = writable<Contact[] | null>(null);
const allBlocks = writable<TextBlock[] | null>(null);

/** Null: not read yet. */
export const contacts: Readable<Contact[] | null> = allContacts;
export const blocks: Readable<TextBlock[]> = derived(allBlocks, (now) => now ?? []);

const byTitle = (all: readonly TextBlock[]): TextBlock[] =>
  [...all].sort((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1));

async function read({ mirror }: Place): Promise<() => void> {
  const [people, words] = await Promise.all([contactsOf(mirror), blocksOf(mirror)]);
  return () => {
    allContacts.set(byName(people));
    allBlocks.set(byTitle(words));
  };
}

onChange((news, place) => (news.kind === 'everything' || news.kind === 'book' ? read(place) : null));
onEnd(() => {
  allContacts.set(null);
  allBlocks.set(null);
});
// This file loads behind the first picture: what was told before is not heard again.
void arrival().then(async (place) => {
  try {
    const show = await read(place);
    if (here() === place && get(allContacts) === null) show();
  } catch (error) {
    // A mirror that was closed meanwhile (signed out) is no defect.
    if (here() === place) reportError(error);
  }
});

/** What the server took is shown at once: the feed brings the same a moment later. */
async function kept(asked: Promise<Answer>, show: () => void): Promise<Answer> {
  const answer = await asked;
  if (answer.ok) show();
  return answer;
}

const without = <T extends { id: string }>(all: readonly T[] | null, id: string): T[] =>
  (all ?? []).filter((one) => one.id !== id);

export const saveContact = (contact: Contact): Promise<Answer> =>
  kept(tellContact(contact), () => allContacts.update((all) => byName([...without(all, contact.id), contact])));

export const removeContact = (id: string): Promise<Answer> =>
  kept(tellRemoved(id), () => allContacts.update((all) => without(all, id)));

export const saveBlock = (block: TextBlock): Promise<Answer> =>
  kept(tellBlock(block), () => allBlocks.update((all) => byTitle([...without(all, block.id), block])));

export const removeBlock = (id: string): Promise<Answer> =>
  kept(tellBlockRemoved(id), () => allBlocks.update((all) => without(all, id)));

export const newContact = (): Contact => ({
  id: newId(),
  name: '',
  emails: [''],
  phone: '',
  organisation: '',
  note: '',
  seq: 0,
});

export const newBlock = (): TextBlock => ({ id: newId(), title: '', text: '', seq: 0 });

/** Somebody out of a message. Whoever else adds the same person in this moment makes one contact with us. */
export async function addFrom({ name, email }: Mailbox): Promise<Answer> {
  const contact = { ...newContact(), name, emails: [email] };
  const { code, refused } = await tellContacts([sendable(contact)]);
  if (code || refused.length > 0) return { ok: false, code: code || 'bad_address' };
  allContacts.update((all) => (contactWith(all ?? [], email) ? all : byName([...(all ?? []), contact])));
  return { ok: true };
}

const sendable = ({ id, name, emails, phone, organisation, note }: Contact): NewContact => ({
  id,
  name,
  emails,
  phone,
  organisation,
  note,
});

/** `code`: what ended it early, or ''. `cut`: cards that have more addresses than a contact may, and how many were left
 *  out. */
export type Import = {
  added: number;
  merged: number;
  bad: BadCard[];
  cut: { line: number; n: number }[];
  code: string;
};

/** A file of cards. Bad ones are named and cost no others. */
export async function importCards(bytes: ArrayBuffer): Promise<Import> {
  const { readCards } = await import('../mail/vcard/read');
  const { cards, bad } = readCards(decoded(bytes));
  const lines = new Map<string, number>();
  const wanted = cards.map(({ card, line }) => {
    const id = newId();
    lines.set(id, line);
    return { id, ...card };
  });
  const { added, merged, refused, code } = await tellContacts(wanted);
  const more = refused.map((id): BadCard => ({ line: lines.get(id) ?? 0, why: 'no_address' }));
  const cut = cards.filter(({ left }) => left > 0).map(({ line, left }) => ({ line, n: left }));
  return { added, merged, code, cut, bad: [...bad, ...more].sort((a, b) => a.line - b.line) };
}

/** Old address books are often not in UTF-8. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** All contacts as one file of vCards. */
export async function exportCards(): Promise<Blob> {
  const { writeCards } = await import('../mail/vcard/write');
  return new Blob([writeCards(get(allContacts) ?? [])], { type: 'text/vcard;charset=utf-8' });
}

/** Of a sender: whether there is somebody to add. Not while that is not known, and never ourselves. */
export function isStranger(all: readonly Contact[] | null, email: string): boolean {
  const mailbox = get(account);
  const own = [mailbox?.address ?? '', ...(mailbox?.identities ?? []).map((one) => one.email)];
  const mine = own.some((one) => one.toLowerCase() === email.toLowerCase());
  return all !== null && !mine && !contactWith(all, email);
}
