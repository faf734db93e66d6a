import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftById } from '../../../src/db/compositions';
import { forgetShares, sharesWait } from '../../../src/db/shared';
import { Practice } from '../support/practice';
import { serve } from '../support/server';
import { until } from '../support/until';

/** What another app shared becomes a mail of its own, of the person for whom it was kept. */

let tab: Tab;

beforeEach(async () => {
  tab = await openTab(newAccount());
  await Practice.of(tab);
  serve({});
});
afterEach(async () => {
  vi.restoreAllMocks();
  tab.kill();
  await forgetShares();
  expect(defects.splice(0)).toEqual([]);
});

const now = () => get(tab.compose.composing);
const openShares = async (): Promise<void> => (await import('../../../src/state/sharing')).openShares();

async function share(title: string): Promise<string> {
  const { takeForm } = await import('../../../src/sync/sharing');
  const form = new FormData();
  form.set('title', title);
  form.append('files', new File(['bytes'], `${title}.png`, { type: 'image/png' }));
  return takeForm(new Request('https://praxis.example/share', { method: 'POST', body: form }));
}

test('what is shared is a mail of its own, and is forgotten as soon as it is in one', async () => {
  await tab.compose.composeNew({ subject: 'Offen' });
  expect(await share('Befund')).toBe('/?shared=kept');
  await openShares();
  expect(now()).toMatchObject({ composition: { subject: 'Befund' }, files: [{ filename: 'Befund.png' }] });
  expect(await sharesWait()).toBe(false);
});

test('what is shared never goes into a mail that a full device could not put away', async () => {
  await tab.compose.composeNew({ subject: 'An Vera' });
  const draft = now()?.composition.draft ?? '';
  await until(async () => (await draftById(tab.mirror, draft)) !== null);
  const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  const put = vi.spyOn(tab.mirror.db.compositions, 'put').mockRejectedValue(full);
  tab.compose.change({ text: 'Guten Tag' });
  await share('Befund');
  await openShares();
  expect(now()).toMatchObject({ composition: { draft, files: [] }, files: [] });
  expect(await sharesWait()).toBe(true);
  put.mockRestore();
  await openShares();
  expect(now()).toMatchObject({ composition: { subject: 'Befund' }, files: [{ filename: 'Befund.png' }] });
});

test('a form that cannot be read is told to be lost, and ends in the app', async () => {
  const { takeForm } = await import('../../../src/sync/sharing');
  const unreadable = new Request('https://praxis.example/share', { method: 'POST', body: 'no form' });
  expect(await takeForm(unreadable)).toBe('/?shared=lost');
});

test('what waits for somebody whose session has ended is told to be lost when another signs in, never opened', async () => {
  await share('Befund');
  tab.kill();
  tab = await openTab(newAccount());
  await Practice.of(tab);
  await openShares();
  expect([now(), await sharesWait()]).toEqual([null, false]);
  expect(get(tab.act.toast)?.text.code).toBe('share_lost');
});
