/** Every way a sign-in can fail, answered by a sentence that helps. */
import type { Key } from '../i18n';

const KNOWN: Record<string, Key> = {
  hin_user_is_address: 'signin.error.hin_user_is_address',
  hin_password_not_token: 'signin.error.hin_password_not_token',
  refused: 'signin.error.refused',
  host_not_listed: 'signin.error.host_not_listed',
  unreachable: 'signin.error.unreachable',
  locked_out: 'signin.error.locked_out',
  bad_input: 'signin.error.bad_input',
  offline: 'signin.error.offline',
  network: 'signin.error.offline',
  update_required: 'signin.error.update_required',
};

export function signInError(code: string): Key {
  return KNOWN[code] ?? 'signin.error.unknown';
}

export type FieldName = 'address' | 'user' | 'secret' | 'host';

/** The field to look at first: it gets the focus and the red border. */
export function fieldOf(code: string): FieldName {
  if (code === 'hin_user_is_address') return 'user';
  if (code === 'host_not_listed' || code === 'unreachable') return 'host';
  if (code === 'bad_input') return 'address';
  return 'secret';
}
