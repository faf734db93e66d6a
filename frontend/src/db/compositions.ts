/** Mails that are written on this device. The text is durable before anything is wished of it; it is let go of only when
 *  the server has said that this version is in Drafts, or that the mail was sent or thrown away. */
import { afterRow, begun, HERE, isOver, type Facts } from '../mail/compose/facts';
import { asSent, withoutUnshown } from '../mail/compose/rich';
import type { ActionRow, Composition } from '../mail/rows';
import { makingAllRoom } from './bodies';
import { enqueue, goesOn, type New, type Waiting } from './outbox';
import type { MirrorDb, StoredComposition } from './schema';
import { forgetUploads, waitsForUploads } from './uploads';
import type { Mirror } from './vault';

export type Original = { id: string; subject: string; sender: string; at: number };

/** `message`: where it is in Drafts, '' as long as that is not known. `instead`: a mail that came to nothing, which this
 *  one continues. `since`: the account's seq when it was begun: what came of its original after that its writer has not
 *  seen, however long the text lies here. */
export type Writing = {
  composition: Composition;
  original: Original | null;
  message: string;
  instead: string;
  since?: number;
};

export type Kept = { facts: Facts; writing: Writing };

const TABLE = 'compositions';

function factsIn(row: StoredComposition): Facts {
  const { id, updated_at, version, wish, wished, saved, saved_at, sending, discarding, closed, code } = row;
  return { id, updated_at, version, wish, wished, saved, saved_at, sending, discarding, closed, code };
}

export async function draftById(mirror: Mirror, id: string): Promise<Kept | null> {
  const row = await mirror.db.compositions.get(id);
  return row ? opened(mirror, row) : null;
}

export async function allDrafts(mirror: Mirror): Promise<Kept[]> {
  const rows = await mirror.db.compositions.toArray();
  return Promise.all(rows.map((row) => opened(mirror, row)));
}

export async function factsOf(mirror: Mirror, id: string): Promise<Facts | null> {
  const row = await mirror.db.compositions.get(id);
  return row ? factsIn(row) : null;
}

export async function allFacts(mirror: Mirror): Promise<Facts[]> {
  return (await mirror.db.compositions.toArray()).map(factsIn);
}

async function opened(mirror: Mirror, row: StoredComposition): Promise<Kept> {
  return { facts: factsIn(row), writing: await mirror.codec.open<Writing>(TABLE, row.id, row.sealed) };
}

/** Store what was written. An older version never overwrites a newer one. Raises when the device is full and nothing
 *  could be given up. */
export async function keepDraft(mirror: Mirror, writing: Writing, version: number, now: number): Promise<void> {
  const put = await puts(mirror, writing, version, now);
  const { db } = mirror;
  await makingAllRoom(mirror, () => db.transaction('rw', db.compositions, () => put({})));
}

/** Sealed first: the transaction must not wait for anything else. */
async function puts(
  mirror: Mirror,
  writing: Writing,
  version: number,
  now: number,
): Promise<(change: Partial<Facts>) => Promise<void>> {
  const { draft } = writing.composition;
  const sealed = await mirror.codec.seal(TABLE, draft, writing);
  return async (change) => {
    const { compositions } = mirror.db;
    const held = await compositions.get(draft);
    const newer = (held?.version ?? -1) < version;
    // What is newer here goes on, whatever ends the older one.
    const open = change.closed ? { closed: false } : {};
    if (held && held.version > version) await compositions.update(draft, { ...change, ...open });
    else {
      const facts = held ? factsIn(held) : begun(draft);
      // Typed in another tab after this one has sent it: it is written on.
      const written = newer ? { code: '', closed: false } : {};
      await compositions.put({ ...facts, version, updated_at: now, ...written, ...change, sealed });
    }
  };
}

/** Wish this version into Drafts. Null: an older wish may just be on its way; once that is known this one can follow.
 *  So on a bad network a long text waits once, not once a minute. */
export async function saveDraft(
  mirror: Mirror,
  writing: Writing,
  version: number,
  now: number,
): Promise<Waiting | null> {
  const { draft } = writing.composition;
  const older = await mirror.db.outbox.where('draft').equals(draft).toArray();
  if (older.some((row) => row.saves && row.tried && row.state === 'waiting')) return null;
  const wish: New = {
    kind: 'draft',
    targets: targetsOf(writing),
    args: {},
    composition: withoutUnshown(writing.composition),
  };
  return wished(mirror, writing, version, now, wish, ({ id }) => ({ wish: id, wished: version }));
}

/** Wish it sent, at the earliest when `hold_ms` are over. From here on its text is in the outbox too. */
export async function sendDraft(
  mirror: Mirror,
  writing: Writing,
  version: number,
  now: number,
  hold_ms: number,
): Promise<Waiting> {
  const { composition, instead, since } = writing;
  const wish: New = {
    kind: 'send',
    targets: targetsOf(writing),
    args: { hold_ms, anyway: false },
    composition: asSent(composition),
    ...(instead ? { instead } : {}),
    ...(since === undefined ? {} : { since }),
  };
  return wished(mirror, writing, version, now, wish, ({ id }) => ({ sending: id, wish: '', closed: true }));
}

