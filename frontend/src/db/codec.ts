/** Every stored record passes here: AES-GCM under a key that cannot be taken out, bound to its table and id.
 *
 *  Always before a transaction opens or after it closed: IndexedDB commits as soon as something else is awaited. */
import type { Sealed } from './schema';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Codec {
  constructor(private readonly key: CryptoKey) {}

  async seal(table: string, id: string, value: unknown): Promise<Sealed> {
    return this.sealBytes(table, id, encoder.encode(JSON.stringify(value)));
  }

  async open<T>(table: string, id: string, sealed: Sealed): Promise<T> {
    return JSON.parse(decoder.decode(await this.openBytes(table, id, sealed))) as T;
  }

  async sealBytes(table: string, id: string, bytes: BufferSource): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: place(table, id) },
      this.key,
      bytes,
    );
    return { iv, data };
  }

  async openBytes(table: string, id: string, sealed: Sealed): Promise<ArrayBuffer> {
    const { iv, data } = sealed;
    return crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: place(table, id) }, this.key, data);
  }

  /** Many at once; they run side by side. */
  async sealAll<T>(table: string, values: readonly T[], idOf: (value: T) => string): Promise<Sealed[]> {
    return Promise.all(values.map((value) => this.seal(table, idOf(value), value)));
  }
}

function place(table: string, id: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${table}/${id}`);
}

export async function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
