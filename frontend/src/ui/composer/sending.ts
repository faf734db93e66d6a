/** Send: what speaks against it is asked one after the other, each once, and then it leaves. Pure but for what is asked.
 *
 *  The objections are read anew after every answer, since an answer may remove others or bring new ones. */
import type { Objection } from '../../state/compose';

/** back: to the message; on: all the same; again: mended, look anew. */
export type Answer = 'back' | 'on' | 'again';
export type Sent = 'sent' | 'kept' | 'full';

/** First what cannot be sent at all, then what is easily forgotten, at last where to. */
const ORDER: readonly Objection['code'][] = [
  'no_recipients',
  'bad_address',
  'too_large',
  'no_subject',
  'attachment_missing',
  'unprotected',
  'no_smtp',
  'uploading_offline',
];

const OVERRULED: ReadonlySet<Objection['code']> = new Set<Objection['code']>([
  'no_subject',
  'attachment_missing',
  'unprotected',
  'uploading_offline',
]);

export const canOverrule = (objection: Objection): boolean => OVERRULED.has(objection.code);

type Steps = {
  objections: () => Promise<Objection[]>;
  ask: (objection: Objection) => Promise<Answer>;
  send: () => Promise<boolean>;
};

export async function askAndSend({ objections, ask, send }: Steps): Promise<Sent> {
  const overruled = new Set<Objection['code']>();
  for (;;) {
    const open = (await objections()).filter(({ code }) => !overruled.has(code));
    const [next] = open.sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code));
    if (!next) return (await send()) ? 'sent' : 'full';
    const answer = await ask(next);
    if (answer === 'back') return 'kept';
    if (answer === 'on' && canOverrule(next)) overruled.add(next.code);
  }
}
