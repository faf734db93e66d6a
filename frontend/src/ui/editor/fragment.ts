/** Sanitised HTML ↔ what the editor holds. In the editor it stands inside the app's own page: so of its styles only those
 *  stay that dress the text, and pictures are shown from this device alone. */
import { unlink } from './links';

// Nothing that lays out beyond its own block, moves, covers or loads.
const STYLES =
  /^(?:color|background-color|font-(?:family|size|style|weight)|text-(?:align|decoration|transform)[a-z-]*|vertical-align|line-height|white-space[a-z-]*|list-style-type|(?:max-)?width|(?:padding|margin|border)-[a-z-]+)$/;
const BAD_VALUE = /url|image|var\(|attr\(|env\(|calc|\d(?:[a-z]?v(?:h|w|i|b|min|max)|cq[a-z]+)\b|^\s*-/i;

/** An address on this device for a picture of the mail. '' while it is not here; null: there is no such picture. */
export type Shows = (contentId: string) => string | null;

/** A copy of `fragment` that can stand in this page. Its styles are set by the object model, which the app's policy allows;
 *  as attributes they would be held against it. */
export function toEdit(fragment: DocumentFragment, shows: Shows): DocumentFragment {
  for (const styled of fragment.querySelectorAll<HTMLElement>('[style]')) {
    styled.setAttribute(CARRIED, dressing(styled.style));
    styled.removeAttribute('style');
  }
  // Copied, not adopted: an element of the frame's window would be none to the editor.
  const own = document.importNode(fragment, true);
  for (const styled of own.querySelectorAll<HTMLElement>(`[${CARRIED}]`)) {
    const text = styled.getAttribute(CARRIED);
    if (text) styled.style.cssText = text;
    styled.removeAttribute(CARRIED);
  }
  for (const picture of own.querySelectorAll('img')) showPicture(picture, shows);
  unlink(own);
  return own;
}

const CARRIED = 'data-style';

function dressing(style: CSSStyleDeclaration): string {
  const kept = Array.from(style).filter((name) => STYLES.test(name) && !BAD_VALUE.test(style.getPropertyValue(name)));
  return kept.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';');
}

export function contentIdIn(picture: Element): string {
  const own = picture.getAttribute('data-cid');
  if (own) return own;
  const address = /^cid:(.*)$/i.exec(picture.getAttribute('src') ?? '')?.[1] ?? '';
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function showPicture(picture: HTMLImageElement, shows: Shows): void {
  const contentId = contentIdIn(picture);
  const address = contentId ? shows(contentId) : null;
  for (const name of ['src', 'data-remote-src']) {
    // Small ones that stand in the markup itself.
    if (address !== null || !/^data:image\/(?:png|jpeg|gif|webp);/i.test(picture.getAttribute(name) ?? '')) {
      picture.removeAttribute(name);
    }
  }
  if (address === null && !picture.hasAttribute('src')) return picture.remove();
  if (address === null) return;
  picture.setAttribute('data-cid', contentId);
  if (address) picture.src = address;
}

/** What is stored: `fragment` is changed. */
export function toStore(fragment: DocumentFragment): string {
  unlink(fragment); // what was typed became a link of itself
  for (const picture of fragment.querySelectorAll('img')) {
    const contentId = contentIdIn(picture);
    if (!contentId) continue;
    picture.removeAttribute('data-cid');
    picture.setAttribute('src', `cid:${encodeURIComponent(contentId).replaceAll('%40', '@')}`);
  }
  const holder = fragment.ownerDocument.createElement('div');
  holder.append(fragment);
  return holder.innerHTML;
}
