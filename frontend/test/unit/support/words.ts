/** The whole catalogues, and how a screen says something in one of them. */
import { say, type Lang, type Translate } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deDesk } from '../../../src/ui/i18n/de_desk';
import { deFormat } from '../../../src/ui/i18n/de_format';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deBook } from '../../../src/ui/i18n/de_book';
import { deFiles } from '../../../src/ui/i18n/de_files';
import { deOutcomes } from '../../../src/ui/i18n/de_outcomes';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Key, type Text } from '../../../src/ui/i18n/en';
import { enBook } from '../../../src/ui/i18n/en_book';
import { enFiles } from '../../../src/ui/i18n/en_files';
import { enDesk } from '../../../src/ui/i18n/en_desk';
import { enFormat } from '../../../src/ui/i18n/en_format';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enOutcomes } from '../../../src/ui/i18n/en_outcomes';
import { enWriting } from '../../../src/ui/i18n/en_writing';

/** The files of each language, which together are its catalogue. */
export const files = {
  de: [deStart, deMore, deWriting, deBook, deFiles, deFormat, deDesk, deOutcomes],
  en: [enStart, enMore, enWriting, enBook, enFiles, enFormat, enDesk, enOutcomes],
} as const;

const together = (parts: readonly object[]): Record<Key, Text> => Object.assign({}, ...parts) as Record<Key, Text>;
export const de = together(files.de);
export const en = together(files.en);

export function translator(lang: Lang): Translate {
  const plurals = new Intl.PluralRules(lang);
  return (key, params = {}) => say(lang === 'de' ? de : en, plurals, key, params);
}
