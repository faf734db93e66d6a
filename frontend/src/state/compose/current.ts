/** The mail that is open on this screen, if one is: the address says which. */
import { derived, get, writable, type Readable } from 'svelte/store';
import { factsOf, openDraft, type Writing } from '../../db/compositions';
import type { Facts } from '../../mail/compose/facts';
import { isConfidential } from '../../mail/compose/hin';
import { savedOf, type Saved } from '../../mail/compose/saved';
import type { Composition } from '../../mail/rows';
import { known } from '../../sync/session';
import { list } from '../list';
import { arrival, here, onEnd, onNews, type Place } from '../place';
import { holding, present, replyingTo } from '../presence';
import { closeMessage, opened } from '../reader';
import { go, route } from '../route';
import { linkKind } from '../status';
import { askForBackgroundSync } from '../wishes';
import type { FileView } from './files';
import { Session } from './session';

export type Composing = {
  composition: Composition;
  files: FileView[];
  saved: Saved;
  savedAt: number | null;
  /** The marker is in the subject, or [GLOBAL]. */
  confidential: boolean;
  original: Writing['original'];
  /** The mail that came to nothing and in whose place this one is written. '': there is none. */
  instead: string;
  /** Devices that have this draft open now; this one too where another of its tabs has it. */
  others: string[];
  /** Somebody else writes it: here it is only read. */
  locked: boolean;
  /** Devices that answer the same original now. */
  replying: string[];
  /** Somebody saved another version since this one was opened. */
  changedElsewhere: boolean;
};

const open = writable<{ session: Session } | null>(null);

export const composing: Readable<Composing | null> = derived(
  [open, present, replyingTo, linkKind],
  ([now, people, answering, link]) => (now ? shown(now.session, people, answering, link === 'live') : null),
);

export const current = (): Session | null => get(open)?.session ?? null;

function shown(
  { writer, files, wish, changedElsewhere, name, locked }: Session,
  people: Parameters<typeof holding>[0],
  answering: ReadonlyMap<string, string[]>,
  live: boolean,
): Composing {
  const { writing, facts, version, full, mine } = writer;
  const { composition, original, instead } = writing;
  const answers = composition.kind === 'reply' || composition.kind === 'reply_all';
  return {
    composition,
    files: files.views(composition.files, live),
    saved: savedOf(facts, version, { full, live, wish }),
    savedAt: facts.saved_at || null,
    confidential: isConfidential(composition.subject),
    original,
    instead,
    others: [...holding(people, composition.draft), ...(mine ? [] : [name])],
    locked,
    replying: answers ? (answering.get(composition.original) ?? []) : [],
    changedElsewhere,
  };
}

/** Put a mail on the screen. What is stored of it is looked at first: another tab may have it. Not while one is open that
 *  a full device could not store. */
export async function show(place: Place, writing: Writing, facts: Facts | null): Promise<Session | null> {
  const name = (await known(place.mirror)).device?.name ?? '';
  if (!(await put())) {
    stay();
    return null;
  }
  const session = new Session(place, writing, facts, name, {
    changed: () => open.update((now) => (now?.session === session ? { session } : now)),
    renamed: () => {
      if (current() === session) go({ view: 'compose', draft: session.draft }, true);
    },
    ended: () => {
      if (current() !== session) return;
      taken(session);
      leaveComposer();
    },
    failed: (error) => {
      // A mirror that was closed meanwhile (signed out) is no defect.
      if (here() === place) reportError(error);
    },
  });
  if (facts) await session.begin();
  open.set({ session });
  const at = get(route);
  if (at.view !== 'compose' || at.draft !== session.draft) {
    go({ view: 'compose', draft: session.draft }, at.view === 'compose');
  }
  if (!facts) {
    void session.begin().catch(() => undefined);
    void session.writer.store().catch(() => undefined);
  }
  return session;
}

/** What is open stays open, whatever the address says. */
function stay(): void {
  const session = current();
  if (session) go({ view: 'compose', draft: session.draft }, get(route).view === 'compose');
}

/** A draft that is stored here. What is on its way or thrown away is not open to the hand. */
export async function showStored(draft: string): Promise<boolean> {
  const place = await arrival();
  const isWanted = (): boolean => {
    const at = get(route);
    return at.view === 'compose' && at.draft === draft && here() === place;
  };
  const facts = isWanted() ? await factsOf(place.mirror, draft) : null;
  if (!facts || facts.sending || facts.discarding) return false;
  const kept = await openDraft(place.mirror, draft);
  if (!kept || !isWanted()) return false;
  await show(place, kept.writing, kept.facts);
  return true;
}

/** Put away what is open, as a draft. → false: the device is full, and it stays. */
export async function put(): Promise<boolean> {
  const session = current();
  if (!session) return true;
  await session.settled();
  const isStored = await session.writer.close().catch((error: unknown) => {
    if (here() === session.place) reportError(error);
    return false;
  });
  if (!isStored) return false;
  taken(session);
  return true;
}

/** No longer on the screen. */
export function taken(session: Session): void {
  session.end();
  askForBackgroundSync();
  open.update((now) => (now?.session === session ? null : now));
}

/** Back to where one came from: the message that was answered, or the list. */
export function leaveComposer(): void {
  if (get(route).view !== 'compose') return;
  const message = get(opened)?.row.id ?? null;
  go({ view: 'mail', folder: get(list).folder || null, message }, true);
  if (!message) closeMessage();
}

onNews((news) => current()?.hear(news));

// The session or the account is over: what is typed is stored, nothing is sent. Signed in again, it is on the screen again.
onEnd(() => {
  const session = current();
  if (!session) return;
  const { draft, writer } = session;
  session.flush();
  const stored = writer.store().catch(() => undefined);
  taken(session);
  void stored.then(() => showStored(draft));
});

/** The back gesture, a reload, a tap on what is not in Drafts yet. */
async function follow(draft: string | null): Promise<void> {
  const session = current();
  if (session?.draft === draft) return;
  if (!(await put())) stay();
  else if (draft) await showStored(draft);
}

route.subscribe((at) => void follow(at.view === 'compose' ? at.draft : null));

const hidden = (): void => {
  const session = current();
  if (!session || document.visibilityState !== 'hidden') return;
  const { writer } = session;
  session.flush();
  void writer
    .store()
    .then(() => writer.wish())
    .then(askForBackgroundSync)
    .catch(() => undefined);
};
document.addEventListener('visibilitychange', hidden);
window.addEventListener('pagehide', () => {
  const session = current();
  session?.flush();
  void session?.writer.store().catch(() => undefined);
});
