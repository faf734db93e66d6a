/** Files on their way up: one at a time, one chunk after the other, each once more until the server has it.
 *
 *   1  ask how much of the file is there (that is always the truth to go on from)
 *   2  let wishes go first, then send the next chunk
 *   3  note what the server has; with the last byte the file is done
 *
 *  The server compares the whole with the hash that came at 1; of another file it keeps nothing, and it goes up anew.
 *  Cut off anywhere, the next run begins at 1 and sends at most the chunk again that was under way. */
import { chunkOf, failUpload, nextUpload, noteDamaged, noteSent, uploadById } from '../db/uploads';
import type { StoredUpload } from '../db/schema';
import type { Mirror } from '../db/vault';
import { api, ApiError } from '../net/api';
import { alone } from './leader';

const MOST_BYTES = 256 * 1024;
const LEAST_BYTES = 32 * 1024;
const CHUNK_MS = 60_000;
/** Answers in a row that brought nothing further. */
const PATIENCE = 3;
/** How often a file may arrive damaged: the line is one thing, what is kept here another. */
const MOST_DAMAGED = 2;

type Steps = {
  /** Something about the files of this draft has changed. */
  told: (draft: string) => void;
  /** Comes back when nothing more urgent wants the line. */
  turn: () => Promise<void>;
  signal: AbortSignal;
};

export class Uploads {
  /** Smaller after a failure: on a bad network a large chunk may never get through in time. */
  private chunk_bytes = MOST_BYTES;

  constructor(
    private readonly mirror: Mirror,
    private readonly steps: Steps,
  ) {}

  /** Until nothing waits. Raises ApiError when it may work later. */
  async run(): Promise<void> {
    await alone(`praxispost-upload-${this.mirror.account}`, async () => {
      for (let row = await this.next(); row; row = await this.next()) {
        await this.send(row);
        this.steps.told(row.draft);
      }
    });
  }

  private async next(): Promise<StoredUpload | null> {
    return this.steps.signal.aborted ? null : nextUpload(this.mirror);
  }

  /** One file, until it is all there or it can never be. */
  private async send(row: StoredUpload): Promise<void> {
    try {
      await this.sendRest(row, await this.begin(row));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.passing || error.status === 401 || error.status === 426) {
        this.chunk_bytes = Math.max(LEAST_BYTES, this.chunk_bytes / 2);
        throw error;
      }
      await failUpload(this.mirror, row.id, error.status === 404 ? 'gone' : error.code);
    }
  }

  private async begin({ id, size, sha256 }: StoredUpload): Promise<number> {
    await this.steps.turn();
    return (await api.upload(id, size, sha256 ?? '')).received;
  }

  private async sendRest(row: StoredUpload, received: number): Promise<void> {
    let at = received;
    let idle = 0;
    let damaged = 0;
    await noteSent(this.mirror, row.id, at);
    while (at < row.size) {
      await this.steps.turn();
      // Taken off again, or this tab is closing.
      if (this.steps.signal.aborted || !(await uploadById(this.mirror, row.id))) return;
      const before = at;
      const answer = await this.sendChunk(row, at);
      at = answer.received;
      if (answer.damaged) {
        if ((damaged += 1) === MOST_DAMAGED) throw new ApiError(422, 'damaged');
        await noteDamaged(this.mirror, row.id);
        this.steps.told(row.draft);
        continue;
      }
      idle = at > before ? 0 : idle + 1;
      if (idle === PATIENCE) throw new ApiError(422, 'upload_stuck');
      await noteSent(this.mirror, row.id, at);
      this.steps.told(row.draft);
    }
  }

  private async sendChunk(row: StoredUpload, at: number): Promise<{ received: number; damaged: boolean }> {
    const bytes = await chunkOf(this.mirror, row.id, at, this.chunk_bytes);
    if (!bytes) throw new ApiError(404, 'gone');
    try {
      const { received } = await api.chunk(row.id, at, bytes, CHUNK_MS);
      this.chunk_bytes = Math.min(MOST_BYTES, this.chunk_bytes * 2);
      return { received, damaged: received === 0 && at + bytes.length === row.size };
    } catch (error) {
      // The server keeps an upload for a week: then it begins anew.
      if (error instanceof ApiError && error.status === 404) {
        return { received: await this.begin(row), damaged: false };
      }
      throw error;
    }
  }
}
