/** Fills what is kept for offline while the app is open: rows first, then texts, then attachments, newest first.
 *
 *  Every step is stored before the next begins, so that it can be cut off anywhere and goes on where it was. */
import {
  allHeldBodies,
  blobKey,
  bodyOf,
  BOUND_BYTES,
  heldBlobs,
  isWithin,
  keepBlob,
  keepBodies,
  keepWithin,
  usedBytes,
  type Spared,
} from '../db/bodies';
import { keysOf, windowsOf, type MessageKey } from '../db/messages';
import type { Mirror } from '../db/vault';
import { FLAGGED, SEEN } from '../mail/flags';
import { newestFirst, reaches } from '../mail/order';
import type { Attachment, FolderRow } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { downloadPart } from '../net/download';
import type { Bell, News } from './bell';
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
  /** Files of the texts that were looked into: every change anywhere asks for all of them. */
  private readonly parts = new Map<string, readonly Attachment[]>();
  /** Counts what was heard: while nothing was, nothing is read again. */
  private heard = 0;
  private settled = -1;

  constructor(
    private readonly mirror: Mirror,
    private readonly bell: Bell,
    private readonly progress: Progress,
  ) {}

  /** What may have made something missing. */
  hear(news: News): void {
    if (['mirror', 'everything', 'windows', 'opened', 'bodies'].includes(news.kind)) this.heard += 1;
  }

  /** Until nothing is missing or `signal` aborts. Raises ApiError when the network fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { heard } = this;
    if (this.settled === heard) return;
    await this.fillRows(signal);
    const wanted = await this.wantedKeys();
    const ids = new Set(wanted.map((key) => key.id));
    await keepWithin(this.mirror, (id) => ids.has(id));
    const whole = await this.fillBodies(wanted, signal);
    await this.fillAttachments(wanted, signal);
    if (whole && !signal.aborted) this.settled = heard;
  }

  private async fillRows(signal: AbortSignal): Promise<void> {
    for (let again = true; again && !signal.aborted;) {
      again = false;
      const folders = await keptFolders(this.mirror);
      this.forgetAsked(folders);
      for (const folder of folders) {
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

  /** A folder that is no longer kept may be kept again. */
  private forgetAsked(folders: readonly FolderRow[]): void {
    const kept = new Set(folders.map((folder) => folder.id));
    for (const key of this.asked) if (!kept.has(key.split('/')[0] ?? '')) this.asked.delete(key);
  }

  /** False when some are to be asked for again though nothing changes. */
  private async fillBodies(wanted: readonly MessageKey[], signal: AbortSignal): Promise<boolean> {
    const held = await allHeldBodies(this.mirror);
    const missing = wanted.filter((key) => !held.has(key.id) && !this.unobtainable.has(key.id));
    let have = wanted.length - missing.length;
    let whole = true;
    this.progress(have, wanted.length);
    const byId = new Map(wanted.map((key) => [key.id, key]));
    for (let at = 0; at < missing.length && !signal.aborted;) {
      const batch = missing.slice(at, at + ((await isWithin(this.mirror)) ? BODIES_AT_ONCE : 1));
      if (!(await keepWithin(this.mirror, sparedFor(batch[0] as MessageKey, byId), 0))) break;
      const found = await api.bodies(batch.map((key) => key.id));
      await keepBodies(this.mirror, found.bodies);
      for (const { id, code } of found.missing) {
        if (PASSING.has(code)) whole = false;
        else this.unobtainable.add(id);
      }
      at += batch.length;
      have += batch.length;
      this.progress(have, wanted.length);
      this.tell();
    }
    return whole;
  }

  /** The marks of the rows change; nothing for ourselves to look at. */
  private tell(): void {
    const { heard } = this;
    this.bell.ring({ kind: 'bodies' });
    this.heard = heard;
  }

  private async fillAttachments(wanted: readonly MessageKey[], signal: AbortSignal): Promise<void> {
    const inboxes = new Set(
      (await keptFolders(this.mirror)).filter((row) => row.role === 'inbox').map((row) => row.id),
    );
    const held = await heldBlobs(this.mirror);
    let used: number | null = null; // summed up only when something is missing
    const mostOf = (key: MessageKey): number =>
      inboxes.has(key.folder) && !(key.flags & SEEN) ? INBOX_BYTES : SMALL_BYTES;
    for (const key of wanted) {
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
    // Only a draft's text ever changes, and with it its time.
    const name = `${key.id}/${key.received_at}`;
    const known = this.parts.get(name);
    if (known) return known;
    const body = await bodyOf(this.mirror, key.id);
    if (!body) return [];
    const parts = key.clip || body.html?.includes('data-cid') ? body.attachments : [];
    this.parts.set(name, parts);
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
      wanted.push(...keys.filter((key, at) => (at < OFFLINE_ROWS && reaches(key, all?.down_to)) || isWantedMost(key)));
    }
    return wanted.sort(newestFirst);
  }
}

const isWantedMost = ({ flags }: MessageKey): boolean => !(flags & SEEN) || (flags & FLAGGED) !== 0;

/** For a text goes what nobody wants and what is older, never what is unread or flagged: so that the newest is here, and
 *  nothing is fetched and given up in turns. */
function sparedFor(text: MessageKey, wanted: ReadonlyMap<string, MessageKey>): Spared {
  return (id) => {
    const key = wanted.get(id);
    return key !== undefined && (isWantedMost(key) || newestFirst(key, text) <= 0);
  };
}
