/** The whole catalogues, and how a screen says something in one of them. */
import { say, type Lang, type Translate } from '../../../src/ui/i18n';
import { de as deStart } from '../../../src/ui/i18n/de';
import { deFormat } from '../../../src/ui/i18n/de_format';
import { deMore } from '../../../src/ui/i18n/de_more';
import { deWriting } from '../../../src/ui/i18n/de_writing';
import { en as enStart, type Key, type Text } from '../../../src/ui/i18n/en';
import { enFormat } from '../../../src/ui/i18n/en_format';
import { enMore } from '../../../src/ui/i18n/en_more';
import { enWriting } from '../../../src/ui/i18n/en_writing';

export const de: Record<Key, Text> = { ...deStart, ...deMore, ...deWriting, ...deFormat };
export const en: Record<Key, Text> = { ...enStart, ...enMore, ...enWriting, ...enFormat };

export function translator(lang: Lang): Translate {
  const plurals = new Intl.PluralRules(lang);
  return (key, params = {}) => say(lang === 'de' ? de : en, plurals, key, params);
}
