/** How a mail comes on the screen: new, as an answer, once more, out of Drafts, or one that did not leave. */
import { get } from 'svelte/store';
import { actionById } from '../../db/ledger';
import { allDrafts, draftById, openDraft, reopen, type Kept, type Original, type Writing } from '../../db/compositions';
import { readMeta } from '../../db/meta';
import { wishOf } from '../../db/outbox';
import {
  beginAgain,
  beginAnswer,
  beginDraft,
  beginNew,
  type Fields,
  type Source,
  type Writer,
} from '../../mail/compose/begin';
import { enriched } from '../../mail/compose/enrich';
import { begun, isUnsaved, type Facts } from '../../mail/compose/facts';
import { readMailto } from '../../mail/compose/mailto';
import type { ReplyKind } from '../../mail/compose/reply';
import { STOPPED } from '../../mail/overlay';
import { draftOf, type Composition, type MessageRow } from '../../mail/rows';
import { compositionOf as compositionFor, takeBack } from '../../sync/drafting';
import { rows } from '../list';
import { arrival, type Place } from '../place';
import { go } from '../route';
import { settings } from '../settings';
import { current, show } from './current';
import { newId } from './ids';
import type { Session } from './session';
import { me, sourceOf } from './source';

const fresh = (composition: Composition, more: Partial<Writing> = {}): Writing => ({
  composition,
  original: null,
  message: '',
  instead: '',
  ...more,
});

/** Formatted from its first letter, where this device writes so. */
const dressed = (mail: Composition, source: Source | null, by: Writer): Composition =>
  get(settings).formatted ? { ...mail, ...enriched(mail, source, by) } : mail;

/** Up to which seq this device has seen the mailbox. */
const seenAt = async ({ mirror }: Place): Promise<number> => (await readMeta(mirror.db, 'cursor'))?.seq ?? 0;

/** Null: what is open could not be put away, and stays. */
export async function composeNew(fields: Fields = {}): Promise<Session | null> {
  const place = await arrival();
  const by = await me(place);
  return show(place, fresh(dressed(beginNew(fields, by), null, by)), null);
}

export async function openMailto(url: string): Promise<void> {
  const read = readMailto(url);
  if (!read) return;
  const { to, cc, bcc, subject, body } = read;
  await composeNew({ to, cc, bcc, subject, text: body });
}

export async function composeReply(message: string, kind: ReplyKind, asAttachment = false): Promise<void> {
  const place = await arrival();
  const seen = await seenAt(place);
  const source = await sourceOf(place, message);
  if (!source) return;
  const since = Math.max(seen, source.row.seq);
  const by = await me(place);
  const composition = dressed(beginAnswer(source, kind, by, asAttachment), source, by);
  await show(place, fresh(composition, { original: originalOf(source.row), since }), null);
}

/** Edit as new. */
export async function composeAgain(message: string): Promise<void> {
  const place = await arrival();
  const source = await sourceOf(place, message);
  if (source) await show(place, fresh(beginAgain(source, await me(place))), null);
}

/** A message in Drafts: as it stands there, or as it was left here with something that is not there yet. → false: neither
 *  can be had now. */
export async function editDraft(message: string): Promise<boolean> {
  const place = await arrival();
  const source = await sourceOf(place, message);
  if (!source?.body) return editHeld(place, message);
  const begins = beginDraft(source, await me(place));
  const held = await keptOf(place, begins.draft, message);
  if (held) return editKept(place, held.facts, message, begins);
  const original = await originalById(begins.original);
  await show(place, fresh(begins, { message, original, ...(begins.base > 0 ? { since: begins.base } : {}) }), null);
  return true;
}

/** What stands in Drafts cannot be had now; what is here of it can. */
async function editHeld(place: Place, message: string): Promise<boolean> {
  const held = await keptOf(place, '', message);
  return held !== null && editKept(place, held.facts, message, null);
}

