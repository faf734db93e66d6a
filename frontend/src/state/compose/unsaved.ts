/** What was written on this device and is not in Drafts yet. Read only while somebody looks. */
import { readable, type Readable } from 'svelte/store';
import { allDrafts, type Kept } from '../../db/compositions';
import { waitingOf } from '../../db/outbox';
import { formatMailbox } from '../../mail/compose/addresses';
import { isUnsaved } from '../../mail/compose/facts';
import { savedOf, type Saved } from '../../mail/compose/saved';
import { arrival, here, onEnd, onNews, type Place } from '../place';

export type Unsaved = { draft: string; subject: string; to: string; at: number; saved: Saved };

let again: () => void = () => undefined;

export const unsaved: Readable<Unsaved[]> = readable<Unsaved[]>([], (set) => {
  again = () => {
    const place = here();
    if (!place) return set([]);
    read(place).then(
      (found) => {
        if (here() === place) set(found);
      },
      (error: unknown) => {
        if (here() === place) reportError(error);
      },
    );
  };
  void arrival().then(() => again());
  return () => (again = () => undefined);
});

async function read(place: Place): Promise<Unsaved[]> {
  const [drafts, wishes] = await Promise.all([allDrafts(place.mirror), waitingOf(place.mirror)]);
  const states = new Map(wishes.map((wish) => [wish.id, wish.state]));
  return drafts
    .filter(({ facts }) => isUnsaved(facts))
    .sort((a, b) => b.facts.updated_at - a.facts.updated_at)
    .map((kept) => lineOf(kept, states.get(kept.facts.wish) ?? null));
}

function lineOf({ facts, writing }: Kept, wish: 'waiting' | 'sent' | 'refused' | null): Unsaved {
  const { subject, to, cc, bcc } = writing.composition;
  return {
    draft: facts.id,
    subject,
    to: [...to, ...cc, ...bcc].map((box) => box.name || formatMailbox(box)).join(', '),
    at: facts.updated_at,
    saved: savedOf(facts, facts.version, { full: false, live: false, wish }),
  };
}

onNews((news) => {
  const kinds = new Set(['compositions', 'outbox', 'sent', 'uploads', 'everything']);
  if (kinds.has(news.kind)) again();
});
onEnd(() => again());
