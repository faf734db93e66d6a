/** Squire, under our policy: whatever becomes markup is sanitised first, by our sanitiser and in the mail frame's realm.
 *  It keeps HTML as it is, which quoting other people's mail needs. */
import Squire from 'squire-rte';
import { sanitiseToEdit } from '../reader/sanitise';
import { toEdit, toStore, type Shows } from './fragment';
import { isLink } from './links';

const SMALL_CHARS = 200_000;
const STEPS_BACK = 30;
// Where the cursor was, in a step of the history.
const BOOKMARK = /<input id="(squire-selection-(?:start|end))" type="hidden">/g;

export class RichEditor extends Squire {
  constructor(
    root: HTMLElement,
    private readonly realm: Window,
    private readonly shows: Shows,
  ) {
    super(root, {
      sanitizeToDOMFragment: (html) => {
        const fragment = sanitiseToEdit(html, realm);
        for (const one of fragment.querySelectorAll('[data-bookmark]')) one.removeAttribute('data-bookmark');
        return toEdit(fragment, shows);
      },
      undo: { documentSizeThreshold: SMALL_CHARS, undoLimit: STEPS_BACK },
      didError: (error: unknown) => reportError(error),
    });
    // It lays handles over pictures by markup of its own, which would have to be told from the mail's.
    this._imageResizer.destroy();
  }

  /** A step of the history. The original writes it as markup, which the app's policy refuses. */
  override _setRawHTML(html: string): this {
    const fragment = sanitiseToEdit(html.replace(BOOKMARK, '<i data-bookmark="$1"></i>'), this.realm);
    for (const mark of fragment.querySelectorAll('[data-bookmark]')) mark.replaceWith(bookmark(mark));
    this._root.replaceChildren(toEdit(fragment, this.shows));
    if (!this._root.firstChild) this._root.append(this.createDefaultBlock());
    this._ignoreChange = true;
    return this;
  }

  /** Also what is pasted over a selection comes here. */
  override makeLink(address: string): Squire {
    return isLink(address) ? super.makeLink(address) : this;
  }

  /** As it is stored. */
  stored(): string {
    return toStore(sanitiseToEdit(this.getHTML(), this.realm));
  }
}

function bookmark(mark: Element): HTMLInputElement {
  const made = document.createElement('input');
  made.id = mark.getAttribute('data-bookmark') ?? '';
  made.type = 'hidden';
  return made;
}
