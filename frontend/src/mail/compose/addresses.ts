/** One address: whether it is one, how it is written beside a name, and when two are the same. */
import type { Mailbox } from '../rows';
import { asciiDomain } from './domains';
import { octets } from './octets';

// RFC 5321 4.5.3.1: a path of 256 octets is 254 without its angle brackets.
const LONGEST_LOCAL = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_LABEL = 63;

// RFC 5322 3.2.3 and 3.2.4, with what RFC 6532 3.2 adds: every character beyond ASCII, here without the invisible ones.
const ATOM = /^(?:[\w!#$%&'*+\-/=?^`{|}~]|(?![\p{C}\p{Z}])[^\p{ASCII}])+$/u;
const QUOTED = /^"(?:[^"\\\p{C}]|\\[^\p{C}])*"$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

/** An address that mail can be sent to. The domain needs a dot: people write to the Internet, where "hans@praxis" is
 *  a slip, and `localhost` is nobody's colleague. Literals like [192.0.2.1] are refused for the same reason. */
export function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > LONGEST_ADDRESS) return false;
  const local = text.slice(0, at);
  const domain = asciiDomain(text.slice(at + 1));
  if (octets(local) > LONGEST_LOCAL || octets(local) + 1 + domain.length > LONGEST_ADDRESS) return false;
  return (QUOTED.test(local) || local.split('.').every((atom) => ATOM.test(atom))) && isDomain(text.slice(at + 1));
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  // Full-width and other compatibility forms look like another domain.
  if (domain.normalize('NFKC') !== domain.normalize('NFC')) return false;
  if (labels.length < 2 || top.length < 2 || /^\p{N}+$/u.test(top)) return false;
  return labels.every((label) => LABEL.test(label) && asciiDomain(label).length <= LONGEST_LABEL);
}

/** As people write it and `parseMailboxes` reads it. Dots in a name are left unquoted ("Dr. Muster"): the grammar calls
 *  that obsolete (RFC 5322 4.1), every program reads it. */
export function formatMailbox(box: Mailbox): string {
  const name = box.name.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  if (!name || name === box.email) return box.email;
  const shown = /[",;:<>@()[\]\\]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
  return box.email ? `${shown} <${box.email}>` : shown;
}

/** What two addresses of one person have in common. The part before the @ is compared without case as well: the
 *  standard lets a server tell Hans from hans (RFC 5321 2.4), none does, and people write both. */
export function addressKey(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 0) return email.normalize('NFC').toLowerCase();
  return `${unquoted(email.slice(0, at)).normalize('NFC').toLowerCase()}@${asciiDomain(email.slice(at + 1))}`;
}

/** RFC 5321 4.1.2: quotes that nothing needs do not make another address. */
function unquoted(local: string): string {
  if (!QUOTED.test(local)) return local;
  const bare = local.slice(1, -1).replace(/\\(.)/gsu, '$1');
  return bare.split('.').every((atom) => ATOM.test(atom)) ? bare : local;
}

export const sameAddress = (a: string, b: string): boolean => addressKey(a) === addressKey(b);

/** Everyone once, in order; `taken` are keys that count as seen, and are added to. */
export function once(boxes: readonly Mailbox[], taken: Set<string> = new Set()): Mailbox[] {
  return boxes.filter((box) => {
    const key = addressKey(box.email);
    return !taken.has(key) && taken.add(key);
  });
}
