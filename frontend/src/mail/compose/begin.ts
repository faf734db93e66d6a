/** How a mail stands there before its first letter: new, as an answer, forwarded, once more, or as a draft of before. Pure.
 *
 *  What comes from somebody else's mail is hostile: names and file names lose what no header may hold. */
import type { Attachment, BodyRow, ComposedFile, Composition, Identity, Mailbox, MessageRow } from '../rows';
import { sameAddress } from './addresses';
import { languageOf, type Language } from './language';
import { forwardText, replyText, type AnswerPosition, type Quotable } from './quote';
import { shownIn } from './pictures';
import { recipientsFor, type ReplyKind } from './reply';
import { subjectFor } from './subject';

/** `body` is null where it cannot be had now: then nothing is quoted. */
export type Source = { row: MessageRow; body: BodyRow | null };

/** As whom and how this device writes. `newId` makes ids of drafts and files. */
export type Writer = {
  address: string;
  identities: readonly Identity[];
  language: Language;
  position: AnswerPosition;
  newId: () => string;
};

export type Fields = { to?: Mailbox[]; cc?: Mailbox[]; bcc?: Mailbox[]; subject?: string; text?: string };

const LONGEST_LINE = 500;
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const ANY_TYPE = 'application/octet-stream';

const NOTHING: Quotable = { text: '', subject: '', senders: [], to: [], cc: [], at_ms: 0 };

function empty(draft: string): Composition {
  return {
    draft,
    base: 0,
    kind: 'new',
    original: '',
    replaces: '',
    identity: '',
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    text: '',
    html: null,
    files: [],
  };
}

export function beginNew(fields: Fields, by: Writer): Composition {
  const identity = by.identities[0];
  const { text } = replyText({
    original: NOTHING,
    language: by.language,
    position: 'top',
    signature: identity?.signature ?? '',
  });
  return {
    ...empty(by.newId()),
    identity: identity?.id ?? '',
    to: (fields.to ?? []).map(clean),
    cc: (fields.cc ?? []).map(clean),
    bcc: (fields.bcc ?? []).map(clean),
    subject: oneLine(fields.subject ?? ''),
    text: (fields.text ?? '') + text,
  };
}

export function beginAnswer(source: Source, kind: ReplyKind, by: Writer, asAttachment: boolean): Composition {
  const { row } = source;
  const body = bodyIn(source);
  const identity = identityFor(source, by);
  const language = languageOf(body.text || row.preview, by.language);
  const { to, cc } = recipientsFor(kind, originalOf(row, body), ownAddresses(by));
  return {
    ...empty(by.newId()),
    kind,
    original: row.id,
    identity: identity?.id ?? '',
    to: to.map(clean),
    cc: cc.map(clean),
    subject: subjectFor(kind, row.subject, language),
    text: startedText(source, kind, by, { language, asAttachment, signature: identity?.signature ?? '' }),
    files: kind === 'forward' ? forwarded(source, by, asAttachment) : [],
  };
}

type Start = { language: Language; asAttachment: boolean; signature: string };

function startedText(source: Source, kind: ReplyKind, by: Writer, { asAttachment, ...start }: Start): string {
  const original = asAttachment ? NOTHING : quotable(source.row, bodyIn(source));
  if (kind === 'forward' && !asAttachment) return forwardText({ original, ...start }).text;
  return replyText({ original, position: by.position, ...start }).text;
}

/** The same mail once more, as a new one. */
export function beginAgain(source: Source, by: Writer): Composition {
  return { ...empty(by.newId()), ...contentOf(source, by) };
}

/** A message in Drafts: written here, or by another program. */
export function beginDraft(source: Source, by: Writer): Composition {
  const { row, body } = source;
  const head = body?.draft;
  const content = contentOf(source, by);
  if (!head) return { ...empty(by.newId()), ...content, replaces: row.id };
  const { draft, kind, original, seq } = head;
  const identity = by.identities.some((one) => one.id === head.identity) ? head.identity : content.identity;
  return { ...empty(draft), ...content, kind, original, identity, base: seq };
}

