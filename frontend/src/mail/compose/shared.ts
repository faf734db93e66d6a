/** What another app shared with this one. Pure. */
import { oneLine } from './begin';

export type SharedText = { title: string; text: string; url: string };

/** What is shared mostly says the same twice: a page's address as its text, or its title. */
export function mailOf({ title, text, url }: SharedText): { subject: string; text: string } {
  const parts = [text, url].flatMap((part) => part.trim() || []);
  return { subject: oneLine(title).trim(), text: [...new Set(parts)].join('\n') };
}
