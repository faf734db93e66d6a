/** What speaks against sending a mail as it stands. Pure; the screen asks, one question after the other. */
import type { AccountRow, ComposedFile, Composition, Mailbox } from '../rows';
import { isAddress } from './addresses';
import { mentionsAttachment } from './attachments';
import { isConfidential, unprotected, withoutMarker } from './hin';
import { octets } from './octets';

export type Objection =
  | { code: 'no_recipients' | 'no_subject' | 'attachment_missing' | 'uploading_offline' }
  | { code: 'bad_address'; addresses: string[] }
  | { code: 'too_large'; bytes: number; most: number }
  | { code: 'unprotected'; recipients: Mailbox[] }
  | { code: 'no_smtp' };

type Account = Pick<AccountRow, 'preset' | 'can_send' | 'max_bytes' | 'protected_domains'>;

/** How things are when somebody presses Send. `lost`: a file that was chosen is not here; `waits`: some are not at the
 *  server yet, and there is no network. */
export type Moment = { account: Account; lost: boolean; waits: boolean };

/** What the server allows where nobody said. */
const USUAL_BYTES = 25 * 1024 * 1024;
/** What one wish may hold. */
const TEXT_BYTES = 900 * 1024;
/** Base64 in lines of 76 (RFC 2045 6.8). */
const encoded = (bytes: number): number => Math.ceil((bytes / 57) * 78);
const HEADERS_BYTES = 4096;

export function objectionsTo(mail: Composition, moment: Moment): Objection[] {
  return [...ofRecipients(mail, moment), ...ofContent(mail, moment), ...ofTheWay(moment)];
}

function ofRecipients(mail: Composition, { account }: Moment): Objection[] {
  const everyone = [...mail.to, ...mail.cc, ...mail.bcc];
  if (everyone.length === 0) return [{ code: 'no_recipients' }];
  const bad = everyone.filter((box) => !isAddress(box.email)).map((box) => box.email);
  const hin = account.preset === 'hin' && !isConfidential(mail.subject);
  const recipients = hin ? unprotected(everyone, account.protected_domains).filter((box) => isAddress(box.email)) : [];
  return [
    ...(bad.length > 0 ? [{ code: 'bad_address', addresses: bad } as const] : []),
    ...(recipients.length > 0 ? [{ code: 'unprotected', recipients } as const] : []),
  ];
}

function ofContent(mail: Composition, { account, lost }: Moment): Objection[] {
  const large = tooLarge(mail, mail.files, account.max_bytes);
  const without = !mail.files.some((file) => !file.inline) && mentionsAttachment(mail.text, mail.subject);
  return [
    ...(large ? [large] : []),
    ...(withoutMarker(mail.subject).trim() ? [] : [{ code: 'no_subject' } as const]),
    ...(lost || without ? [{ code: 'attachment_missing' } as const] : []),
  ];
}

const ofTheWay = ({ account, waits }: Moment): Objection[] => [
  ...(account.can_send ? [] : [{ code: 'no_smtp' } as const]),
  ...(waits ? [{ code: 'uploading_offline' } as const] : []),
];

/** Told before anything is uploaded: with these files the mail would be larger than any server takes. */
export function tooLarge(
  mail: Pick<Composition, 'text' | 'html'>,
  files: readonly Pick<ComposedFile, 'size'>[],
  max_bytes: number,
): Objection | null {
  const text = octets(mail.text) + octets(mail.html ?? '');
  if (text > TEXT_BYTES) return { code: 'too_large', bytes: text, most: TEXT_BYTES };
  const most = max_bytes || USUAL_BYTES;
  const bytes = files.reduce((sum, file) => sum + encoded(file.size), HEADERS_BYTES + encoded(text));
  return bytes > most ? { code: 'too_large', bytes, most } : null;
}
