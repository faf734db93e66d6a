/** Completion of recipients, out of the mail that is mirrored here. First from the newest mail, then from all of it. */
import { get } from 'svelte/store';
import { ownAddresses } from '../../mail/compose/begin';
import { complete } from '../../mail/compose/completion';
import { suggestable, type Learned } from '../../mail/compose/learned';
import type { Mailbox } from '../../mail/rows';
import { peopleOf, type People } from '../../sync/people';
import { arrival, onEnd, onNews } from '../place';
import { account } from '../status';
import { declinedIn } from '../writing';
import { current } from './current';

const NEWEST = 150;
const FRESH_MS = 10 * 60_000;

let known: Promise<People> | null = null;
let whole: Promise<People> | null = null;
let readAt = 0;

/** Find out who there is, before the first letter is typed. */
export function learnPeople(): void {
  if (known && Date.now() - readAt < FRESH_MS) return;
  readAt = Date.now();
  const before = known;
  const first = before ?? gather(NEWEST);
  known = first;
  const all = first.then(() => gather(Infinity));
  whole = all;
  all.then(
    () => {
      if (known === first) known = all;
    },
    // Signed out meanwhile.
    () => (known = known === first ? null : known),
  );
}

async function gather(newest: number): Promise<People> {
  const { mirror } = await arrival();
  const mailbox = get(account);
  return peopleOf(mirror, mailbox ? ownAddresses(mailbox) : [], newest);
}

export async function suggest(typed: string, limit = 6): Promise<Mailbox[]> {
  learnPeople();
  const mail = current()?.writer.writing.composition;
  const there = mail ? [...mail.to, ...mail.cc, ...mail.bcc].map((box) => box.email) : [];
  const people = await known?.catch(() => null);
  return people ? complete(people.index, typed, limit, there) : [];
}

/** Domains that HIN may protect, as far as the mail here tells: only ever to be asked about. */
export async function suggestedDomains(): Promise<Learned[]> {
  learnPeople();
  const people = await whole?.catch(() => null);
  const mailbox = get(account);
  if (!people || !mailbox) return [];
  return suggestable(people.learned, mailbox.protected_domains, declinedIn(mailbox));
}

// A contact is completed from the moment it is there.
onNews((news) => {
  if (news.kind === 'book') readAt = 0;
});
onEnd(() => (known = whole = null));
