/** The second sanitiser, right before the mail is shown; the server's was the first. One frozen config, no hooks.
 *
 *  It parses in the frame's own realm, under the frame's policy: under the app's, which forbids inline styles, each style of
 *  a mail is reported as a violation and arrives as dead text. */
import DOMPurify, { type WindowLike } from 'dompurify';

const CONFIG = Object.freeze({
  USE_PROFILES: { html: true },
  RETURN_DOM_FRAGMENT: true as const,
  FORBID_TAGS: [
    'style',
    'link',
    'meta',
    'base',
    'form',
    'input',
    'button',
    'select',
    'option',
    'textarea',
    'label',
    'fieldset',
    'dialog',
    'audio',
    'video',
    'source',
    'track',
    'picture',
    'map',
    'area',
    'template',
    'slot',
    'marquee',
    'menu',
  ],
  // Ids and names could shadow globals; every address that loads something is gone: pictures come as blobs later.
  FORBID_ATTR: [
    'id',
    'name',
    'class',
    'src',
    'srcset',
    'sizes',
    'background',
    'poster',
    'ping',
    'action',
    'formaction',
    'usemap',
    'tabindex',
    'accesskey',
    'autofocus',
    'popover',
    'popovertarget',
    'contenteditable',
    'is',
    'slot',
    'part',
    'target',
  ],
  // Asked of every attribute's value: three schemes, or what has none ("center", "#ffcc00", "600").
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
  // Every value is held against the pattern above unless its attribute is named here: those that lay out and colour.
  ADD_URI_SAFE_ATTR: [
    'align',
    'bgcolor',
    'border',
    'cellpadding',
    'cellspacing',
    'clear',
    'color',
    'colspan',
    'dir',
    'face',
    'height',
    'hspace',
    'lang',
    'nowrap',
    'rowspan',
    'size',
    'span',
    'start',
    'type',
    'valign',
    'vspace',
    'width',
  ],
  ALLOW_UNKNOWN_PROTOCOLS: false,
  WHOLE_DOCUMENT: false,
});

/** For the editor: as well, what it needs to find its pictures again, and no element that it would style by markup. */
const EDITED = Object.freeze({
  ...CONFIG,
  FORBID_TAGS: [...CONFIG.FORBID_TAGS, 'tt'],
  FORBID_ATTR: CONFIG.FORBID_ATTR.filter((name) => name !== 'src'),
  ALLOW_DATA_ATTR: false,
  ADD_ATTR: ['data-cid', 'data-bookmark'],
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel|cid):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
});

type Purify = ReturnType<typeof DOMPurify>;
const made = new WeakMap<Window, Purify>();

function purifierOf(realm: Window): Purify {
  let purify = made.get(realm);
  if (!purify) made.set(realm, (purify = DOMPurify(realm as unknown as WindowLike)));
  return purify;
}

/** Untrusted HTML to an inert fragment, parsed by `realm`, the mail frame's window. Never put the result through a string
 *  again. */
export function sanitise(html: string, realm: Window): DocumentFragment {
  return purifierOf(realm).sanitize(html, CONFIG);
}

/** The same to be written in. Its pictures still have their addresses: nothing of it may stand in a page before they are
 *  looked at. */
export function sanitiseToEdit(html: string, realm: Window): DocumentFragment {
  return purifierOf(realm).sanitize(html, EDITED);
}
