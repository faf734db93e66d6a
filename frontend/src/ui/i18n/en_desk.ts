/** English: how this device writes, and what to do where something of it cannot be had. */
import type { Text } from './en';

export const enDesk = {
  'book.cut': {
    one: '{n} card has more than 20 email addresses, as many as a contact can have. The first 20 were taken:',
    other: '{n} cards have more than 20 email addresses, as many as a contact can have. The first 20 were taken:',
  },
  'book.cut_card': { one: 'Line {line}: {n} address left out', other: 'Line {line}: {n} addresses left out' },
  'format.failed_plain': 'The editor for formatted text could not be loaded. The message is plain text meanwhile.',
  'format.plain_instead': 'Go on as plain text',
  'me.identity_signature_failed':
    'The editor for formatted text could not be loaded. The plain signature can be changed and saved meanwhile.',
  'keys.formatted': 'In formatted text',
  'me.begin': 'New messages begin as',
  'me.begin.plain': 'Plain text',
  'me.begin.formatted': 'Formatted text',
} as const satisfies Record<string, Text>;
