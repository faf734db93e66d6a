/** Writing mail, as the screens see it. What is typed is on this device within a second, in Drafts soon after, and sent
 *  once, whatever happens in between: see compose/writer.ts for the steps. */
import { get } from 'svelte/store';
import { signedAs } from '../mail/compose/begin';
import { withMarker, withoutMarker } from '../mail/compose/hin';
import { tooLarge, type Objection } from '../mail/compose/objections';
import { signatureOf, signedHtml } from '../mail/compose/rich';
import type { Composition } from '../mail/rows';
import { composing, current } from './compose/current';
import { newId } from './compose/ids';
import { learnPeople } from './compose/people';
import { ownLanguage } from './compose/source';
import { account } from './status';
import { identities } from './writing';

export {
  composeAgain,
  composeNew,
  composeReply,
  compositionOf,
  editAction,
  editDraft,
  openMailto,
} from './compose/begin';
export { composing, type Composing } from './compose/current';
export { closeComposer, discardDraft, objections, send } from './compose/ending';
export { enrich, flatten, insertPicture, picture, whileTyping } from './compose/format';
export type { FileView } from './compose/files';
export { suggest, suggestedDomains } from './compose/people';
export { ownLanguage } from './compose/source';
export { unsaved, type Unsaved } from './compose/unsaved';
export type { Objection } from '../mail/compose/objections';
export type { Saved } from '../mail/compose/saved';

/** A person wants to write on here what another device or tab has open. */
export const takeOver = async (): Promise<void> => current()?.takeItOver();

const LEARN_MS = 500;
// Whom one may write to is read when the hand has found the field.
let wasOpen = false;
composing.subscribe((now) => {
  if (now && !wasOpen) setTimeout(learnPeople, LEARN_MS);
  wasOpen = now !== null;
});

type Patch = Partial<Pick<Composition, 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'html' | 'identity'>>;

/** Every keystroke. */
export function change(patch: Patch): void {
  const session = current();
  if (!session) return;
  const { text, html, identity } = session.writer.writing.composition;
  const signer = (id: string) => get(identities).find((one) => one.id === id);
  if (patch.identity === undefined || patch.text !== undefined) return session.change(patch);
  const [before, after] = [signer(identity), signer(patch.identity)];
  const signed = html === null ? null : signedHtml(html, signatureOf(before), signatureOf(after));
  session.change({ ...patch, text: signedAs(text, before, after), html: signed });
}

export function setConfidential(on: boolean): void {
  const mail = current()?.writer.writing.composition;
  if (!mail) return;
  const { subject } = mail;
  change({ subject: on ? withMarker(subject, ownLanguage()) : withoutMarker(subject) });
}

/** Stored here first, then they are on their way; nothing is begun of files that are too large together. */
export function attach(files: readonly File[], session = current()): Promise<Objection | null> {
  if (!session) return Promise.resolve(null);
  const { composition } = session.writer.writing;
  const chosen = session.files.views(composition.files, true);
  const large = tooLarge(composition, [...chosen, ...files], get(account)?.max_bytes ?? 0);
  if (!large) session.files.add(files, newId);
  return Promise.resolve(large);
}

/** Once more, a file that failed. */
export function attachAgain(id: string): void {
  const session = current();
  if (!session) return;
  void session.files
    .again(id)
    .then(() => session.place.bell.ring({ kind: 'files' }))
    .then(() => session.files.refresh());
}

export function detach(id: string): void {
  const session = current();
  if (!session) return;
  const { files } = session.writer.writing.composition;
  if (files.some((file) => file.id === id)) session.change({ files: files.filter((file) => file.id !== id) });
  void session.files.remove(id);
}
