/** Pictures for the text of a mail, made as small as a screen needs them: a camera's are ten times larger. */
import { asJpeg, fitted, staysPng } from '../../mail/compose/pictures';

const QUALITY = 0.85;

/** Turned as its camera was held. What is small enough, moves, or cannot be read comes back as it is. */
export async function shrunk(file: File): Promise<File> {
  try {
    return await shrink(file);
  } catch {
    return file;
  }
}

async function shrink(file: File): Promise<File> {
  const { type } = file;
  if (type === 'image/gif') return file; // not even read: it may be long
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    const size = fitted(type, picture.width, picture.height);
    if (!size) return file;
    const png = type === 'image/png' ? await drawn(picture, size, 'image/png') : null;
    if (png && staysPng(type, png.size)) return new File([png], file.name, { type });
    const jpeg = await drawn(picture, size, 'image/jpeg');
    return new File([jpeg], asJpeg(file.name), { type: 'image/jpeg' });
  } finally {
    picture.close();
  }
}

async function drawn(picture: ImageBitmap, size: { width: number; height: number }, type: string): Promise<Blob> {
  const canvas = Object.assign(document.createElement('canvas'), size);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('nothing to draw on');
  // JPEG has no holes: what can be seen through becomes paper, not black.
  if (type === 'image/jpeg') {
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, size.width, size.height);
  }
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, QUALITY));
  canvas.width = canvas.height = 0; // iOS gives its memory back only so
  if (blob?.type !== type) throw new Error('not drawn');
  return blob;
}
