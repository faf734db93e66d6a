/** Changes of the address book and the text blocks. The server decides in one place, so they need a connection: without
 *  one they are refused and said so; nothing waits. What was changed comes back by the feed. */
import type { Contact, TextBlock } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { answered, type Answer } from './writing';

export { blocksOf, contactsOf } from '../db/book';
export type { Answer };
export type NewContact = Omit<Contact, 'seq'>;
/** `refused`: ids that the server could not take. `code`: what ended it before all were asked about, or ''. */
export type Imported = { added: number; merged: number; refused: string[]; code: string };

const AT_ONCE = 200;

export const tellContact = (contact: Contact): Promise<Answer> => answered(api.contact(contact));
export const tellRemoved = (id: string): Promise<Answer> => answered(api.removeContact(id));
export const tellBlock = (block: TextBlock): Promise<Answer> => answered(api.block(block));
export const tellBlockRemoved = (id: string): Promise<Answer> => answered(api.removeBlock(id));

/** Those who share an address with somebody known go into that one. A request with one bad contact is refused whole:
 *  then it is asked in halves, until the bad one stands alone. */
export async function tellContacts(contacts: readonly NewContact[]): Promise<Imported> {
  const sum: Imported = { added: 0, merged: 0, refused: [], code: '' };
  const open: (readonly NewContact[])[] = [];
  for (let at = 0; at < contacts.length; at += AT_ONCE) open.push(contacts.slice(at, at + AT_ONCE));
  for (let some = open.shift(); some; some = open.shift()) {
    try {
      const { added, merged } = await api.contacts(some);
      sum.added += added;
      sum.merged += merged;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const half = Math.ceil(some.length / 2);
      if (error.code !== 'bad_address' && error.code !== 'bad_input') return { ...sum, code: error.code };
      if (some.length > 1) open.unshift(some.slice(0, half), some.slice(half));
      else sum.refused.push(...some.map(({ id }) => id));
    }
  }
  return sum;
}
