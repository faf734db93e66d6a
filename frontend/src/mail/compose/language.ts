/** The language a text is written in, by its most frequent small words. */
import { ownWords } from './ownwords';

export type Language = 'de' | 'fr' | 'it' | 'en';

const READ_CHARS = 2000;
const LOOKED_AT_CHARS = 20_000; // with quotes and signatures, before they are left out
const FEWEST_HITS = 3;
const CLEAR_LEAD = 1.5;
const LINK = /\S+(?::\/\/|@)\S*/g;

// Words that two of the languages share ("die", "in", "per", "will", "sera"; in Berne "merci") decide nothing.
const STOP_WORDS: Record<Language, string> = {
  de:
    'der das und ist nicht ich sie wir ihr ihre ihren ihnen mit für auf dem den ein eine einen zu von bei haben hat ' +
    'wird werden sind auch noch oder aber wenn dass bitte danke guten liebe lieber grüsse grüße freundliche vom zum ' +
    'zur im um nach uns mir kann können',
  fr:
    'les une et est pas vous nous je pour dans avec sur que qui ce cette sont vos votre mais ou où au aux ' +
    'bonjour madame monsieur cordialement être avons avez ont très notre mes elle ils été leur chez',
  it:
    'di che sono della del dei delle nel nella alla gli una è anche questo questa grazie buongiorno cordiali saluti ' +
    'signora signor lei ho ha abbiamo può più suo sua gentile dottor quando stato',
  en:
    'the and is are you we for with this that have has not from your our please thank thanks be would can of ' +
    'to dear regards if but they been were there which should could',
};
const LANGUAGES = Object.keys(STOP_WORDS) as Language[];
const LANGUAGE_OF_WORD = new Map(
  LANGUAGES.flatMap((language) => STOP_WORDS[language].split(' ').map((word) => [word, language] as const)),
);

/** `fallback` where there is too little text to tell, or where two languages are as frequent. */
export function languageOf(text: string, fallback: Language): Language {
  const own = ownWords(text.slice(0, LOOKED_AT_CHARS)).slice(0, READ_CHARS).replace(LINK, ' ');
  const hits: Record<Language, number> = { de: 0, fr: 0, it: 0, en: 0 };
  for (const word of own
    .normalize('NFC')
    .toLowerCase()
    .match(/\p{L}+/gu) ?? []) {
    const language = LANGUAGE_OF_WORD.get(word);
    if (language) hits[language] += 1;
  }
  const [first, second] = [...LANGUAGES].sort((a, b) => hits[b] - hits[a]);
  if (!first || !second) return fallback;
  return hits[first] >= FEWEST_HITS && hits[first] >= hits[second] * CLEAR_LEAD ? first : fallback;
}
