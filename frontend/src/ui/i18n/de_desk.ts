/** Deutsch: wie dieses Gerät schreibt, und was zu tun ist, wo etwas davon nicht zu haben ist. */
import type { DeskKey, Text } from './en';

export const deDesk: Record<DeskKey, Text> = {
  'book.cut': {
    one: '{n} Karte hat mehr als 20 E-Mail-Adressen, so viele ein Kontakt haben kann. Übernommen wurden die ersten 20:',
    other:
      '{n} Karten haben mehr als 20 E-Mail-Adressen, so viele ein Kontakt haben kann. Übernommen wurden die ersten 20:',
  },
  'book.cut_card': { one: 'Zeile {line}: {n} Adresse weggelassen', other: 'Zeile {line}: {n} Adressen weggelassen' },
  'keys.formatted': 'In formatiertem Text',
  'me.begin': 'Neue Nachrichten beginnen als',
  'me.begin.plain': 'Reiner Text',
  'me.begin.formatted': 'Formatierter Text',
};
