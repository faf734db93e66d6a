/** Completion of recipients, out of the mail that is mirrored here. First from the newest mail, then from all of it. */
import { get } from 'svelte/store';
import { ownAddresses } from '../../mail/compose/begin';
import { complete, type Index } from '../../mail/compose/completion';
import type { Mailbox } from '../../mail/rows';
import { peopleOf } from '../../sync/people';
import { arrival, onEnd } from '../place';
import { account } from '../status';
import { current } from './current';

const NEWEST = 150;
const FRESH_MS = 10 * 60_000;

let known: Promise<Index> | null = null;
let readAt = 0;

/** Find out who there is, before the first letter is typed. */
export function learnPeople(): void {
  if (known && Date.now() - readAt < FRESH_MS) return;
  readAt = Date.now();
  const before = known;
  const first = before ?? gather(NEWEST);
  known = first;
  first
    .then(() => gather(Infinity))
    .then(
      (all) => {
        if (known === first) known = Promise.resolve(all);
      },
      // Signed out meanwhile.
      () => (known = known === first ? null : known),
    );
}

async function gather(newest: number): Promise<Index> {
  const { mirror } = await arrival();
  const mailbox = get(account);
  return peopleOf(mirror, mailbox ? ownAddresses(mailbox) : [], newest);
}

export async function suggest(typed: string, limit = 6): Promise<Mailbox[]> {
  learnPeople();
  const mail = current()?.writer.writing.composition;
  const there = mail ? [...mail.to, ...mail.cc, ...mail.bcc].map((box) => box.email) : [];
  const index = await known?.catch(() => null);
  return index ? complete(index, typed, limit, there) : [];
}

onEnd(() => (known = null));
