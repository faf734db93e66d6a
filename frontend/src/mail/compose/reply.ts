/** To whom an answer goes (RFC 5322 3.6.3, and what people expect beyond it).
 *
 *  In order: one's own sent mail is answered to those it went to; Reply-To is where a sender wants answers; a list that
 *  wrote itself into Reply-To or From is not the person who wrote. */
import type { Mailbox } from '../rows';
import { addressKey, once } from './addresses';

export type ReplyKind = 'reply' | 'reply_all' | 'forward';

export type Original = {
  senders: readonly Mailbox[];
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  replyTo: readonly Mailbox[];
  /** The address of List-Post (RFC 2369 3.4), without "mailto:". */
  listPost?: string | null;
};

export type Recipients = { to: Mailbox[]; cc: Mailbox[] };

/** `own`: every address under which mail reaches this account. As in Outlook, those in To stay there. */
export function recipientsFor(kind: ReplyKind, original: Original, own: readonly string[]): Recipients {
  if (kind === 'forward') return { to: [], cc: [] };
  const mine = new Set(own.map(addressKey));
  const people = peopleOf(original, mine);
  if (kind === 'reply') return { to: once(people), cc: [] };
  const taken = new Set(mine);
  const to = once(addressed([...people, ...original.to]), taken);
  const cc = once(addressed([...original.cc, ...original.replyTo.filter(isList(original))]), taken);
  if (to.length > 0) return { to, cc };
  if (cc.length > 0) return { to: cc, cc: [] };
  // Nobody but the practice, which writes to itself: then to whom it went before, rather than to nobody.
  const again = new Set<string>();
  return { to: once(people, again), cc: once(addressed(original.cc), again) };
}

/** Whom "Reply" means: the first of these that is not empty. */
function peopleOf(original: Original, mine: ReadonlySet<string>): Mailbox[] {
  const { senders, to, replyTo } = original;
  const others = (boxes: readonly Mailbox[]): Mailbox[] => boxes.filter((box) => !mine.has(addressKey(box.email)));
  const persons = (boxes: readonly Mailbox[]): Mailbox[] => others(boxes).filter((box) => !isList(original)(box));
  // A form on the practice's own site writes to the practice in its own name, with the patient in Reply-To.
  const sent = [others(to), others(replyTo), others(senders), to];
  const received = [persons(replyTo), persons(senders), others(replyTo), others(senders), replyTo];
  const isSent = senders.some((box) => mine.has(addressKey(box.email)));
  const choices = [...(isSent ? sent : received), senders].map(addressed);
  return choices.find((boxes) => boxes.length > 0) ?? [];
}

const isList = (original: Original): ((box: Mailbox) => boolean) => {
  const key = original.listPost ? addressKey(original.listPost) : null;
  return (box) => addressKey(box.email) === key;
};

/** Without the names of groups, which have no address. */
const addressed = (boxes: readonly Mailbox[]): Mailbox[] => boxes.filter((box) => box.email !== '');
