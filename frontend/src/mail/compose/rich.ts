/** HTML of a mail that is written here: what of it is rich, which pictures it shows, and HTML for what was plain before.
 *
 *  It is looked at as text: always what our own editor or the server's sanitiser wrote, with quoted attributes. */
import type { Composition, Identity } from '../rows';
import { linesOf } from './ownwords';

// Lines and quote levels: plain text says them as well.
const BARE = /<\/?(?:div|p|br|span|blockquote)\s*\/?>/gi;
// An address that became a link of itself by being typed.
const OWN_LINK = /<a href="(?:mailto:|https?:\/\/)?([^"<>]*)">(?:https?:\/\/)?\1\/?<\/a>/gi;
const CONTENT_ID = /\b(?:data-cid="([^"]*)"|src="cid:([^"]*)")/gi;
const MARKS = /^>[> ]*/;

/** Does it say more than plain text can: formatting, lists, links with words of their own, pictures? */
export const isRich = (html: string): boolean => html.replace(OWN_LINK, '$1').replace(BARE, '').includes('<');

/** The pictures that it shows. */
export function contentIdsIn(html: string): Set<string> {
  const found = [...html.matchAll(CONTENT_ID)];
  return new Set(found.map(([, own, address]) => unescaped(own ?? unquoted(address ?? ''))));
}

/** As it leaves: a picture that was taken out of the text again stays behind. */
export function withoutUnshown(mail: Composition): Composition {
  if (mail.html === null || !mail.files.some((file) => file.inline)) return mail;
  const shown = contentIdsIn(mail.html);
  return { ...mail, files: mail.files.filter((file) => !file.inline || shown.has(file.content_id)) };
}

/** As it is sent: plain where nothing is rich. */
export function asSent(mail: Composition): Composition {
  const whole = withoutUnshown(mail);
  return whole.html === null || isRich(whole.html) ? whole : { ...whole, html: null };
}

/** As plain text from now on: pictures go along as files. */
export function flattened(mail: Composition): Pick<Composition, 'html' | 'files'> {
  const files = withoutUnshown(mail).files.map((file) => ({ ...file, inline: false, content_id: '' }));
  return { html: null, files };
}

/** Words that stand in a plain text, and the same in HTML. */
export type Block = { text: string; html: string };

/** HTML that reads as `text` did. A block that still stands there as it was gets its own HTML. */
export function richOf(text: string, blocks: readonly Block[]): string {
  const [block, ...others] = blocks;
  if (!block) return linesToHtml(text);
  const at = block.text ? text.lastIndexOf(block.text) : -1;
  if (at < 0) return richOf(text, others);
  return richOf(text.slice(0, at), others) + block.html + richOf(text.slice(at + block.text.length), others);
}

/** Quoted lines one level in a mark. */
export function linesToHtml(text: string): string {
  const lines = linesOf(text);
  if (lines.at(-1) === '') lines.pop();
  let depth = 0;
  let html = '';
  for (const line of lines) {
    const marks = MARKS.exec(line)?.[0] ?? '';
    const level = marks.replaceAll(' ', '').length;
    html += '</blockquote>'.repeat(Math.max(0, depth - level)) + '<blockquote>'.repeat(Math.max(0, level - depth));
    html += `<div>${escaped(line.slice(marks.length)) || '<br>'}</div>`;
    depth = level;
  }
  return html + '</blockquote>'.repeat(depth);
}

/** The signature under its line. '' where there is none. */
export const signatureBlock = (html: string): string => (html ? `<div><div>--</div>${html}</div>` : '');

/** How somebody signs a formatted mail. */
export const signatureOf = (identity: Identity | undefined): string =>
  identity ? identity.signature_html || linesToHtml(identity.signature.trimEnd()) : '';

export const quoteBlock = (said: string, html: string): string =>
  `<div>${escaped(said)}</div><blockquote>${html}</blockquote><div><br></div>`;

/** Another identity signs, where the words of the one before still stand as they were. */
export function signedHtml(html: string, before: string, after: string): string {
  const old = signatureBlock(before);
  const at = old ? html.lastIndexOf(old) : -1;
  return at < 0 ? html : html.slice(0, at) + signatureBlock(after) + html.slice(at + old.length);
}

export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/^ | (?= )/g, '&nbsp;');

const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

function unquoted(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
