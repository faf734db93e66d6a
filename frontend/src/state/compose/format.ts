/** Plain and formatted text, and the pictures inside the latter. */
import { get } from 'svelte/store';
import { uploadedFile } from '../../db/uploads';
import { enriched } from '../../mail/compose/enrich';
import { tooLarge, type Objection } from '../../mail/compose/objections';
import { isPicture } from '../../mail/compose/pictures';
import { flattened } from '../../mail/compose/rich';
import { inlineImageOf } from '../../sync/reading';
import { account } from '../status';
import { me, sourceOf } from './source';
import { current } from './current';
import { newId } from './ids';

/** Formatted from now on. What it quotes gets its own formatting, where that can be had. */
export async function enrich(): Promise<void> {
  const session = current();
  if (!session) return;
  const { place, writer } = session;
  const { original } = writer.writing.composition;
  const [by, source] = await Promise.all([me(place), original ? sourceOf(place, original) : null]);
  const mail = writer.writing.composition; // something may have been typed meanwhile
  if (current() === session && mail.html === null) session.change(enriched(mail, source, by));
}

/** Plain from now on: the text stands beside the HTML all the time. */
export function flatten(): void {
  const session = current();
  if (session) session.change(flattened(session.writer.writing.composition));
}

/** Stored here first, as every file. → its Content-ID, or why it cannot come along. */
export function insertPicture(file: File): { content_id: string } | { objection: Objection } | null {
  const session = current();
  if (!session || !isPicture(file.type)) return null;
  const { composition } = session.writer.writing;
  const all = [...session.files.views(composition.files, true), file];
  const objection = tooLarge(composition, all, get(account)?.max_bytes ?? 0);
  return objection ? { objection } : { content_id: session.files.addPicture(file, newId()) };
}

/** Null: not a picture of this mail, or not to be had now. */
export async function picture(content_id: string): Promise<Blob | null> {
  const session = current();
  const { mirror } = session ?? {};
  const file = session?.writer.writing.composition.files.find((one) => one.content_id === content_id);
  if (!mirror || !file || !isPicture(file.type)) return null;
  return file.message ? inlineImageOf(mirror, file.message, file.part) : uploadedFile(mirror, file.id, file.type);
}

/** `flush` hands over what the editor has not told yet, wherever that matters. → ends it. */
export function whileTyping(flush: () => void): () => void {
  const session = current();
  if (session) session.flush = flush;
  return () => {
    if (session?.flush === flush) session.flush = () => undefined;
  };
}
