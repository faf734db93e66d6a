import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitingOf } from '../../../src/db/outbox';
import type { Composition, Present } from '../../../src/mail/rows';
import { Practice } from '../support/practice';
import { until } from '../support/until';

/** Formatted text is told by its editor a moment after the key. Whoever takes the draft over gets that moment as well. */

let account: string;
let tab: Tab;
let practice: Practice;
const others: Tab[] = [];

beforeEach(async () => {
  account = newAccount();
  tab = await openTab(account);
  practice = await Practice.of(tab);
  await tab.compose.composeNew({ subject: 'Befund', text: 'Guten Tag' });
  await tab.compose.enrich();
});
afterEach(() => {
  for (const one of [...others.splice(0), tab]) one.kill();
  expect(defects.splice(0)).toEqual([]);
});

const now = (at = tab) => get(at.compose.composing);
const wished = async (): Promise<Composition | null | undefined> => (await waitingOf(tab.mirror)).at(-1)?.composition;

/** Typed, and not told yet. */
function type(word: string): void {
  let told = false;
  tab.compose.whileTyping(() => {
    if (!told) tab.compose.change({ html: `<div>Guten Tag <b>${word}</b></div>`, text: `Guten Tag ${word}\n` });
    told = true;
  });
}

test('taken over by another device, the version in Drafts has what was typed in the last moment', async () => {
  const draft = now()?.composition.draft ?? '';
  type('Frau Muster');
  const labor: Present = { device: 'd2', device_name: 'Labor', replying: [], drafts: [draft], taken: [draft] };
  practice.ring({ kind: 'present', present: [labor] });
  await until(() => now()?.locked === true);
  await until(async () => (await wished()) !== undefined);
  expect(await wished()).toMatchObject({ draft, html: '<div>Guten Tag <b>Frau Muster</b></div>' });
  expect(now()).toMatchObject({ locked: true, others: ['Labor'], composition: { text: 'Guten Tag Frau Muster\n' } });
});

test('taken over by another tab, it goes on from what was typed in the last moment', async () => {
  await tab.current.current()?.writer.store();
  const other = await openTab(account, `/compose/${now()?.composition.draft}`);
  others.push(other);
  await until(() => now(other) !== null);
  type('Frau Muster');
  other.compose.change({ subject: 'Ihr Befund' });
  await until(() => now(other)?.others.length === 0);
  const { subject, html } = now(other)?.composition ?? {};
  expect([subject, html]).toEqual(['Ihr Befund', '<div>Guten Tag <b>Frau Muster</b></div>']);
});
