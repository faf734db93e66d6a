/** The API as tests need it: each test says what its paths answer. */
import { vi } from 'vitest';

export type Asked = { method: string; path: string; body: unknown };
export type Answer = (asked: Asked) => unknown;

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
export const failure = (status: number, code: string): Response => json({ code }, status);
export const noNetwork = (): never => {
  throw new TypeError('Failed to fetch');
};

/** Answer fetch() by the path's beginning. → what was asked, in order, without the session. */
export function serve(routes: Record<string, Answer>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal(
    'fetch',
    async (url: string, { method, body }: { method: string; body: string | Uint8Array | null }) => {
      const path = url.replace('/api/', '');
      if (path === 'session' && !routes.session) return json({ csrf: 'token' });
      const sent: unknown = typeof body === 'string' ? JSON.parse(body) : (body ?? undefined);
      const asked: Asked = { method, path, body: sent };
      log.push(asked);
      const found = Object.keys(routes).find((route) => path.startsWith(route));
      if (!found) throw new Error(`nothing answers ${method} ${path}`);
      const answer = await routes[found]?.(asked);
      return answer instanceof Response ? answer : json(answer);
    },
  );
  return log;
}

export const pathsOf = (log: readonly Asked[]): string[] => log.map((asked) => asked.path);
