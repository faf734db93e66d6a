/** The whole catalogues, and how a screen says something in one of them. */
import { say, type Lang, type Translate } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deBook } from '../../../src/ui/i18n/de_book';
import { deOutcomes } from '../../../src/ui/i18n/de_outcomes';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Key, type Text } from '../../../src/ui/i18n/en';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enBook } from '../../../src/ui/i18n/en_book';
import { enOutcomes } from '../../../src/ui/i18n/en_outcomes';
import { enWriting } from '../../../src/ui/i18n/en_writing';

export const de: Record<Key, Text> = { ...deStart, ...deMore, ...deOutcomes, ...deWriting, ...deBook };
export const en: Record<Key, Text> = { ...enStart, ...enMore, ...enOutcomes, ...enWriting, ...enBook };

export function translator(lang: Lang): Translate {
  const plurals = new Intl.PluralRules(lang);
  return (key, params = {}) => say(lang === 'de' ? de : en, plurals, key, params);
}
