/** The whole catalogues, and how a screen says something in one of them. */
import { say, type Lang, type Translate } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deFiles } from '../../../src/ui/i18n/de_files';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Key, type Text } from '../../../src/ui/i18n/en';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enFiles } from '../../../src/ui/i18n/en_files';
import { enWriting } from '../../../src/ui/i18n/en_writing';

export const de: Record<Key, Text> = { ...deStart, ...deMore, ...deWriting, ...deFiles };
export const en: Record<Key, Text> = { ...enStart, ...enMore, ...enWriting, ...enFiles };

export function translator(lang: Lang): Translate {
  const plurals = new Intl.PluralRules(lang);
  return (key, params = {}) => say(lang === 'de' ? de : en, plurals, key, params);
}
