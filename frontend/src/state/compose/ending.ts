/** How a mail leaves the screen: sent, thrown away or put away; and the way back. */
import { get } from 'svelte/store';
import { draftById, goOnAs, type Writing } from '../../db/compositions';
import { withdraw } from '../../db/outbox';
import { begun } from '../../mail/compose/facts';
import { objectionsTo, type Objection } from '../../mail/compose/objections';
import { asSent } from '../../mail/compose/rich';
import { takeBack } from '../../sync/drafting';
import { dismissToast, sayWritten } from '../act';
import type { Place } from '../place';
import { go } from '../route';
import { settings } from '../settings';
import { account, linkKind } from '../status';
import { showAgain } from './begin';
import { current, leaveComposer, put, taken } from './current';
import type { Session } from './session';
import { newId } from './ids';

/** What speaks against sending it as it stands. */
export async function objections(): Promise<Objection[]> {
  const session = current();
  if (!session) return [];
  await session.settled();
  const mailbox = get(account);
  const { files, writer } = session;
  return objectionsTo(asSent(writer.writing.composition), {
    account: mailbox ?? { preset: '', can_send: true, max_bytes: 0, protected_domains: [] },
    lost: files.lost,
    waits: files.underWay && get(linkKind) !== 'live',
  });
}

/** It leaves when the time to take it back is over, with or without this page. → false: there is no room to send it, and
 *  it stays. */
export async function send(): Promise<boolean> {
  const session = current();
  if (!session) return true;
  return (await session.ending(() => sendNow(session))) ?? true;
}

async function sendNow(session: Session): Promise<boolean> {
  const hold_ms = get(settings).undoSeconds * 1000;
  const { wish } = await session.writer.send(hold_ms);
  if (!wish) return false;
  const { place, draft } = session;
  taken(session);
  leaveComposer();
  sayWritten('sending', wish.created_at + hold_ms, async () => {
    if ((await takeBack(place.mirror, place.bell, wish.id)) === 'late') return false;
    await showAgain(place, draft);
    return true;
  });
  return true;
}

export async function discardDraft(): Promise<void> {
  const session = current();
  await session?.ending(() => discardNow(session));
}

async function discardNow(session: Session): Promise<void> {
  const { room, wish } = await session.writer.discard();
  if (!room) return;
  const { place } = session;
  const { writing, version } = session.writer;
  taken(session);
  leaveComposer();
  sayWritten('draft_discarded', null, async () => {
    const here = wish === null || (await withdraw(place.mirror, wish.id));
    await bringBack(place, writing, version, here);
    return true;
  });
}

/** `here`: the server has not heard that it was thrown away. Else its draft has ended, and the text goes on in another. */
async function bringBack(place: Place, writing: Writing, version: number, here: boolean): Promise<void> {
  const { draft } = writing.composition;
  if (here && (await draftById(place.mirror, draft))) {
    await showAgain(place, draft);
    return;
  }
  const composition = { ...writing.composition, draft: newId(), base: 0, replaces: '' };
  const facts = { ...begun(composition.draft), version: Math.max(1, version) };
  await goOnAs(place.mirror, draft, { ...writing, composition, message: '' }, facts);
  await showAgain(place, composition.draft);
}

/** Kept as a draft; what was never touched vanishes. It stays where the device is full. */
export async function closeComposer(): Promise<void> {
  const session = current();
  if (!session) return;
  if (await put()) leaveComposer();
  else go({ view: 'compose', draft: session.draft }, true);
}

export { dismissToast };