/** Wish it thrown away. Null: the server never heard of it, and never will. The text stays for a while. */
export async function throwAway(
  mirror: Mirror,
  writing: Writing,
  version: number,
  now: number,
): Promise<Waiting | null> {
  const { composition, message, instead } = writing;
  const { draft, replaces } = composition;
  const { db } = mirror;
  // Where it was to be sent once, the server has that yet, and is told that it is given up.
  const known = Boolean(instead) || (await isKnown(db, composition));
  if (known || replaces) {
    const wish: New = known
      ? { kind: 'discard', targets: message ? [message] : [], args: { draft }, ...(instead ? { instead } : {}) }
      : { kind: 'trash', targets: [replaces], args: {} };
    return wished(mirror, writing, version, now, wish, ({ id }) => ({ discarding: id, wish: '', closed: true }));
  }
  const put = await puts(mirror, writing, version, now);
  await db.transaction('rw', db.compositions, db.outbox, async () => {
    await db.outbox.where('draft').equals(draft).delete();
    await put({ discarding: HERE, wish: '', closed: true });
  });
  return null;
}

/** Does the server know of this draft, or may it? */
async function isKnown(db: MirrorDb, { base, draft }: Composition): Promise<boolean> {
  const facts = await db.compositions.get(draft);
  if (base > 0 || (facts?.saved ?? 0) !== 0) return true;
  const waiting = await db.outbox.where('draft').equals(draft).toArray();
  if (waiting.length === 0) return (facts?.wished ?? 0) !== 0;
  return waiting.some((row) => row.tried || row.state === 'sent');
}

const targetsOf = ({ composition: { original } }: Writing): string[] => (original ? [original] : []);

/** Wish and text in one transaction. */
async function wished(
  mirror: Mirror,
  writing: Writing,
  version: number,
  now: number,
  wish: New,
  change: (stored: Waiting) => Partial<Facts>,
): Promise<Waiting> {
  const put = await puts(mirror, writing, version, now);
  const [stored] = await makingAllRoom(mirror, () =>
    enqueue(mirror, [wish], now, {
      tables: [mirror.db.compositions],
      write: async ([one]) => {
        if (one) await put(change(one));
      },
    }),
  );
  if (!stored) throw new Error('a wish was stored and is not there');
  return stored;
}

/** It is written on: whatever was to end it came to nothing. */
export async function reopen(mirror: Mirror, id: string): Promise<void> {
  await mirror.db.compositions.update(id, { wish: '', sending: '', discarding: '', closed: false });
}

/** A tab has it open: what of it is saved meanwhile stays here all the same. */
export async function openDraft(mirror: Mirror, id: string): Promise<Kept | null> {
  await mirror.db.compositions.update(id, { closed: false });
  return draftById(mirror, id);
}

/** Nobody has it open any more. What is all in Drafts, or was never touched, goes. */
export async function closeDraft(mirror: Mirror, id: string): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.compositions, db.uploads, db.slices, async () => {
    await db.compositions.update(id, { closed: true });
    await letGo(db, await db.compositions.get(id));
  });
}

/** Everything of it leaves this device. */
export async function forgetDraft(mirror: Mirror, id: string): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.compositions, db.uploads, db.slices, () => forget(db, id));
}

/** The same text goes on under another id, that of `writing`: its draft became a second one, or has ended. */
export async function goOnAs(mirror: Mirror, old: string, writing: Writing, facts: Facts): Promise<void> {
  const { db, codec } = mirror;
  const id = writing.composition.draft;
  const sealed = await codec.seal(TABLE, id, writing);
  await makingAllRoom(mirror, () =>
    db.transaction('rw', db.compositions, db.uploads, async () => {
      await db.compositions.put({ ...facts, id, sealed });
      await db.uploads.where('draft').equals(old).modify({ draft: id });
      await db.compositions.delete(old);
    }),
  );
}

/** What became of wishes, in the transaction that takes them from the outbox. */
export async function settleDrafts(db: MirrorDb, rows: readonly ActionRow[]): Promise<void> {
  for (const row of rows) {
    const held = row.draft ? await db.compositions.get(row.draft) : undefined;
    if (!held) continue;
    const facts = afterRow(factsIn(held), row);
    if (!facts) await forget(db, held.id);
    else {
      await db.compositions.put({ ...facts, sealed: held.sealed });
      await letGo(db, { ...facts, sealed: held.sealed });
    }
  }
}

/** Taken back by the server: it is written on, and the wish is not waited for. */
export async function takenBack(mirror: Mirror, draft: string, wish: string): Promise<void> {
  const { db } = mirror;
  await db.transaction('rw', db.outbox, db.compositions, async () => {
    await db.outbox.delete(wish);
    await goesOn(db, draft, wish);
  });
}

async function letGo(db: MirrorDb, held: StoredComposition | undefined): Promise<void> {
  if (held && isOver(factsIn(held), await waitsForUploads(db, held.id))) await forget(db, held.id);
}

async function forget(db: MirrorDb, id: string): Promise<void> {
  await db.compositions.delete(id);
  await forgetUploads(db, id);
}
