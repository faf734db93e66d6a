/** As whom one writes on this device, and the mail that a text begins from. */
import { get } from 'svelte/store';
import { beginDraft, type Source, type Writer as Me } from '../../mail/compose/begin';
import type { Language } from '../../mail/compose/language';
import type { Composition } from '../../mail/rows';
import { fetchBody, heldBody } from '../../sync/reading';
import { known } from '../../sync/session';
import { rows } from '../list';
import type { Place } from '../place';
import { settings } from '../settings';
import { account } from '../status';
import { newId } from './ids';

const LANGUAGES: readonly Language[] = ['de', 'fr', 'it', 'en'];

/** The writer's, where a text does not tell. */
export function ownLanguage(): Language {
  const wanted = [get(settings).language, ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wanted.flatMap((tag) => LANGUAGES.find((language) => language === tag) ?? [])[0] ?? 'de';
}

export async function me(place: Place): Promise<Me> {
  const mailbox = get(account) ?? (await known(place.mirror)).account;
  return {
    address: mailbox?.address ?? '',
    identities: mailbox?.identities ?? [],
    language: ownLanguage(),
    position: get(settings).quotePosition,
    newId,
  };
}

export async function sourceOf(place: Place, message: string): Promise<Source | null> {
  const row = (await rows([message])).get(message);
  if (!row) return null;
  const held = await heldBody(place.mirror, message);
  if (held) return { row, body: held };
  const answer = await fetchBody(place.mirror, place.bell, message);
  return { row, body: 'body' in answer ? answer.body : null };
}

/** A message in Drafts as it stands there now. Null: it cannot be had. */
export async function draftIn(place: Place, message: string): Promise<Composition | null> {
  const source = await sourceOf(place, message);
  return source?.body ? beginDraft(source, await me(place)) : null;
}
