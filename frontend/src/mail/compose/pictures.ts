/** Pictures inside the text of a mail: each is a file that the HTML names by its Content-ID (RFC 2392). Pure. */
import type { ComposedFile } from '../rows';
import { contentIdsIn } from './rich';

// As the server takes it; what others made up may be anything.
const ATOM = String.raw`[A-Za-z0-9!#$%&*+/=?^_\x60{|}~.-]{1,120}`;
const CONTENT_ID = new RegExp(`^${ATOM}(?:@${ATOM})?$`);
/** What every reader's program shows. */
const RASTER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export const isPicture = (type: string): boolean => RASTER.has(type.split(';')[0]?.trim().toLowerCase() ?? '');

/** Of a file that was put into the text here. */
export const contentIdOf = (id: string): string => `${id}@praxispost`;

/** Inside the text are those that `html` shows, each id once; the others go along beside it. */
export function shownIn(html: string | null, files: readonly ComposedFile[]): ComposedFile[] {
  const shown = html === null ? new Set<string>() : contentIdsIn(html);
  return files.map((file) => {
    const inline = file.inline && CONTENT_ID.test(file.content_id) && shown.delete(file.content_id);
    return { ...file, inline, content_id: inline ? file.content_id : '' };
  });
}

/** What a reader's screen shows of a picture inside a text. */
const LONGEST_PX = 1600;
const LARGE_PNG_BYTES = 500_000;

/** How large it may be. Null: it is small enough, or moves. */
export function fitted(type: string, width: number, height: number): { width: number; height: number } | null {
  const longest = Math.max(width, height);
  if (longest <= LONGEST_PX || type === 'image/gif') return null;
  const size = (px: number): number => Math.max(1, Math.round((px * LONGEST_PX) / longest));
  return { width: size(width), height: size(height) };
}

/** Drawings stay sharp and see-through as long as that is not dear. */
export const staysPng = (type: string, bytes: number): boolean => type === 'image/png' && bytes <= LARGE_PNG_BYTES;

export const asJpeg = (filename: string): string => `${filename.replace(/\.(?:png|webp|jpe?g|gif)$/i, '')}.jpg`;
