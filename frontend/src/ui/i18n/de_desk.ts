/** Deutsch: wie dieses Gerät schreibt, und was zu tun ist, wo etwas davon nicht zu haben ist. */
import type { DeskKey, Text } from './en';

export const deDesk: Record<DeskKey, Text> = {
  'book.cut': {
    one: '{n} Karte hat mehr als 20 E-Mail-Adressen, so viele ein Kontakt haben kann. Übernommen wurden die ersten 20:',
    other:
      '{n} Karten haben mehr als 20 E-Mail-Adressen, so viele ein Kontakt haben kann. Übernommen wurden die ersten 20:',
  },
  'book.cut_card': { one: 'Zeile {line}: {n} Adresse weggelassen', other: 'Zeile {line}: {n} Adressen weggelassen' },
  'format.failed_plain':
    'Der Editor für formatierten Text konnte nicht geladen werden. Die Nachricht ist solange reiner Text.',
  'format.plain_instead': 'Als reiner Text weiter',
  'me.identity_signature_failed':
    'Der Editor für formatierten Text konnte nicht geladen werden. Die einfache Signatur lässt sich solange ändern und speichern.',
  'keys.formatted': 'In formatiertem Text',
  'me.begin': 'Neue Nachrichten beginnen als',
  'me.begin.plain': 'Reiner Text',
  'me.begin.formatted': 'Formatierter Text',
};
