/** The HTTP API, typed by the server's own description. Free of the DOM: the service worker calls it too.
 *
 *  Every failure is an ApiError with a code that the screen has words for. A network error is `network`, and never
 *  means signed out. */
import type {
  Accepted,
  Bodies,
  Contact,
  Composition,
  Delta,
  Identity,
  Page,
  Position,
  SentIntent,
  Session,
  TextBlock,
  Upload,
  Window,
  WindowKind,
} from '../mail/rows';

const API = '1';
const ANSWER_MS = 20_000;
/** The server signs in to a mail server before it answers. */
const PROOF_MS = 60_000;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }

  /** Worth trying again without anybody doing anything. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export type SignIn = {
  address: string;
  imap_user: string;
  secret: string;
  preset: 'hin' | 'other';
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'plain';
  device_name: string;
};

export type SmtpServer = { host: string; port: number; security: 'tls' | 'starttls' | 'plain' };

type Body = Uint8Array<ArrayBuffer> | object | undefined;

let csrf = '';
let account = '';

/** Whose mirror asks: the server refuses when the browser's session is another mailbox's by now. */
export const speakFor = (id: string): void => void (account = id);
export const spokenFor = (): string => account;

async function ask(method: string, path: string, body: Body, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'X-Praxispost-Api': API };
  const bytes = body instanceof Uint8Array;
  if (body !== undefined) headers['Content-Type'] = bytes ? 'application/octet-stream' : 'application/json';
  if (method !== 'GET') headers['X-CSRFToken'] = csrf;
  if (account) headers['X-Praxispost-Account'] = account;
  try {
    return await fetch(`/api/${path}`, {
      method,
      headers,
      body: bytes ? body : body === undefined ? null : JSON.stringify(body),
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch {
    throw new ApiError(0, 'network');
  }
}

async function failed(response: Response): Promise<ApiError> {
  try {
    const { code } = (await response.json()) as { code?: string };
    return new ApiError(response.status, code ?? `http_${response.status}`);
  } catch {
    // Not our server: a proxy's page, a hotel's sign-in.
    return new ApiError(response.status === 401 || response.status === 403 ? 502 : response.status, 'not_ours');
  }
}

async function reach(method: string, path: string, body: Body, signal: AbortSignal): Promise<Response> {
  if (method !== 'GET' && !csrf) await session();
  const first = await ask(method, path, body, signal);
  if (first.ok) return first;
  const error = await failed(first);
  if (error.code !== 'csrf') throw error;
  // The token ended with an older session of this browser; one fresh one is enough.
  await session();
  const second = await ask(method, path, body, signal);
  if (second.ok) return second;
  throw await failed(second);
}

async function call<T>(method: string, path: string, body?: Body, within_ms = ANSWER_MS): Promise<T> {
  const response = await reach(method, path, body, AbortSignal.timeout(within_ms));
  if (!response.headers.get('content-type')?.startsWith('application/json')) throw new ApiError(502, 'not_ours');
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(0, 'network'); // it broke off in the middle
  }
}

async function session(): Promise<Session> {
  const found = await call<Session>('GET', 'session');
  csrf = found.csrf;
  return found;
}

/** Answered with nothing but that it is done. */
async function put(path: string, body: object | undefined, within_ms = ANSWER_MS, method = 'PUT'): Promise<void> {
  const response = await reach(method, path, body, AbortSignal.timeout(within_ms));
  if (response.status !== 204) throw new ApiError(502, 'not_ours');
}

async function changing(method: string, path: string, body?: object): Promise<Session> {
  const found = await call<Session>(method, path, body);
  csrf = found.csrf;
  return found;
}

const query = (values: Record<string, string | number>): string =>
  new URLSearchParams(Object.entries(values).map(([key, value]) => [key, String(value)])).toString();

export const api = {
  session,
  signIn: (form: SignIn): Promise<Session> => changing('POST', 'sign-in', form),
  signOut: (): Promise<Session> => changing('POST', 'sign-out', {}),
  nameDevice: (name: string): Promise<Session> => changing('POST', 'device', { name }),
  replaceSecret: (secret: string): Promise<Session> => changing('POST', 'secret', { secret }),
  chooseArchive: (folder: string | null): Promise<Session> => changing('POST', 'archive', { folder }),
  snapshot: (): Promise<Delta> => call('GET', 'snapshot'),
  changes: (epoch: string, since: number, windows: readonly Window[]): Promise<Delta | { reset: true }> =>
    call('POST', 'changes', { epoch, since, windows }),
  page: (folder: string, kind: WindowKind, before: Position | null, limit: number): Promise<Page> => {
    const below: Record<string, string | number> = before
      ? { before_received_at: before.received_at, before_id: before.id }
      : {};
    return call('GET', `folders/${folder}/messages?${query({ kind, limit, ...below })}`);
  },
  bodies: (ids: readonly string[]): Promise<Bodies> => call('POST', 'bodies', { ids }),
  actions: (actions: readonly SentIntent[]): Promise<Accepted> => call('POST', 'actions', { actions }),
  retry: (action: string): Promise<Accepted> => call('POST', `actions/${action}/retry`, {}),
  discard: (action: string): Promise<Accepted> => call('POST', `actions/${action}/discard`, {}),
  /** What a mail says that waits, is held or failed. */
  composition: (action: string): Promise<Composition> => call('GET', `actions/${action}/composition`),
  /** Begin an upload, or ask how much of it is there. */
  upload: (id: string, size: number, sha256: string): Promise<Upload> => call('POST', 'uploads', { id, size, sha256 }),
  chunk: (id: string, offset: number, bytes: Uint8Array<ArrayBuffer>, within_ms: number): Promise<Upload> =>
    call('PUT', `uploads/${id}/${offset}`, bytes, within_ms),
  identities: (identities: readonly Identity[]): Promise<void> => put('writing', { identities }),
  contact: ({ id, name, emails, phone, organisation, note }: Contact): Promise<void> =>
    put(`contacts/${id}`, { name, emails, phone, organisation, note }),
  contacts: (contacts: readonly Omit<Contact, 'seq'>[]): Promise<{ added: number; merged: number }> =>
    call('POST', 'contacts', { contacts }),
  removeContact: (id: string): Promise<void> => put(`contacts/${id}`, undefined, ANSWER_MS, 'DELETE'),
  block: ({ id, title, text }: TextBlock): Promise<void> => put(`blocks/${id}`, { title, text }),
  removeBlock: (id: string): Promise<void> => put(`blocks/${id}`, undefined, ANSWER_MS, 'DELETE'),
  domain: (domain: string, isProtected: boolean): Promise<void> => put('domains', { domain, protected: isProtected }),
  smtp: (server: SmtpServer): Promise<void> => put('smtp', server, PROOF_MS),
  part: (message: string, part: string, signal: AbortSignal): Promise<Response> =>
    reach('GET', `messages/${message}/parts/${encodeURIComponent(part)}?inline=1`, undefined, signal),
  source: (message: string, signal: AbortSignal): Promise<Response> =>
    reach('GET', `messages/${message}/source`, undefined, signal),
};
