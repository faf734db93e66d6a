/** Deutsch: was aus dem wurde, was getan wurde, dort gesagt, wo es getan wurde. */
import type { OutcomeKey, Text } from './en';

export const deOutcomes: Record<OutcomeKey, Text> = {
  'action.look': 'Ansehen',
  'status.unsent': { one: '{n} Mail nicht gesendet', other: '{n} Mails nicht gesendet' },
  'toast.sent': 'Gesendet',
  'toast.unsent': '{subject}. {words}',
  'toast.overtaken_in': '{name} war schneller: jetzt in {folder}',
  'toast.somebody_else': 'Jemand anderes',
  'unsent.answered': 'Nicht gesendet: {name} hat {time} geantwortet',
  'unsent.at': 'um {time}',
  'unsent.why': 'Nicht gesendet. {why}',
  'unsent.unclear': 'Vielleicht nicht gesendet. {why}',
};
