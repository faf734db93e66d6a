/** Opening a message: from the mirror where it is held, else from the account's owner, and then it is held. */
import { blobOf, bodyOf, isFull, keepBlob, keepBodies } from '../db/bodies';
import type { Mirror } from '../db/vault';
import type { BodyRow } from '../mail/rows';
import { api, ApiError } from '../net/api';
import { downloadPart, downloadSource } from '../net/download';
import type { Bell } from './bell';

export type Body = { body: BodyRow } | { code: string };

const KEPT_BYTES = 10 * 1024 * 1024;

function unkept(error: unknown): void {
  if (!isFull(error)) throw error;
}

export const heldBody = (mirror: Mirror, message: string): Promise<BodyRow | null> => bodyOf(mirror, message);

/** A body that is not here. `code`: network, gone, try_again … */
export async function fetchBody(mirror: Mirror, bell: Bell, message: string): Promise<Body> {
  try {
    const { bodies, missing } = await api.bodies([message]);
    const [body] = bodies;
    if (!body) return { code: missing[0]?.code ?? 'gone' };
    // Shown now, kept if it can be: a full browser is no reason to show nothing.
    await keepBodies(mirror, bodies).then(() => bell.ring({ kind: 'bodies' }), unkept);
    return { body };
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code };
    throw error;
  }
}

/** An attachment's bytes. Raises ApiError when it is not here and cannot be had. */
export async function attachmentOf(
  mirror: Mirror,
  message: string,
  part: string,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> {
  const held = await blobOf(mirror, message, part);
  if (held) return held;
  const blob = await downloadPart(message, part, onProgress);
  if (blob.size <= KEPT_BYTES) await keepBlob(mirror, message, part, blob).catch(unkept);
  return blob;
}

/** A picture of the text, or null when it cannot be had now. */
export async function inlineImageOf(mirror: Mirror, message: string, part: string): Promise<Blob | null> {
  try {
    return await attachmentOf(mirror, message, part, () => undefined);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

export const sourceOf = (message: string): Promise<string> => downloadSource(message);
