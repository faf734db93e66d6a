import '../support/browser';
import { expect, test } from 'vitest';
import { alone, lead } from '../../../src/sync/leader';

function gate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('a sender that finds another at work waits and then looks for itself', async () => {
  const log: string[] = [];
  const first = gate();
  const one = alone('push', async () => {
    log.push('first begins');
    await first.opened;
    log.push('first ends');
  });
  const two = alone('push', () => Promise.resolve(void log.push('second')));
  first.open();
  await Promise.all([one, two]);
  expect(log).toEqual(['first begins', 'first ends', 'second']);
});

test('a sender that fails tells it and lets the next one go on', async () => {
  const failing = alone('push', () => Promise.reject(new Error('no network')));
  let ran = false;
  const next = alone('push', () => Promise.resolve(void (ran = true)));
  await expect(failing).rejects.toThrow('no network');
  await next;
  expect(ran).toBe(true);
});

test('one tab leads an account, the next takes over when it ends', async () => {
  const log: string[] = [];
  const first = gate();
  const signal = new AbortController().signal;
  const one = lead('account', signal, () => (log.push('first'), first.opened));
  const two = lead('account', signal, () => Promise.resolve(void log.push('second')));
  await lead('another account', signal, () => Promise.resolve(void log.push('other')));
  expect(log).toEqual(['first', 'other']);
  first.open();
  await Promise.all([one, two]);
  expect(log).toEqual(['first', 'other', 'second']);
});

test('a failure while leading is told, unless the tab is being left anyway', async () => {
  const left = new AbortController();
  await expect(lead('a', left.signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  left.abort();
  await lead('a', left.signal, () => Promise.reject(new Error('aborted')));
});
