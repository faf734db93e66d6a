/** Drafts between this device and Drafts: what was left behind is saved, what is on its way is taken back, and what a
 *  mail says is found wherever it is. */
import { foldersOf } from '../db/folders';
import { bodyOf, heldBodies, keepBodies } from '../db/bodies';
import { allFacts, closeDraft, draftById, forgetDraft, saveDraft } from '../db/compositions';
import { actionById } from '../db/ledger';
import { keysOf } from '../db/messages';
import { recall, wishOf, withdraw } from '../db/outbox';
import { sweepSlices } from '../db/uploads';
import type { Mirror } from '../db/vault';
import { isForgotten, isOverdue, isUnsaved } from '../mail/compose/facts';
import { hasLeft } from '../mail/leaving';
import type { Composition } from '../mail/rows';
import { uuid7 } from '../mail/uuid7';
import { api, ApiError } from '../net/api';
import type { Bell } from './bell';
import { alone, ifFree } from './leader';
import { pushLock } from './push';
import { askBack } from './recall';
import { FIRST_ROWS, needOlder, windowOf } from './windows';

/** Held by the tab in which a draft is written. */
export const draftLock = (mirror: Mirror, draft: string): string => `praxispost-draft-${mirror.account}-${draft}`;

const LEFT_MS = 24 * 3_600_000;
const ANSWER_MS = 3000;
const NEWEST_DRAFTS = 12;

/** Texts that nobody has open and that are not in Drafts: a tab was closed or killed, or a wish had to wait. */
export async function saveLeftBehind(mirror: Mirror, bell: Bell, now: number): Promise<void> {
  for (const facts of await allFacts(mirror)) {
    if (isForgotten(facts, now)) {
      await forgetDraft(mirror, facts.id);
      continue;
    }
    const left = !facts.closed && !isUnsaved(facts) && now - facts.updated_at > LEFT_MS;
    if (!left && !isOverdue(facts)) continue;
    await ifFree(draftLock(mirror, facts.id), async () => {
      if (left) return closeDraft(mirror, facts.id);
      const kept = await draftById(mirror, facts.id);
      if (!kept || !isOverdue(kept.facts)) return;
      if (await saveDraft(mirror, kept.writing, kept.facts.version, now)) bell.ring({ kind: 'outbox' });
    });
  }
}

export const sweepUploads = (mirror: Mirror, now: number): Promise<void> =>
  sweepSlices(
    mirror,
    uuid7(now - LEFT_MS, (bytes) => bytes),
  );

/** back: it will not be sent; asked: the server has not answered yet, and this device sends it no more before it has;
 *  late: it had left, or it is over. */
export type TakenBack = 'back' | 'asked' | 'late';

/** Take back a mail that was to be sent: its draft can be written on, unless it is late. */
export async function takeBack(mirror: Mirror, bell: Bell, action: string): Promise<TakenBack> {
  const how = (await withdraw(mirror, action)) ? 'back' : await recalled(mirror, bell, action);
  if (how !== 'late') bell.ring({ kind: 'outbox' });
  return how;
}

async function recalled(mirror: Mirror, bell: Bell, action: string): Promise<TakenBack> {
  const row = await actionById(mirror, action);
  if ((row && hasLeft(row)) || !(await recall(mirror, action))) return 'late';
  // A bad network may be silent for long.
  const patience = new Promise<TakenBack>((later) => setTimeout(() => later('asked'), ANSWER_MS));
  return Promise.race([ask(mirror, bell, action), patience]);
}

async function ask(mirror: Mirror, bell: Bell, action: string): Promise<TakenBack> {
  try {
    return await alone(pushLock(mirror), () => askBack(mirror, action));
  } catch (error) {
    if (error instanceof ApiError) return 'asked';
    throw error;
  } finally {
    bell.ring({ kind: 'outbox' });
  }
}

/** What a mail says that came to nothing, by the server. Null: it is over, or cannot be had now. */
export async function compositionOf(mirror: Mirror, action: string): Promise<Composition | null> {
  const wish = await wishOf(mirror, action);
  if (wish?.composition) return wish.composition;
  try {
    return await api.composition(action);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Which message in Drafts is this draft, among the newest ones. '' when it is not seen. */
export async function messageOf(mirror: Mirror, bell: Bell, draft: string): Promise<string> {
  const ids = await newestDrafts(mirror, bell);
  const held = await heldBodies(mirror, ids);
  const missing = ids.filter((id) => !held.has(id));
  await whereReached(async () => {
    if (missing.length > 0) await keepBodies(mirror, (await api.bodies(missing)).bodies);
  });
  for (const id of ids) if ((await bodyOf(mirror, id))?.draft?.draft === draft) return id;
  return '';
}

/** Whoever asks hears from then on what becomes of them: of a folder that was never opened here nothing is told. */
async function newestDrafts(mirror: Mirror, bell: Bell): Promise<string[]> {
  const folder = (await foldersOf(mirror)).find((row) => row.role === 'drafts');
  if (!folder) return [];
  if (!(await windowOf(mirror, folder.id, 'all'))) {
    await whereReached(() => needOlder(mirror, bell, folder.id, 'all', FIRST_ROWS));
  }
  return (await keysOf(mirror, folder.id, NEWEST_DRAFTS)).map((key) => key.id);
}

/** Without a network what is here is all there is. */
async function whereReached(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
