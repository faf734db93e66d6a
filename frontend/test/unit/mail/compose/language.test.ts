import { expect, test } from 'vitest';
import { languageOf, type Language } from '../../../../src/mail/compose/language';

const TEXTS: Record<Language, string> = {
  de: 'Guten Tag, ich möchte den Termin von morgen verschieben, weil ich noch nicht gesund bin. Freundliche Grüsse',
  fr: "Bonjour, je vous envoie les résultats et vous prie de me dire si l'ordonnance est prête. Merci, cordialement",
  it: 'Buongiorno, questa è la lettera della paziente che abbiamo visto anche alla clinica. Grazie, cordiali saluti',
  en: 'Dear colleagues, please find the results of our patient below. We would like to hear from you. Regards',
};
const LANGUAGES = Object.keys(TEXTS) as Language[];

test.each(LANGUAGES)('a short letter in %s is recognised', (language) => {
  for (const fallback of LANGUAGES) expect(languageOf(TEXTS[language], fallback)).toBe(language);
});

test.each(['', 'Danke!', 'OK, merci', '12.03.2026 08:30', 'https://praxis.example/the/and/is', '漢字'])(
  '%j is too little to tell',
  (text) => {
    for (const fallback of LANGUAGES) expect(languageOf(text, fallback)).toBe(fallback);
  },
);

test('two languages in equal parts are told by the fallback', () => {
  expect(languageOf(`${TEXTS.de}\n${TEXTS.fr}`, 'it')).toBe('it');
});

test('quotes, signatures and older mail below are not counted', () => {
  const quote = TEXTS.fr.split(', ').map((line) => `> ${line}`);
  expect(languageOf([TEXTS.de, '', ...quote, ...quote, ...quote].join('\n'), 'en')).toBe('de');
  expect(languageOf([TEXTS.de, '-- ', TEXTS.en, TEXTS.en].join('\n'), 'fr')).toBe('de');
  expect(languageOf([TEXTS.de, '----- Message -----', TEXTS.en, TEXTS.en].join('\n'), 'fr')).toBe('de');
});

test('the beginning decides', () => {
  expect(languageOf(`${TEXTS.de.repeat(20)}\n${TEXTS.en.repeat(200)}`, 'it')).toBe('de');
});

test('letters and marks apart are the same words', () => {
  expect(languageOf('für für für'.normalize('NFD'), 'it')).toBe('de');
});
