import { expect, test, vi } from 'vitest';
import { failure, json, noNetwork, pathsOf, serve } from '../support/server';

/** A tab that was just opened: it knows no token yet. */
async function newTab(): Promise<typeof import('../../../src/net/api')> {
  vi.resetModules();
  return import('../../../src/net/api');
}

test('before the first change a tab asks for its token, and only once', async () => {
  const { api } = await newTab();
  const log = serve({ session: () => ({ csrf: 'token' }), bodies: () => ({ bodies: [], missing: [] }) });
  await api.bodies(['m1']);
  await api.bodies(['m2']);
  expect(pathsOf(log)).toEqual(['session', 'bodies', 'bodies']);
});

test('a token that ended is replaced once, and what was asked is asked again', async () => {
  const { api } = await newTab();
  let tries = 0;
  const log = serve({
    session: () => ({ csrf: 'token' }),
    bodies: () => ((tries += 1) === 1 ? failure(403, 'csrf') : { bodies: [], missing: [] }),
  });
  await api.bodies(['m1']);
  expect(pathsOf(log)).toEqual(['session', 'bodies', 'session', 'bodies']);
});

test('a token that is refused again is told, not tried forever', async () => {
  const { api } = await newTab();
  const log = serve({ session: () => ({ csrf: 'token' }), bodies: () => failure(403, 'csrf') });
  await expect(api.bodies(['m1'])).rejects.toMatchObject({ status: 403, code: 'csrf' });
  expect(log).toHaveLength(4);
});

test('no network is a passing failure and never means signed out', async () => {
  const { api } = await newTab();
  serve({ snapshot: noNetwork });
  await expect(api.snapshot()).rejects.toMatchObject({ status: 0, code: 'network', passing: true });
});

test("the server's own refusals keep their code", async () => {
  const { api } = await newTab();
  serve({ snapshot: () => failure(401, 'signed_out') });
  await expect(api.snapshot()).rejects.toMatchObject({ status: 401, code: 'signed_out', passing: false });
});

test("a proxy's page does not sign anybody out", async () => {
  const { api } = await newTab();
  const page = (status: number): Response => new Response('<h1>Welcome to our hotel</h1>', { status });
  serve({ snapshot: () => page(403) });
  await expect(api.snapshot()).rejects.toMatchObject({ code: 'not_ours', passing: true });
  serve({ snapshot: () => page(200) });
  await expect(api.snapshot()).rejects.toMatchObject({ code: 'not_ours', passing: true });
});

test('an answer that broke off in the middle counts as no network', async () => {
  const { api } = await newTab();
  serve({ snapshot: () => new Response('{"epoch": ', { headers: { 'content-type': 'application/json' } }) });
  await expect(api.snapshot()).rejects.toMatchObject({ code: 'network', passing: true });
});

test.each([
  [0, true],
  [429, true],
  [500, true],
  [503, true],
  [400, false],
  [401, false],
  [404, false],
  [422, false],
])('a failure of %i is passing: %s', async (status, passing) => {
  const { ApiError } = await newTab();
  expect(new ApiError(status, 'any').passing).toBe(passing);
});

test('the first page of a folder names no bound, the next one does', async () => {
  const { api } = await newTab();
  const log = serve({ folders: () => json({}) });
  await api.page('f', 'all', null, 60);
  await api.page('f', 'unread', { received_at: 9, id: 'm' }, 60);
  expect(pathsOf(log)).toEqual([
    'folders/f/messages?kind=all&limit=60',
    'folders/f/messages?kind=unread&limit=60&before_received_at=9&before_id=m',
  ]);
});

test('a chunk of a file is sent as bytes, with the token of every change', async () => {
  const { api } = await newTab();
  const sent: RequestInit[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.endsWith('session')) sent.push(init);
    return Promise.resolve(json(url.endsWith('session') ? { csrf: 'token' } : { id: 'u1', received: 3 }));
  });
  expect(await api.chunk('u1', 0, new Uint8Array([1, 2, 3]), 1000)).toEqual({ id: 'u1', received: 3 });
  expect(sent[0]).toMatchObject({
    method: 'PUT',
    body: new Uint8Array([1, 2, 3]),
    headers: { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': 'token' },
  });
});

test('what is only answered with nothing is done, unless the answer is not ours', async () => {
  const { api } = await newTab();
  const log = serve({ session: () => ({ csrf: 'token' }), domains: () => new Response(null, { status: 204 }) });
  await api.domain('spital.example', true);
  expect(log.at(-1)).toMatchObject({ method: 'PUT', body: { domain: 'spital.example', protected: true } });
  serve({ writing: () => new Response('<h1>Welcome to our hotel</h1>') });
  await expect(api.identities([])).rejects.toMatchObject({ code: 'not_ours', passing: true });
});

test('a mail server that is not listed is refused by its code', async () => {
  const { api } = await newTab();
  serve({ session: () => ({ csrf: 'token' }), smtp: () => failure(422, 'host_not_listed') });
  const server = { host: 'mail.example.org', port: 587, security: 'starttls' } as const;
  await expect(api.smtp(server)).rejects.toMatchObject({ status: 422, code: 'host_not_listed', passing: false });
});
