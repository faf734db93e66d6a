/** What may be a link in a mail that is written here: the web, an address, a telephone number. Pure. */

const SCHEME = /^(?:https?|mailto|tel):/i;

/** Whole, and with nothing in it that a browser would leave out of it in silence. */
export const isLink = (address: string): boolean => SCHEME.test(address) && !/\p{Cc}/u.test(address);

/** As a link may be: null for what is no address. */
export function addressOf(typed: string): string | null {
  const text = typed.trim();
  const whole = /^(?:https?:\/\/|mailto:|tel:)/i.test(text)
    ? text
    : /^[^\s/@]+@[^\s/@]+$/.test(text)
      ? `mailto:${text}`
      : `https://${text}`;
  try {
    const url = new URL(whole);
    const named = url.protocol.startsWith('http') ? url.hostname.includes('.') : url.pathname !== '';
    return named && isLink(whole) ? url.href : null;
  } catch {
    return null;
  }
}

/** What is no link keeps its words. */
export function unlink(within: ParentNode): void {
  for (const one of within.querySelectorAll('[href]')) {
    if (!isLink(one.getAttribute('href') ?? '')) one.removeAttribute('href');
  }
}
