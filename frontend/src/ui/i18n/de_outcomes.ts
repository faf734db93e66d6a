/** Deutsch: was aus dem wurde, was getan wurde, dort gesagt, wo es getan wurde. */
import type { OutcomeKey, Text } from './en';

export const deOutcomes: Record<OutcomeKey, Text> = {
  'action.look': 'Ansehen',
  'attachments.open_in': 'Öffnen mit…',
  'attachments.open_full': 'Ganz öffnen',
  'attachments.save': 'Speichern',
  'attachments.no_viewer':
    'Dieser Browser kann PDF nicht anzeigen. Öffnen Sie die Datei in einem anderen Programm, oder speichern Sie sie.',
  'compose.writing_now': { one: '{name} schreibt jetzt daran', other: '{name} schreiben jetzt daran' },
  'held.their_answer': 'Die andere Antwort',
  'held.my_answer': 'Meine Antwort',
  'held.answer_of': 'Antwort von {name}',
  'held.original': 'Original',
  'held.received': 'erhalten {time}',
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
