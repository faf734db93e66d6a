/** English: how this device writes, and what to do where something of it cannot be had. */
import type { Text } from './en';

export const enDesk = {
  'keys.formatted': 'In formatted text',
  'me.begin': 'New messages begin as',
  'me.begin.plain': 'Plain text',
  'me.begin.formatted': 'Formatted text',
} as const satisfies Record<string, Text>;
