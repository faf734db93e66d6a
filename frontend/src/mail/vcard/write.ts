/** Contacts as a vCard 4.0 file (RFC 6350), one card behind the other. */
import ICAL from 'ical.js';
import { calledBy } from '../contacts';
import type { Contact } from '../rows';

// A folded line begins with a space, which the library does not count among the 75 octets (RFC 6350 3.2).
ICAL.foldLength = 74;

export const writeCards = (contacts: readonly Contact[]): string =>
  contacts.map((contact) => `${cardOf(contact)}\r\n`).join('');

function cardOf(contact: Contact): string {
  const card = new ICAL.Component(['vcard', [['version', {}, 'text', '4.0']], []]);
  const add = (name: string, value: string | string[], parameters: Record<string, string> = {}): void => {
    if (typeof value === 'string' && !value) return;
    card.addProperty(new ICAL.Property([name, parameters, 'text', value], card));
  };
  add('uid', `urn:uuid:${contact.id}`);
  add('fn', calledBy(contact));
  contact.emails.forEach((email, at) => add('email', email, contact.emails.length > 1 ? { pref: String(at + 1) } : {}));
  add('tel', contact.phone);
  if (contact.organisation) add('org', [contact.organisation]);
  add('note', contact.note);
  return card.toString();
}
