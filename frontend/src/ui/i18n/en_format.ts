/** English: what formatted text needs. */
import type { Text } from './en';

export const enFormat = {
  'format.switch': 'Formatting',
  'format.toolbar': 'Formatting',
  'format.bold': 'Bold',
  'format.italic': 'Italic',
  'format.underline': 'Underline',
  'format.bullets': 'Bulleted list',
  'format.numbers': 'Numbered list',
  'format.quote_more': 'Quote more',
  'format.quote_less': 'Quote less',
  'format.link': 'Link',
  'format.clear': 'Remove formatting',
  'format.picture': 'Insert a picture',
  'format.loading': 'Loading the editor…',
  'format.failed': 'The editor for formatted text could not be loaded. Until it is, the text can only be read.',
  'format.again': 'Try again',
  'format.link_address': 'Address',
  'format.link_bad': 'This is not an address: it looks like www.praxis.example.',
  'format.link_set': 'Set link',
  'format.link_remove': 'Remove link',
  'format.plain_title': 'Make it plain text?',
  'format.plain_why': 'Formatting is lost. Pictures in the text become attachments.',
  'format.plain': 'Make plain text',
  'format.keep': 'Keep formatting',
  'files.pictures': { one: '{n} picture in the text', other: '{n} pictures in the text' },
  'me.identity_signature_html': 'Formatted signature',
  'me.identity_signature_html_why': 'For formatted mail. Without it, the plain one is used.',
  'me.identity_signature_format': 'Format it',
  'me.save_failed.signatures_too_large':
    'the formatted signatures are too large. Smaller pictures or less formatting help.',
} as const satisfies Record<string, Text>;
