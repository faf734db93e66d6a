/** Fills the mail frame and measures it, from outside: the frame runs no script of its own.
 *  What is done to the mail after sanitising is only this: links open elsewhere, those that begin a mail in the app, and
 *  pictures that came with the mail get a blob address. */

export type Fit = { width: number; height: number; scale: number };

/** A newsletter wider than the pane is shrunk down to this and may then be panned. */
const SMALLEST_SCALE = 0.5;
/** A mail that claims to be taller is cut here and scrolls in itself. */
const TALLEST_PX = 40_000;

const COLOURED = '[bgcolor], [style*="background"], [style*="color"], font[color], [color], [text]';

/** Mail with colours of its own stays as designed, on white; other mail follows the theme. */
export function isDesigned(fragment: ParentNode): boolean {
  return fragment.querySelector(COLOURED) !== null;
}

export function fill(doc: Document, fragment: DocumentFragment): void {
  doc.body.replaceChildren(doc.adoptNode(fragment));
  for (const link of doc.body.querySelectorAll('a[href]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
    const mailto = mailtoOf(link);
    if (mailto) toComposer(link, mailto);
  }
}

const WRITE = '/compose#mailto=';

function mailtoOf(link: Element): string {
  const href = link.getAttribute('href')?.trim() ?? '';
  return /^mailto:/i.test(href) ? href : '';
}

/** By the address alone: not every browser lets us listen in a frame without scripts, and there the link opens the app in
 *  a new tab, instead of the system's mail program with whatever account that has. In the fragment, so that no server
 *  reads whom the mail is to. */
function toComposer(link: Element, mailto: string): void {
  link.setAttribute('href', `${WRITE}${encodeURIComponent(mailto)}`);
  link.setAttribute('title', mailto.replace(/^mailto:|\?.*$/gi, ''));
}

/** The mail that a click would begin; '' for any other click. */
export function begunBy(target: EventTarget | null): string {
  // An element of the frame's window is none of ours: `instanceof` would not know it.
  const link = target && 'closest' in target ? (target as Element).closest('a[href]') : null;
  const href = link?.getAttribute('href') ?? '';
  // As it is read when the link opens a tab: a mail may have such an address of its own, and a broken one.
  return href.startsWith(WRITE) ? (new URLSearchParams(href.slice(href.indexOf('#') + 1)).get('mailto') ?? '') : '';
}

export function dress(doc: Document, designed: boolean, theme: 'light' | 'dark'): void {
  const root = doc.documentElement;
  root.toggleAttribute('data-designed', designed);
  root.setAttribute('data-plain', designed ? 'light' : theme);
}

/** Lays the mail out in `availablePx`, shrinks it if it is wider, and says how much room it takes. */
export function fit(doc: Document, availablePx: number, shrink: boolean): Fit {
  const body = doc.body;
  body.style.transform = '';
  body.style.transformOrigin = '0 0';
  body.style.width = '';
  const wide = Math.max(body.scrollWidth, availablePx);
  const scale = shrink && wide > availablePx ? Math.max(SMALLEST_SCALE, availablePx / wide) : 1;
  if (wide > availablePx) body.style.width = `${wide}px`;
  if (scale < 1) body.style.transform = `scale(${scale})`;
  const tall = Math.ceil(Math.max(body.scrollHeight, body.offsetHeight) * scale);
  doc.documentElement.style.overflowY = tall > TALLEST_PX ? 'auto' : '';
  return { width: Math.ceil(wide * scale), height: Math.min(tall, TALLEST_PX), scale };
}

const RASTER = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Gives each picture that came with the mail its blob address; returns what must be revoked when the mail closes. */
export async function showInlineImages(
  doc: Document,
  partOf: (contentId: string) => string | null,
  load: (part: string) => Promise<Blob | null>,
  opened: (url: string) => void,
): Promise<void> {
  const pictures = [...doc.body.querySelectorAll<HTMLImageElement>('img[data-cid]')];
  await Promise.all(
    pictures.map(async (picture) => {
      const part = partOf(picture.getAttribute('data-cid') ?? '');
      const blob = part === null ? null : await load(part);
      if (!blob || !RASTER.has(blob.type.split(';')[0]?.trim() ?? '')) return;
      const url = URL.createObjectURL(blob);
      opened(url);
      picture.src = url;
    }),
  );
}
