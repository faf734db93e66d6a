/** Fills what is kept for offline while the app is open: rows first, then texts, then attachments, newest first.
 *
 *  Every step is stored before the next begins, so that it can be cut off anywhere and goes on where it was. */
import {
  allHeldBodies,
  blobKey,
  bodyOf,
  BOUND_BYTES,
  heldBlobs,
  keepBlob,
  keepBodies,
  keepWithin,
  usedBytes,
} from '../db/bodies';
import { keysOf, windowsOf, type MessageKey } from '../db/messages';
import type { Mirror } from '../db/vault';
import { FLAGGED, SEEN } from '../mail/flags';
import { newestFirst, reaches } from '../mail/order';
import type { Attachment } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { downloadPart } from '../net/download';
import type { Bell } from './bell';
import { gapsOf, keptFolders, needOlder, NEXT_ROWS, OFFLINE_ROWS } from './windows';

const BODIES_AT_ONCE = 20;
const SMALL_BYTES = 2 * 1024 * 1024;
const INBOX_BYTES = 10 * 1024 * 1024;
/** The mail server could not be asked just now. */
const PASSING: ReadonlySet<string> = new Set(['try_again', 'reconnecting']);

export type Progress = (held: number, wanted: number) => void;

export class Fill {
  /** What was asked and brought nothing further; asked again when its key changes. */
  private readonly asked = new Set<string>();
  /** Could not be had (gone meanwhile, unreadable part): not tried again in this session. */
  private readonly unobtainable = new Set<string>();
  /** Files of the texts that were looked into: a text never changes, and every change anywhere asks for all of them. */
  private readonly parts = new Map<string, readonly Attachment[]>();

  constructor(
    private readonly mirror: Mirror,
    private readonly bell: Bell,
    private readonly progress: Progress,
  ) {}

  /** Until nothing is missing or `signal` aborts. Raises ApiError when the network fails. */
  async run(signal: AbortSignal): Promise<void> {
    await this.fillRows(signal);
    await keepWithin(this.mirror, new Set((await this.wantedKeys()).map((key) => key.id)));
    await this.fillBodies(signal);
    await this.fillAttachments(signal);
  }

  private async fillRows(signal: AbortSignal): Promise<void> {
    for (let again = true; again && !signal.aborted;) {
      again = false;
      for (const folder of await keptFolders(this.mirror)) {
        for (const gap of await gapsOf(this.mirror, folder)) {
          if (this.asked.has(gap.key)) continue;
          signal.throwIfAborted();
          await needOlder(this.mirror, this.bell, folder.id, gap.kind, NEXT_ROWS);
          this.asked.add(gap.key);
          again = true;
        }
      }
    }
  }

  private async fillBodies(signal: AbortSignal): Promise<void> {
    const wanted = await this.wantedKeys();
    const held = await allHeldBodies(this.mirror);
    const missing = wanted.filter((key) => !held.has(key.id) && !this.unobtainable.has(key.id));
    let have = wanted.length - missing.length;
    this.progress(have, wanted.length);
    const spared = new Set(wanted.map((key) => key.id));
    for (let at = 0; at < missing.length && !signal.aborted; at += BODIES_AT_ONCE) {
      if (!(await keepWithin(this.mirror, spared))) return;
      const ids = missing.slice(at, at + BODIES_AT_ONCE).map((key) => key.id);
      const found = await api.bodies(ids);
      await keepBodies(this.mirror, found.bodies);
      for (const { id, code } of found.missing) if (!PASSING.has(code)) this.unobtainable.add(id);
      have += ids.length;
      this.progress(have, wanted.length);
      this.bell.ring({ kind: 'bodies' });
    }
  }

  private async fillAttachments(signal: AbortSignal): Promise<void> {
    const inboxes = new Set(
      (await keptFolders(this.mirror)).filter((row) => row.role === 'inbox').map((row) => row.id),
    );
    const held = await heldBlobs(this.mirror);
    let used: number | null = null; // summed up only when something is missing
    const mostOf = (key: MessageKey): number =>
      inboxes.has(key.folder) && !(key.flags & SEEN) ? INBOX_BYTES : SMALL_BYTES;
    for (const key of await this.wantedKeys()) {
      for (const part of await this.partsOf(key)) {
        const name = blobKey(key.id, part.part);
        if (part.size > mostOf(key) || held.has(name) || this.unobtainable.has(name)) continue;
        used = (used ?? (await usedBytes(this.mirror))) + part.size;
        if (signal.aborted || used > BOUND_BYTES) return;
        await this.keep(key.id, part, name);
      }
    }
  }

  /** Inline pictures do not count as attachments of the row; only the body knows them. */
  private async partsOf(key: MessageKey): Promise<readonly Attachment[]> {
    const known = this.parts.get(key.id);
    if (known) return known;
    const body = await bodyOf(this.mirror, key.id);
    if (!body) return [];
    const parts = key.clip || body.html?.includes('data-cid') ? body.attachments : [];
    this.parts.set(key.id, parts);
    return parts;
  }

  private async keep(message: string, part: Attachment, name: string): Promise<void> {
    try {
      await keepBlob(this.mirror, message, part.part, await downloadPart(message, part.part, () => undefined));
    } catch (error) {
      if (error instanceof ApiError && error.passing && error.code === 'network') throw error;
      this.unobtainable.add(name);
    }
  }

  /** Unread, flagged and the newest of every kept folder; newest first over all of them. */
  private async wantedKeys(): Promise<MessageKey[]> {
    const windows = await windowsOf(this.mirror);
    const wanted: MessageKey[] = [];
    for (const folder of await keptFolders(this.mirror)) {
      const all = windows.find((window) => window.folder === folder.id && window.kind === 'all');
      const keys = await keysOf(this.mirror, folder.id);
      wanted.push(
        ...keys.filter(
          (key, at) => (at < OFFLINE_ROWS && reaches(key, all?.down_to)) || !(key.flags & SEEN) || key.flags & FLAGGED,
        ),
      );
    }
    return wanted.sort(newestFirst);
  }
}
