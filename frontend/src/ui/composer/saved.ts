/** The saved line in words. Pure. */
import type { Composing, Saved } from '../../state/compose';
import { clock } from '../format';
import type { Translate } from '../i18n';

type Savable = Pick<Composing, 'saved' | 'savedAt' | 'composition' | 'files'>;

/** Nothing was written that could be lost: nothing to say about it. */
export function isBlank({ composition, files }: Pick<Savable, 'composition' | 'files'>): boolean {
  const { kind, to, cc, bcc, subject, text } = composition;
  return kind === 'new' && !subject && !text.trim() && [...to, ...cc, ...bcc].length === 0 && files.length === 0;
}

export function savedWords(now: Savable, locale: string, t: Translate): string {
  if (isBlank(now)) return '';
  if (now.saved === 'saved') return now.savedAt === null ? '' : t('saved.saved', { time: clock(now.savedAt, locale) });
  return t(`saved.${now.saved}`);
}

export const isTrouble = (saved: Saved): boolean => saved === 'full' || saved === 'failed';
