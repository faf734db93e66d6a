/** Where the text stands, in one word for the one line under it. Pure. */
import type { Composition } from '../rows';
import type { Facts } from './facts';
import { ownWords } from './ownwords';
import { isRich } from './rich';

/** Only on this device; in the outbox; on its way; in Drafts; refused; the device is full. */
export type Saved = 'local' | 'waiting' | 'saving' | 'saved' | 'failed' | 'full';

/** `wish`: how the newest wish to save it stands, null: there is none. */
export type Standing = { full: boolean; live: boolean; wish: 'waiting' | 'sent' | 'refused' | null };

export function savedOf(facts: Facts, version: number, { full, live, wish }: Standing): Saved {
  if (full) return 'full';
  if (facts.saved >= version) return 'saved';
  if (facts.code) return 'failed';
  if (wish === null || facts.wished < version) return 'local';
  return wish === 'sent' || live ? 'saving' : 'waiting';
}

/** Nothing that anybody would miss: at most a signature. */
export function isBlank(mail: Composition): boolean {
  const { kind, to, cc, bcc, subject, text, html, files } = mail;
  if (kind !== 'new' || isRich(html ?? '') || to.length + cc.length + bcc.length + files.length > 0) return false;
  return !subject.trim() && !ownWords(text).trim();
}
