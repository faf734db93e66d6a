/** The address book, as it is shown and searched. Pure. */
import { addressKey } from './compose/addresses';
import { plain } from './compose/completion';
import type { Contact } from './rows';

/** What a contact is called where it has no name. */
export const calledBy = ({ name, organisation, emails }: Contact): string => name || organisation || (emails[0] ?? '');

/** By what they are called, without case and accents. */
export function byName(contacts: readonly Contact[]): Contact[] {
  const keyed = contacts.map((contact) => ({ contact, key: plain(calledBy(contact)) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.contact.id < b.contact.id ? -1 : 1));
  return keyed.map(({ contact }) => contact);
}

/** Does every typed word stand somewhere in the text? */
export function findWords(text: string, typed: string): boolean {
  const all = plain(text);
  return plain(typed)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** Those in whom every typed word stands somewhere. */
export function findContacts(contacts: readonly Contact[], typed: string): Contact[] {
  return contacts.filter(({ name, emails, phone, organisation, note }) =>
    findWords([name, ...emails, phone, phone.replace(/[\s()/-]/g, ''), organisation, note].join('\n'), typed),
  );
}

export function contactWith(contacts: readonly Contact[], email: string): Contact | undefined {
  const key = addressKey(email);
  return contacts.find(({ emails }) => emails.some((one) => addressKey(one) === key));
}