async function editKept(place: Place, facts: Facts, message: string, there: Composition | null): Promise<boolean> {
  const { id, sending } = facts;
  if (current()?.draft === id) {
    go({ view: 'compose', draft: id });
    return true;
  }
  if (sending) {
    await editSending(place, id, sending);
    return true;
  }
  const kept = await openDraft(place.mirror, id);
  if (!kept) return false;
  // All of it is in Drafts: then as it stands there is as it stands.
  const isThere = there !== null && !isUnsaved(kept.facts);
  const writing = isThere ? { ...kept.writing, composition: { ...there, draft: id } } : kept.writing;
  await showNoted(place, writing, kept.facts, { message });
  return true;
}

async function keptOf(place: Place, draft: string, message: string): Promise<Kept | null> {
  const all = await allDrafts(place.mirror);
  const same = ({ facts, writing }: Kept): boolean =>
    facts.id === draft || writing.message === message || writing.composition.replaces === message;
  return all.find((kept) => same(kept) && !kept.facts.discarding) ?? null;
}

/** Its text was to be sent. */
async function editSending(place: Place, draft: string, action: string): Promise<void> {
  const row = await actionById(place.mirror, action);
  if (row && STOPPED.has(row.state)) await editAction(action);
  else if ((await takeBack(place.mirror, place.bell, action)) !== 'late') await showAgain(place, draft);
}

/** A mail that was on its way and came to nothing: what is written here of it, else what the server has.
 *  → false: it is not on the screen, since it cannot be had now or what is open could not be put away. */
export async function editAction(action: string): Promise<boolean> {
  const place = await arrival();
  const { mirror } = place;
  const row = await actionById(mirror, action);
  if (row?.state === 'unknown') return editUnclear(place, action);
  const wish = await wishOf(mirror, action);
  const draft = wish ? draftOf(wish) : (row?.draft ?? '');
  if (await draftById(mirror, draft))
    return showAgain(place, draft, row ? { instead: action, since: await seenAt(place) } : {});
  const composition = await compositionFor(mirror, action);
  return composition !== null && showSaid(place, composition, -1, action);
}

/** Whether it was sent nobody knows: as the same draft it could never be sent again. */
async function editUnclear(place: Place, action: string): Promise<boolean> {
  const composition = await compositionFor(place.mirror, action);
  if (!composition) return false;
  return showSaid(place, { ...composition, draft: newId(), base: 0, replaces: '' }, 0, action);
}

/** What the server has of it. `wished` -1: it knows this draft. */
async function showSaid(place: Place, mail: Composition, wished: number, instead: string): Promise<boolean> {
  const facts: Facts = { ...begun(mail.draft), version: 1, wished };
  const original = await originalById(mail.original);
  return showNoted(place, fresh(mail, { original }), facts, { instead, since: await seenAt(place) });
}

/** What a mail says that did not leave, or may not have. Null: it is over, or cannot be had now. */
export const compositionOf = async (action: string): Promise<Composition | null> =>
  compositionFor((await arrival()).mirror, action);

/** It is written on from where it stands here: what was to end it came to nothing. */
export async function showAgain(place: Place, draft: string, more: Partial<Writing> = {}): Promise<boolean> {
  await reopen(place.mirror, draft);
  const kept = await draftById(place.mirror, draft);
  return kept !== null && showNoted(place, kept.writing, kept.facts, more);
}

/** With something about it that has to be stored. → whether it is on the screen. */
async function showNoted(place: Place, writing: Writing, facts: Facts, more: Partial<Writing>): Promise<boolean> {
  const session = await show(place, writing, facts);
  await session?.writer.note(more);
  return session !== null;
}

async function originalById(message: string): Promise<Original | null> {
  const row = message ? (await rows([message])).get(message) : undefined;
  return row ? originalOf(row) : null;
}

function originalOf(row: MessageRow): Original {
  const [sender] = row.senders;
  return { id: row.id, subject: row.subject, sender: sender?.name || (sender?.email ?? ''), at: row.received_at };
}
