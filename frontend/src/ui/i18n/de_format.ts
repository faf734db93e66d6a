/** Deutsch: was formatierter Text braucht. */
import type { FormatKey, Text } from './en';

export const deFormat: Record<FormatKey, Text> = {
  'format.switch': 'Formatierung',
  'format.toolbar': 'Formatierung',
  'format.bold': 'Fett',
  'format.italic': 'Kursiv',
  'format.underline': 'Unterstrichen',
  'format.bullets': 'Aufzählung',
  'format.numbers': 'Nummerierte Liste',
  'format.quote_more': 'Tiefer zitieren',
  'format.quote_less': 'Weniger tief zitieren',
  'format.link': 'Link',
  'format.clear': 'Formatierung entfernen',
  'format.picture': 'Bild einfügen',
  'format.loading': 'Der Editor wird geladen…',
  'format.failed':
    'Der Editor für formatierten Text konnte nicht geladen werden. Bis dahin lässt sich der Text nur lesen.',
  'format.again': 'Noch einmal versuchen',
  'format.link_address': 'Adresse',
  'format.link_bad': 'Das ist keine Adresse: sie sieht aus wie www.praxis.example.',
  'format.link_set': 'Link setzen',
  'format.link_remove': 'Link entfernen',
  'format.plain_title': 'In reinen Text umwandeln?',
  'format.plain_why': 'Die Formatierung geht verloren. Bilder im Text werden zu Anhängen.',
  'format.plain': 'Umwandeln',
  'format.keep': 'Formatierung behalten',
  'files.pictures': { one: '{n} Bild im Text', other: '{n} Bilder im Text' },
  'me.identity_signature_html': 'Formatierte Signatur',
  'me.identity_signature_html_why': 'Für formatierte Nachrichten. Ohne sie gilt die einfache.',
  'me.identity_signature_format': 'Formatieren',
  'me.save_failed.signatures_too_large':
    'Die formatierten Signaturen sind zu gross. Kleinere Bilder oder weniger Formatierung helfen.',
};
