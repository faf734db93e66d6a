/** English: what became of what was done, told where it was done. */
import type { Text } from './en';

export const enOutcomes = {
  'action.look': 'Look',
  'attachments.open_in': 'Open with…',
  'attachments.open_full': 'Open full screen',
  'attachments.save': 'Save',
  'attachments.no_viewer': 'This browser cannot show a PDF. Open it in another program, or save it.',
  'compose.writing_now': { one: '{name} is writing this now', other: '{name} are writing this now' },
  'held.their_answer': 'Their answer',
  'held.my_answer': 'My answer',
  'held.answer_of': 'Answer of {name}',
  'held.original': 'Original',
  'held.received': 'received {time}',
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
