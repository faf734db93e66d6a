/** Deutsch: wie dieses Gerät schreibt, und was zu tun ist, wo etwas davon nicht zu haben ist. */
import type { DeskKey, Text } from './en';

export const deDesk: Record<DeskKey, Text> = {
  'keys.formatted': 'In formatiertem Text',
  'me.begin': 'Neue Nachrichten beginnen als',
  'me.begin.plain': 'Reiner Text',
  'me.begin.formatted': 'Formatierter Text',
};
