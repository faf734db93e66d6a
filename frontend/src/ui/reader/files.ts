/** Attachments as files: what can be shown in place, and how a file reaches the disk. */
import type { Attachment } from '../../mail/rows';
import { visible } from '../format';

export type Shown = 'image' | 'pdf';

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const BY_ENDING: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
};

function ending(filename: string): string {
  return /\.([a-z0-9]{1,5})$/i.exec(visible(filename))?.[1]?.toLowerCase() ?? '';
}

/** The declared type; for the "some file" that many programs declare, what the name says. */
function typeOf(file: Pick<Attachment, 'type' | 'filename'>): string {
  const declared = file.type.split(';')[0]?.trim().toLowerCase() ?? '';
  const vague = declared === '' || declared === 'application/octet-stream' || declared === 'application/x-pdf';
  return vague ? (BY_ENDING[ending(file.filename)] ?? declared) : declared;
}

/** Null: only to be downloaded. Raster pictures and PDF have no scripts that could run in our origin. */
export function shownAs(file: Pick<Attachment, 'type' | 'filename'>): Shown | null {
  const type = typeOf(file);
  if (IMAGES.has(type)) return 'image';
  return type === 'application/pdf' ? 'pdf' : null;
}

/** Three or four letters for the badge. */
export function badgeOf(file: Pick<Attachment, 'type' | 'filename'>): string {
  const letters = ending(file.filename) || typeOf(file).split('/')[1] || '';
  return /^[a-z0-9]{1,4}$/i.test(letters) ? letters.toUpperCase() : '';
}

/** An address for a preview: the type is ours, never the sender's. */
export function previewUrl(blob: Blob, file: Pick<Attachment, 'type' | 'filename'>): string {
  return URL.createObjectURL(new Blob([blob], { type: typeOf(file) }));
}

const REVOKE_MS = 60_000;

/** As bytes without a type, so that no browser opens a sent page in our origin. */
export function save(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}
