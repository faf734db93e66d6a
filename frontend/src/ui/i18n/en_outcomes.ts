/** English: what became of what was done, told where it was done. */
import type { Text } from './en';

export const enOutcomes = {
  'action.look': 'Look',
  'status.unsent': { one: '{n} mail not sent', other: '{n} mails not sent' },
  'toast.sent': 'Sent',
  'toast.unsent': '{subject}. {words}',
  'toast.overtaken_in': '{name} was faster: now in {folder}',
  'toast.somebody_else': 'Somebody else',
  'unsent.answered': 'Not sent: {name} answered {time}',
  'unsent.at': 'at {time}',
  'unsent.why': 'Not sent. {why}',
  'unsent.unclear': 'Perhaps not sent. {why}',
} as const satisfies Record<string, Text>;