/** Another identity signs with its own words, where the ones of before still stand as they were. */
export function signedAs(text: string, before: Identity | undefined, after: Identity | undefined): string {
  const block = (identity: Identity | undefined): string => identity?.signature.trim() ?? '';
  const [old, next] = [block(before), block(after)];
  const at = old ? text.lastIndexOf(`\n-- \n${old}\n`) : -1;
  if (at < 0 || old === next) return text;
  const rest = text.slice(at + `\n-- \n${old}\n`.length);
  return `${text.slice(0, at)}${next ? `\n-- \n${next}\n` : '\n'}${rest}`;
}

export const ownAddresses = (by: Pick<Writer, 'address' | 'identities'>): string[] => [
  by.address,
  ...by.identities.map((identity) => identity.email),
];

/** The one that the mail reached, or that wrote it. */
function identityFor(source: Source, by: Writer): Identity | undefined {
  const { to, cc, bcc } = bodyIn(source);
  const named = [...to, ...cc, ...bcc, ...source.row.senders];
  const found = named.flatMap((box) => by.identities.filter((one) => sameAddress(one.email, box.email)));
  return found[0] ?? by.identities[0];
}

function contentOf(source: Source, by: Writer): Partial<Composition> & { identity: string } {
  const { row } = source;
  const { to, cc, bcc, text, html, attachments } = bodyIn(source);
  const writer = by.identities.find((one) => row.senders.some((box) => sameAddress(one.email, box.email)));
  return {
    identity: (writer ?? by.identities[0])?.id ?? '',
    to: to.map(clean),
    cc: cc.map(clean),
    bcc: bcc.map(clean),
    subject: oneLine(row.subject),
    text,
    html,
    files: shownIn(
      html,
      attachments.map((file) => fileOf(file, row.id, by)),
    ),
  };
}

function forwarded(source: Source, by: Writer, asAttachment: boolean): ComposedFile[] {
  const { row } = source;
  // In plain text no picture has a place of its own: all of them go along as files.
  if (!asAttachment) {
    const files = bodyIn(source).attachments.map((file) => fileOf(file, row.id, by));
    return shownIn(null, files);
  }
  const title = oneLine(row.subject).replace(/[\\/:*?"<>|]+/g, '_');
  const filename = `${title.slice(0, 200).trim() || 'mail'}.eml`;
  return [
    fileOf({ part: '', filename, type: 'message/rfc822', size: row.size, content_id: '', inline: false }, row.id, by),
  ];
}

export function fileOf(file: Attachment, message: string, by: Writer): ComposedFile {
  return {
    id: by.newId(),
    filename: oneLine(file.filename).slice(0, LONGEST_LINE),
    type: typeOf(file.type),
    size: file.size,
    content_id: file.content_id.slice(0, 200),
    inline: file.inline,
    message,
    part: file.part,
  };
}

/** A type that a header may hold. */
export const typeOf = (type: string): string => {
  const lower = type.toLowerCase();
  return TYPE.test(lower) && lower.length <= 120 ? lower : ANY_TYPE;
};

export const quotable = (row: MessageRow, { text, to, cc, sent_at }: Contents): Quotable => ({
  text,
  subject: row.subject,
  senders: row.senders,
  to,
  cc,
  at_ms: sent_at ?? row.received_at,
});

const originalOf = (row: MessageRow, { to, cc, reply_to, list_post }: Contents) => ({
  senders: row.senders,
  to,
  cc,
  replyTo: reply_to,
  listPost: list_post,
});

type Contents = Pick<
  BodyRow,
  'text' | 'html' | 'to' | 'cc' | 'bcc' | 'reply_to' | 'list_post' | 'sent_at' | 'attachments'
>;

/** Where it cannot be had, what the row says of it. */
export const bodyIn = ({ row, body }: Source): Contents =>
  body ?? {
    text: '',
    html: null,
    to: row.recipients,
    cc: [],
    bcc: [],
    reply_to: [],
    list_post: '',
    sent_at: null,
    attachments: [],
  };

/** As a header can hold it. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

const clean = ({ name, email }: Mailbox): Mailbox => ({ name: oneLine(name).slice(0, LONGEST_LINE), email });
