/** A plain mail becomes a formatted one: what it quotes gets its own HTML and pictures, the signature its own. Pure.
 *
 *  Only where they still stand as they were: words that were changed are the writer's, and stay as they are. */
import type { BodyRow, ComposedFile, Composition } from '../rows';
import { bodyIn, fileOf, quotable, type Source, type Writer } from './begin';
import { languageOf } from './language';
import { shownIn } from './pictures';
import { forwardedBlock, quotedBlock } from './quote';
import { contentIdsIn, linesToHtml, quoteBlock, richOf, signatureBlock, signatureOf, type Block } from './rich';

/** `source`: what it answers or forwards, null where that cannot be had. */
export function enriched(
  mail: Composition,
  source: Source | null,
  by: Writer,
): Pick<Composition, 'html' | 'files'> & { html: string } {
  const identity = by.identities.find((one) => one.id === mail.identity);
  const signature = identity?.signature.trimEnd() ?? '';
  const blocks = [
    ...(source ? olderOf(mail, source, by) : []),
    ...(signature ? [{ text: `-- \n${signature}\n`, html: signatureBlock(signatureOf(identity)) }] : []),
  ];
  const html = richOf(mail.text, blocks);
  return { html, files: source?.body ? withPictures(mail.files, html, source.row.id, source.body, by) : mail.files };
}

function olderOf(mail: Composition, source: Source, by: Writer): Block[] {
  const body = bodyIn(source);
  if (body.html === null) return [];
  const original = quotable(source.row, body);
  const language = languageOf(body.text || source.row.preview, by.language);
  if (mail.kind === 'forward') {
    const { head, text } = forwardedBlock({ original, language });
    return [{ text, html: linesToHtml(head.join('\n')) + body.html }];
  }
  const { head, text } = quotedBlock({ original, language });
  return [{ text, html: quoteBlock(head[0] ?? '', body.html) }];
}

/** The pictures of what is quoted travel inside the text, not beside it. */
function withPictures(
  files: readonly ComposedFile[],
  html: string,
  message: string,
  { attachments }: BodyRow,
  by: Writer,
): ComposedFile[] {
  const shown = contentIdsIn(html);
  const parts = attachments.filter((one) => one.inline && shown.has(one.content_id));
  const others = files.filter((file) => file.message !== message || !parts.some((one) => one.part === file.part));
  return shownIn(html, [...others, ...parts.map((one) => fileOf(one, message, by))]);
}
