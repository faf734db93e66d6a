/** The language a text is written in, by its most frequent small words, by words that only one of them writes letters
 *  with, and by the letters and endings of the others. Made for a mail of two or three sentences. */
import { ownWords } from './ownwords';

export type Language = 'de' | 'fr' | 'it' | 'en';

const READ_CHARS = 2000;
const LOOKED_AT_CHARS = 20_000; // with quotes and signatures, before they are left out
const ENOUGH = 3;
const CLEAR_LEAD = 1.5;
const LINK = /\S+(?::\/\/|@)\S*/g;

// Words that two of the languages share ("die", "in", "per", "will", "sera"; in Berne "merci") decide nothing.
const STOP_WORDS: Record<Language, string> = {
  de:
    'der das und ist nicht ich sie wir ihr ihre ihren ihrem ihrer ihnen mit für auf dem den ein eine einen einem einer ' +
    'zu von bei haben habe hat hatte wird werden wurde sind auch noch oder aber wenn dass ob vom zum zur im um nach uns ' +
    'mir mich dir dich kann können könnte könnten möchte möchten muss müssen soll sollen darf brauche braucht bin seit ' +
    'wegen bis beim am schon mehr sehr nur wieder heute morgen gestern jetzt gerne gern wann wie wo was warum kein ' +
    'keine keinen mein meine meinen meiner unser unsere unseren ihn ihm er es sich aus über unter vor zwischen ohne ' +
    'leider termin rezept zeugnis befund anhang patientin rechnung überweisung kontrolle schicken senden melden kommen geht gibt würde wäre bitten alle alles etwas hier dort weil damit',
  fr:
    'les une et est pas vous nous je pour dans avec sur que qui ce cette ces sont vos votre mais ou où au aux des du ' +
    'être avons avez ont très notre nos mes elle elles ils été leur leurs chez par plus mon ma sa ses depuis jusque ' +
    'peut pouvez pouvons pourriez voudrais puis peux dois doit faut suis sommes était aussi encore rien aucun aucune ' +
    'demain hier quand comment pourquoi parce afin lors dès il y qu j ai avoir faire fait bien prie envoyer rappeler ordonnance rendez annexe joint facture patiente semaine semaines',
  it:
    'di che sono della del dei delle degli nel nella nei alla alle agli dal dalla gli una è anche questo questa questi ' +
    'lei ho ha hai abbiamo avete hanno può posso possiamo potrebbe vorrei più suo sua suoi mio mia nostro nostra ' +
    'vostro quando stato stata essere fare per favore oggi domani ieri perché come dove quale molto ancora già dopo ' +
    'prima senza fra fino settimana settimane giorni paziente ricetta appuntamento allegato fattura con il lo un uno ci vi mi si non ed',
  en:
    'the and is are you we for with this that these have has had not from your our please be would can could of to if ' +
    'but they been were there which should i my me his her their it at by about when what how today tomorrow yesterday ' +
    'will need needs like send let know any some after before because does did do am was since until again still appointment prescription attached invoice',
};
/** With these one begins and ends a letter: each counts twice. */
const LETTER_WORDS: Record<Language, string> = {
  de:
    'guten tag grüezi sehr geehrte geehrter geehrten liebe lieber liebes hallo frau herr herrn doktor grüsse grüße ' +
    'grüssen gruss gruß freundliche freundlichen freundlicher besten beste dank danke bitte vielen hoi zäme grüessli liebs',
  fr:
    'bonjour bonsoir madame monsieur docteur chère cher cordialement salutations meilleures remercie remercions ' +
    'sincères merci bonne journée',
  it:
    'buongiorno buonasera gentile egregio egregi dottor dottore dottoressa signora signor cordiali saluti distinti ' +
    'grazie ringrazio cara caro',
  en: 'dear hello hi regards thank thanks sincerely kind best mr mrs ms',
};
/** What an unknown word looks like, in an order in which the first that fits decides. Half a word's weight each. */
const LOOKS: readonly [Language, RegExp][] = [
  ['de', /[äöüß]|sch|cht|tz|ck(?:en|t)|(?:ung|ungen|keit|heit|lich|liche[nrs]?|ische[nrs]?|chen|ieren)$/u],
  ['it', /(?:zion[ei]|mente|ità|[aiu]t[oaie]|à|ò|ù|ì|gli[oae]?|cch.+|ss[oaie]|tt[oaie])$/u],
  ['fr', /[çœêâîûëï]|(?:ée|ées|é|és|eux|euse|eau|eaux|ment|ez|ais|ait|ière|oir|oire|elle|ette|que)$/u],
  ['en', /(?:ing|ly|ness|ght|ould|wh.+|ed)$/u],
];
const LONG = 5;

const LANGUAGES = Object.keys(STOP_WORDS) as Language[];
const SAYS = ((): Map<string, [Language, number]> => {
  const all = new Map<string, [Language, number]>();
  const shared = new Set<string>();
  for (const [words, weight] of [[STOP_WORDS, 1] as const, [LETTER_WORDS, 2] as const]) {
    for (const language of LANGUAGES) {
      for (const word of words[language].split(' ')) {
        const known = all.get(word);
        if (known && known[0] !== language) shared.add(word);
        all.set(word, [language, weight]);
      }
    }
  }
  for (const word of [...shared, 'merci']) all.delete(word);
  return all;
})();

function sign(word: string): [Language, number] | null {
  const known = SAYS.get(word);
  if (known || word.length < LONG) return known ?? null;
  const looks = LOOKS.find(([, look]) => look.test(word));
  return looks ? [looks[0], 0.5] : null;
}

/** `fallback` where there is too little text to tell, or where two languages are as frequent. */
export function languageOf(text: string, fallback: Language): Language {
  const own = ownWords(text.slice(0, LOOKED_AT_CHARS)).slice(0, READ_CHARS).replace(LINK, ' ');
  const signs: Record<Language, number> = { de: 0, fr: 0, it: 0, en: 0 };
  for (const word of own
    .normalize('NFC')
    .toLowerCase()
    .match(/\p{L}+/gu) ?? []) {
    const [language, weight] = sign(word) ?? [null, 0];
    if (language) signs[language] += weight;
  }
  const [first, second] = [...LANGUAGES].sort((a, b) => signs[b] - signs[a]);
  if (!first || !second) return fallback;
  return signs[first] >= ENOUGH && signs[first] >= signs[second] * CLEAR_LEAD ? first : fallback;
}
