/** Does the writer speak of an attachment? For the question before sending; asked in vain, it is only a tap. */
import { ownWords } from './ownwords';
import { readSubject } from './subject';

const LOOKED_AT_CHARS = 50_000;

// Whole words. Compounds count ("PDF-Anhang", "Mailanhang"); "anhänglich" and "joindre" in another sense do not.
const MENTIONS = [
  // de, with the Swiss "Beilage"
  String.raw`\p{L}*anhang|\p{L}*anhängen?|angehängte?[mnrs]?|anbei`,
  String.raw`beiliegend(?:e[mnrs]?)?|beigelegte?[mnrs]?|beigefügte?[mnrs]?|\p{L}*beilagen?`,
  String.raw`(?:häng|füg|leg)en? [^.!?\n]{1,80} (?:an|bei)(?=\s*(?:[.,;:!?)]|$))`,
  // fr
  String.raw`pi[èe]ces?[ -]jointes?|ci-?joint(?:e?s?)?|ci-?inclus(?:es?)?|ci-?annexé(?:e?s?)?|en annexe|en pj`,
  String.raw`(?:fichier|document)s? joints?|(?:je|nous) (?:vous |te )?joi(?:ns|gnons)`,
  // it
  String.raw`allegat[oaie]|allego|alleghiamo`,
  // en
  String.raw`attached|attachments?|enclosed|enclosures?|(?:i|we) (?:attach|enclose)`,
].join('|');
const MENTION = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${MENTIONS})(?![\p{L}\p{N}])`, 'imu');
const NONE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:` +
    [
      String.raw`(?:ohne|keine?[nr]?)(?: \p{L}+)? (?:\p{L}*anhang|\p{L}*anhänge|\p{L}*beilagen?)`,
      String.raw`(?:sans|pas de|aucune) pi[èe]ces?[ -]jointes?`,
      String.raw`(?:senza|nessun) allegat[oi]`,
      String.raw`(?:no|not|without|any)(?: an)? (?:attached|attachments?|enclosed|enclosures?)`,
    ].join('|') +
    String.raw`)(?![\p{L}\p{N}])`,
  'giu',
);

/** In German, French, Italian or English, in the writer's own words and subject; an answer's subject is not theirs. */
export function mentionsAttachment(text: string, subject: string): boolean {
  const title = readSubject(subject, 'it').prefixes.length > 0 ? '' : subject;
  return mentions(ownWords(text.slice(0, LOOKED_AT_CHARS))) || mentions(title);
}

const mentions = (text: string): boolean => MENTION.test(text.normalize('NFC').replace(NONE, ' '));
