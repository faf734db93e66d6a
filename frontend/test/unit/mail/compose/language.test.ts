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

const SHORT: Record<Language, readonly string[]> = {
  de: [
    'Freitag mache ich. Danke euch!',
    'Können Sie mir das Rezept schicken? Besten Dank, Luca Tanner',
    'Grüezi\n\nMein Arbeitgeber verlangt ein Zeugnis ab dem dritten Tag. Geht das?',
    'Guten Tag\n\nIm Anhang die Rechnung 20721.\n\nBesten Dank',
    'Hoi zäme\n\nSie hat zweimal angerufen wegen der Überweisung. Ruft jemand zurück? Nummer in der KG.\n\nLiebs Grüessli',
    'Befund liegt bei. Kontrolle in drei Wochen.\nFreundliche Grüsse',
    'Ich kann den Montag und den Mittwoch übernehmen.',
    'Patientin kommt morgen um 8 Uhr zur Blutentnahme. Bitte nüchtern.',
    'Termin verschoben auf Donnerstag, 14 Uhr. Ist das in Ordnung?',
    'Liebe Anna\nDie Medikation kann unverändert weitergeführt werden.\nDr. med. Chiara Bernasconi',
  ],
  fr: [
    'Bonjour, je dois déplacer mon rendez-vous de demain. Merci, Luc Favre',
    "Pouvez-vous m'envoyer l'ordonnance ? Merci d'avance.",
    'Bonjour Docteur\n\nLes résultats sont en annexe.\n\nMeilleures salutations',
    "La patiente n'est pas venue ce matin. Faut-il la rappeler ?",
    'Ci-joint la facture du mois de mai. Cordialement',
    "J'ai de la fièvre depuis hier soir. Que dois-je faire ?",
  ],
  it: [
    "Buongiorno, vorrei spostare l'appuntamento di domani. Grazie, Sandro",
    'Può mandarmi la ricetta? Grazie mille',
    'Gentile dottoressa\n\nIn allegato il referto della paziente.\n\nCordiali saluti',
    'Ho la febbre da ieri sera. Cosa devo fare?',
    'La fattura è in allegato. Distinti saluti',
    'La terapia può continuare senza modifiche. Controllo fra tre settimane.',
  ],
  en: [
    'Hello, I need to move my appointment tomorrow. Thanks, Tom',
    'Could you send me the prescription? Thank you!',
    'Dear Dr Brunner\n\nPlease find the report attached.\n\nKind regards',
    'I have had a fever since yesterday. What should I do?',
    'The invoice is attached. Best regards',
  ],
};

test.each(LANGUAGES.flatMap((language) => SHORT[language].map((text) => [language, text] as const)))(
  'a mail of a few words is %s: %j',
  (language, text) => {
    for (const fallback of LANGUAGES) expect(languageOf(text, fallback)).toBe(language);
  },
);

test.each(['Dr. Müller, Zürich', 'Labor Seeblick AG\n044 123 45 67', 'Amoxicillin 500 mg 1-1-1', 'OK', 'Paracetamol?'])(
  '%j is in no language',
  (text) => {
    for (const fallback of LANGUAGES) expect(languageOf(text, fallback)).toBe(fallback);
  },
);

test.each(['', 'Danke!', 'OK, merci', '12.03.2026 08:30', 'https://praxis.example/the/and/is', '漢字'])(
  '%j is too little to tell',
  (text) => {
    for (const fallback of LANGUAGES) expect(languageOf(text, fallback)).toBe(fallback);
  },
);

test('two languages in equal parts are told by the fallback', () => {
  expect(languageOf(`${TEXTS.it}\n${TEXTS.en}`, 'fr')).toBe('fr');
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
