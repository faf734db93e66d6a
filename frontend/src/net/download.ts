/** Streams with progress. A stream that ends short is an error, never a short file. */
import { api, ApiError } from './api';

const SILENCE_MS = 30_000;

/** Read an answer whole, telling how much is here. Gives up when nothing came for half a minute. */
async function readAll(
  open: (signal: AbortSignal) => Promise<Response>,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await open(silence.signal);
    const total = Number(response.headers.get('X-Part-Size') ?? 0);
    const chunks: BlobPart[] = [];
    let done = 0;
    for (const reader = response.body?.getReader(); reader;) {
      const { value, done: ended } = await reader.read();
      if (ended) break;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      chunks.push(value);
      done += value.byteLength;
      onProgress(done, total);
    }
    return new Blob(chunks, { type: response.headers.get('content-type') ?? 'application/octet-stream' });
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, 'network');
  } finally {
    clearTimeout(timer);
  }
}

export const downloadPart = (
  message: string,
  part: string,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> => readAll((signal) => api.part(message, part, signal), onProgress);

export async function downloadSource(message: string): Promise<string> {
  const blob = await readAll(
    (signal) => api.source(message, signal),
    () => undefined,
  );
  return blob.text();
}
