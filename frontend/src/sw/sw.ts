/// <reference lib="webworker" />
/** The service worker: the versioned shell, and what a closed app left in its outbox. Never an answer of the API. */
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { lastAccount, openMirror } from '../db/vault';
import { speakFor } from '../net/api';
import { push } from '../sync/push';
import { SHARE_PATH, takeForm } from '../sync/sharing';
import { Uploads } from '../sync/uploads';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

precacheAndRoute(self.__WB_MANIFEST);

// Every page address is the shell; the mail frame is a file of its own, with its own policy.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/live\//, /^\/healthz/, /\.[a-z0-9]+$/i],
  }),
);

// The share sheet posts here, also without a network and with nobody signed in: it is kept, and a window goes on with it.
registerRoute(
  ({ url }) => url.pathname === SHARE_PATH,
  async ({ request }) => Response.redirect(await takeForm(request), 303),
  'POST',
);

self.addEventListener('message', (event) => {
  const data: unknown = event.data;
  // A new version waits until somebody agreed.
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING')
    void self.skipWaiting();
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

type SyncEvent = ExtendableEvent & { tag: string };

self.addEventListener('sync' as 'message', (event) => {
  const sync = event as unknown as SyncEvent;
  if (sync.tag === 'outbox') sync.waitUntil(sendOutbox());
});

/** Fails when the network does: the browser then tries again later. Mails whose files were missing go last. */
async function sendOutbox(): Promise<void> {
  const account = await lastAccount();
  if (!account) return;
  const mirror = await openMirror(account);
  speakFor(account);
  const nobody = (): void => undefined;
  const { signal } = new AbortController();
  try {
    await push(mirror, nobody);
    await new Uploads(mirror, { told: nobody, turn: () => Promise.resolve(), signal }).run();
    await push(mirror, nobody);
  } finally {
    mirror.db.close();
  }
}
