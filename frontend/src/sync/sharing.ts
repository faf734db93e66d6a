/** What other apps share: kept by the service worker, told to a window by the address that it opens. */
import { forgetShare, keepShare, nextShare, sharesWait, type Share } from '../db/shared';
import { lastAccount } from '../db/vault';
import { uuid7 } from '../mail/uuid7';

export { forgetShare, nextShare, sharesWait, type Share };

export const SHARE_PATH = '/share';

const random = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => crypto.getRandomValues(bytes);

/** A form as the system's share sheet posts it. One too large to be read is lost too. → the address to go on at. */
export async function takeForm(request: Request): Promise<string> {
  try {
    const form = await request.formData();
    const said = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const files = form.getAll('files').filter((one) => one instanceof File);
    const text = { title: said('title'), text: said('text'), url: said('url') };
    // Whose session has ended meanwhile finds it again; nobody else does.
    await keepShare(uuid7(Date.now(), random), await lastAccount(), text, files);
    return '/?shared=kept';
  } catch {
    return '/?shared=lost';
  }
}
