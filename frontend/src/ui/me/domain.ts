/** A domain as somebody types or pastes it: an address, with a star, in capitals. Null: none. */
import { isAddress } from '../../mail/compose/addresses';

export function domainIn(typed: string): string | null {
  const bare = typed.trim().toLowerCase();
  const domain = bare
    .slice(bare.lastIndexOf('@') + 1)
    .replace(/^(?:https?:\/\/|\*?\.)/, '')
    .replace(/[./]+$/, '');
  return isAddress(`a@${domain}`) ? domain : null;
}
