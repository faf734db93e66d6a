/** A mail that did not leave, in one sentence with its reason. Pure. */
import type { Unsent } from '../../state/unsent';
import { clock, longDate, visible } from '../format';
import type { Translate } from '../i18n';
import { refusedWords } from './words';
import { whyOf } from './why';

type Line = Pick<Unsent, 'kind' | 'state' | 'detail' | 'where' | 'refused' | 'answer'>;

/** `now`: ms since 1970. */
export function unsentWords(line: Line, now: number, locale: string, t: Translate): string {
  const { answer, state, detail } = line;
  const wasAnswered = detail === 'answer_sent' || detail === 'answered';
  if (state === 'held' && wasAnswered && answer) {
    const name = visible(answer.device) || t('held.somebody');
    return t('unsent.answered', { name, time: timeOf(answer.at, now, locale, t) });
  }
  const why = [whyOf(line, () => '', t), ...refusedWords(line, t)].filter(Boolean).join(' ');
  return t(state === 'unknown' ? 'unsent.unclear' : 'unsent.why', { why }).trim();
}

function timeOf(at: number, now: number, locale: string, t: Translate): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? t('unsent.at', { time: clock(at, locale) }) : longDate(at, now, locale, t);
}
