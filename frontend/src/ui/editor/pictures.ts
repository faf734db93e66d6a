/** Pictures while they are written about: each has a blob address on this device as long as the editor is open. */
import { isPicture } from '../../mail/compose/pictures';
import type { Shows } from './fragment';

const WIDEST_PX = 640;

export class Pictures {
  private readonly urls = new Map<string, string>();
  private readonly asked = new Set<string>();
  private over = false;

  /** `isOurs`: a picture of this mail; `load`: its bytes, null where they cannot be had; `came`: it can be shown. */
  constructor(
    private readonly isOurs: (contentId: string) => boolean,
    private readonly load: (contentId: string) => Promise<Blob | null>,
    private readonly came: (contentId: string, url: string) => void,
  ) {}

  readonly shows: Shows = (contentId) => {
    const url = this.urls.get(contentId);
    if (url !== undefined) return url;
    if (!this.isOurs(contentId)) return null;
    if (!this.asked.has(contentId)) void this.fetch(contentId).catch(reportError);
    return '';
  };

  /** One that was just put into the text. → its address, and how wide it may stand there. */
  async add(contentId: string, file: Blob): Promise<{ url: string; width: number | null }> {
    const url = this.open(contentId, file);
    const picture = new Image();
    picture.src = url;
    const width = await picture.decode().then(
      () => picture.naturalWidth,
      () => 0,
    );
    return { url, width: width > WIDEST_PX ? WIDEST_PX : null };
  }

  close(): void {
    this.over = true;
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }

  private async fetch(contentId: string): Promise<void> {
    this.asked.add(contentId);
    const blob = await this.load(contentId);
    if (blob && isPicture(blob.type) && !this.over) this.came(contentId, this.open(contentId, blob));
  }

  private open(contentId: string, blob: Blob): string {
    const url = URL.createObjectURL(blob);
    this.urls.set(contentId, url);
    return url;
  }
}

/** A small picture that stood in the markup itself, as a file. */
export function fileOf(address: string): File | null {
  const [, kind, bytes] = /^data:image\/(png|jpeg|gif|webp);base64,(.+)$/is.exec(address) ?? [];
  if (!kind || !bytes) return null;
  try {
    const raw = Uint8Array.from(atob(bytes.replace(/\s/g, '')), (char) => char.charCodeAt(0));
    return new File([raw], `picture.${kind}`, { type: `image/${kind.toLowerCase()}` });
  } catch {
    return null;
  }
}
