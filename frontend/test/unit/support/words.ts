/** The whole catalogues, and how a screen says something in one of them. */
import { say, type Lang, type Translate } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deBook } from '../../../src/ui/i18n/de_book';
import { deFiles } from '../../../src/ui/i18n/de_files';
import { deOutcomes } from '../../../src/ui/i18n/de_outcomes';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Key, type Text } from '../../../src/ui/i18n/en';
import { enBook } from '../../../src/ui/i18n/en_book';
import { enFiles } from '../../../src/ui/i18n/en_files';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enOutcomes } from '../../../src/ui/i18n/en_outcomes';
import { enWriting } from '../../../src/ui/i18n/en_writing';

/** The files of each language, which together are its catalogue. */
export const files = {
  de: [deStart, deMore, deWriting, deBook, deFiles, deOutcomes],
  en: [enStart, enMore, enWriting, enBook, enFiles, enOutcomes],
} as const;
export const de: Record<Key, Text> = { ...deStart, ...deMore, ...deWriting, ...deBook, ...deFiles, ...deOutcomes };
export const en: Record<Key, Text> = { ...enStart, ...enMore, ...enWriting, ...enBook, ...enFiles, ...enOutcomes };

export function translator(lang: Lang): Translate {
  const plurals = new Intl.PluralRules(lang);
  return (key, params = {}) => say(lang === 'de' ? de : en, plurals, key, params);
}
