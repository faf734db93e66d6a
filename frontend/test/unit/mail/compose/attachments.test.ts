import { expect, test } from 'vitest';
import { mentionsAttachment } from '../../../../src/mail/compose/attachments';

test.each([
  'Den Bericht finden Sie im Anhang.',
  'siehe Anhänge',
  'Anbei der Befund',
  'ANBEI DER BEFUND',
  'Der Befund liegt als PDF-Anhang bei',
  'die angehängte Datei',
  'das beiliegende Rezept',
  'Beiliegend erhalten Sie',
  'die beigefügten Bilder',
  'Beilage: Rezept',
  'Ich füge Ihnen den Bericht bei.',
  'Ich hänge das Röntgenbild an',
  'Wir legen das Rezept bei, danke.',
  'Vous trouverez en pièce jointe',
  'les pièces-jointes',
  'piece jointe',
  'ci-joint le rapport',
  'Ci-jointe, la facture',
  'en annexe le rapport',
  'Je vous joins le rapport',
  'voir le document joint',
  'in allegato il referto',
  'Allego il referto',
  'i documenti allegati',
  'Please find attached the report',
  'see the attachment.',
  'the enclosed letter',
  'I attach the report',
  'ohne Anhang geht es nicht, darum anbei der Bericht',
])('%j speaks of an attachment', (text) => {
  expect(mentionsAttachment(text, '')).toBe(true);
});

test.each([
  '',
  'Danke, bis morgen.',
  'Das Kind ist sehr anhänglich.',
  'Es hängt an den Werten, wir legen Wert darauf',
  'Wir legen Sie an den Tropf. Danke',
  'Il faut joindre le médecin',
  'une annexe au contrat',
  'She is unattachedly calm',
  'Sie erhalten die Mail ohne Anhang.',
  'Da war kein Anhang, es gibt keine Beilagen',
  'sans pièce jointe',
  'senza allegati',
  'There was no attachment',
  'I have not attached it',
])('%j does not', (text) => {
  expect(mentionsAttachment(text, '')).toBe(false);
});

test('quoted lines, the signature and a forwarded mail are the words of others', () => {
  expect(mentionsAttachment('Danke\n\nAm Montag schrieb Anna:\n> anbei der Befund', '')).toBe(false);
  expect(mentionsAttachment('Danke\n-- \nDiese Mail und ihr Anhang sind vertraulich', '')).toBe(false);
  expect(mentionsAttachment('z. K.\n\n---------- Weitergeleitete Nachricht ----------\nanbei', '')).toBe(false);
});

test('the subject counts unless it is that of the mail answered', () => {
  expect(mentionsAttachment('Guten Tag', 'Befund im Anhang')).toBe(true);
  expect(mentionsAttachment('Guten Tag', 'AW: Befund im Anhang')).toBe(false);
});

test('letters and marks apart are read as one', () => {
  expect(mentionsAttachment('die Anhänge'.normalize('NFD'), '')).toBe(true);
});

test('long text without an answer costs no more than its length', () => {
  const started = performance.now();
  for (const seed of ['hänge ', 'an', 'ohne ', 'pièce ', 'legen x ', 'a']) mentionsAttachment(seed.repeat(50_000), '');
  expect(performance.now() - started).toBeLessThan(2000);
});
