/** The files of the mail that is open: stored on this device first, then attached, then on their way behind the text. */
import { isFull } from '../../db/bodies';
import { keepUpload, removeUpload, uploadAgain, uploadsOf } from '../../db/uploads';
import type { StoredUpload } from '../../db/schema';
import { oneLine, typeOf } from '../../mail/compose/begin';
import { contentIdOf } from '../../mail/compose/pictures';
import type { ComposedFile } from '../../mail/rows';
import type { Mirror } from '../../sync/session';
import { shrunk } from './shrink';

/** here: on this device, its turn comes; waiting: for a network. `sent` in bytes. */
export type FileView = ComposedFile & {
  state: 'here' | 'uploading' | 'waiting' | 'done' | 'failed';
  sent: number;
  code: string;
};

/** `whole`: as it is; a picture inside the text becomes smaller. */
type Chosen = { file: ComposedFile; bytes: File; whole: boolean; code: string };

type Told = {
  draft: () => string;
  /** It is stored: from now on it belongs to the mail. */
  stored: (file: ComposedFile) => void;
  changed: () => void;
};

const LONGEST_NAME = 200;

export class Files {
  private rows = new Map<string, StoredUpload>();
  /** Chosen and not stored: they are being written, or the device is full. */
  private chosen: Chosen[] = [];
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly mirror: Mirror,
    private readonly told: Told,
  ) {}

  async refresh(): Promise<void> {
    const rows = await uploadsOf(this.mirror, this.told.draft());
    this.rows = new Map(rows.map((row) => [row.id, row]));
    this.told.changed();
  }

  add(files: readonly File[], newId: () => string): void {
    this.addAll(files.map((file) => ({ file: composed(file, newId()), bytes: file, whole: true, code: '' })));
  }

  /** A picture inside the text. → its Content-ID. */
  addPicture(file: File, id: string): string {
    const content_id = contentIdOf(id);
    this.addAll([{ file: { ...composed(file, id), inline: true, content_id }, bytes: file, whole: false, code: '' }]);
    return content_id;
  }

  private addAll(chosen: Chosen[]): void {
    this.chosen = [...this.chosen, ...chosen];
    for (const one of chosen) this.keep(one);
    this.told.changed();
  }

  /** Once more, after it failed. → false: its bytes are gone. */
  async again(id: string): Promise<boolean> {
    const chosen = this.chosen.find((one) => one.file.id === id);
    if (!chosen) return uploadAgain(this.mirror, id);
    chosen.code = '';
    this.keep(chosen);
    return true;
  }

  async remove(id: string): Promise<void> {
    this.chosen = this.chosen.filter((one) => one.file.id !== id);
    this.told.changed();
    await removeUpload(this.mirror, id);
  }

  /** Everything that was chosen is stored, or will not be. */
  settled(): Promise<void> {
    return this.tail;
  }

  /** Was something chosen that is not here, or not to be had? */
  get lost(): boolean {
    return this.chosen.some((one) => one.code !== '') || [...this.rows.values()].some((row) => row.state === 'failed');
  }

  get underWay(): boolean {
    return [...this.rows.values()].some((row) => row.state === 'waiting');
  }

  views(attached: readonly ComposedFile[], live: boolean): FileView[] {
    const chosen = this.chosen.filter((one) => !attached.some((file) => file.id === one.file.id));
    return [
      ...attached.map((file) => viewOf(file, this.rows.get(file.id), live)),
      ...chosen.map(({ file, code }) => ({ ...file, state: code ? 'failed' : 'here', sent: 0, code }) as const),
    ];
  }

  /** One after the other: large files side by side would fill the memory. */
  private keep(chosen: Chosen): void {
    this.tail = this.tail.then(() => this.keepNow(chosen));
  }

  private async shrink(chosen: Chosen): Promise<void> {
    const { file } = chosen;
    chosen.bytes = await shrunk(chosen.bytes);
    const { filename, type, size } = composed(chosen.bytes, file.id);
    chosen.file = { ...file, filename, type, size };
    chosen.whole = true;
  }

  private async keepNow(chosen: Chosen): Promise<void> {
    if (!chosen.whole) await this.shrink(chosen);
    const { file, bytes } = chosen;
    if (!this.chosen.includes(chosen)) return; // taken off again
    const draft = this.told.draft();
    try {
      await keepUpload(this.mirror, file.id, draft, bytes);
      if (draft !== this.told.draft()) await this.mirror.db.uploads.update(file.id, { draft: this.told.draft() });
      if (!this.chosen.includes(chosen)) return await removeUpload(this.mirror, file.id);
      this.chosen = this.chosen.filter((one) => one !== chosen);
      this.told.stored(file);
      await this.refresh();
    } catch (error) {
      // Besides a full device: a file that was moved or changed on the disk meanwhile.
      chosen.code = isFull(error) ? 'full' : 'gone';
      this.told.changed();
    }
  }
}

function composed({ name, type, size }: File, id: string): ComposedFile {
  const filename = oneLine(name).slice(-LONGEST_NAME);
  return { id, filename, type: typeOf(type), size, content_id: '', inline: false, message: '', part: '' };
}

function viewOf(file: ComposedFile, row: StoredUpload | undefined, live: boolean): FileView {
  if (!row || row.state === 'done') return { ...file, state: 'done', sent: file.size, code: '' };
  if (row.state === 'failed') return { ...file, state: 'failed', sent: row.sent, code: row.code };
  const state = !live ? 'waiting' : row.sent > 0 ? 'uploading' : 'here';
  return { ...file, state, sent: row.sent, code: row.code };
}
