import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftById } from '../../../src/db/compositions';
import { waitingOf } from '../../../src/db/outbox';
import { failUpload, noteSent, uploadById, uploadsOf } from '../../../src/db/uploads';
import type { Link } from '../../../src/sync/bell';
import { Practice } from '../support/practice';
import { until } from '../support/until';

/** Files: here first, then on their way; no mail loses one without a word. */

let tab: Tab;
let practice: Practice;

beforeEach(async () => {
  tab = await openTab(newAccount());
  practice = await Practice.of(tab);
  await tab.compose.composeNew({ subject: 'Befund', to: [{ name: '', email: 'a@hin.ch' }] });
});
afterEach(() => {
  tab.kill();
  vi.restoreAllMocks();
  expect(defects.splice(0)).toEqual([]);
});

const now = () => get(tab.compose.composing);
const views = (): string[] => (now()?.files ?? []).map((file) => `${file.filename} ${file.state} ${file.sent}`);
const file = (name: string, size = 10, type = 'application/pdf'): File =>
  new File([new Uint8Array(size)], name, { type });
/** As if it had so many bytes. */
function sized(name: string, size: number): File {
  const one = file(name);
  Object.defineProperty(one, 'size', { value: size });
  return one;
}
const full = (): Error => Object.assign(new Error('full'), { name: 'QuotaExceededError' });
const link = (kind: Link['kind']): void =>
  practice.ring({ kind: 'link', link: { kind, asOf: 1, since: 1, held: 0, wanted: 0 } });
const idOf = (name: string): string => now()?.files.find((one) => one.filename === name)?.id ?? '';
const settled = async (): Promise<void> => tab.current.current()?.settled();

test('a file is shown at once, belongs to the mail once it is stored, and waits for a network', async () => {
  expect(await tab.compose.attach([file('scan.pdf')])).toBeNull();
  expect([views(), now()?.composition.files]).toEqual([['scan.pdf here 0'], []]);
  await settled();
  await until(() => views()[0] === 'scan.pdf waiting 0');
  expect(now()?.composition.files).toMatchObject([
    { filename: 'scan.pdf', type: 'application/pdf', size: 10, message: '' },
  ]);
  expect(await uploadsOf(tab.mirror, now()?.composition.draft ?? '')).toHaveLength(1);
});

test('how far it is on its way is shown, until it is there', async () => {
  link('live');
  await tab.compose.attach([file('scan.pdf', 100)]);
  await settled();
  const [id, draft] = [idOf('scan.pdf'), now()?.composition.draft ?? ''];
  for (const [sent, shown] of [
    [0, 'scan.pdf here 0'],
    [40, 'scan.pdf uploading 40'],
    [100, 'scan.pdf done 100'],
  ] as const) {
    await noteSent(tab.mirror, id, sent);
    practice.ring({ kind: 'uploads', draft });
    await until(() => views()[0] === shown, shown);
  }
});

test('a file that has arrived has the text saved once more, with it', async () => {
  await tab.compose.attach([file('scan.pdf')]);
  await settled();
  await tab.current.current()?.writer.wish();
  const [first] = await waitingOf(tab.mirror);
  await noteSent(tab.mirror, idOf('scan.pdf'), 10);
  practice.ring({ kind: 'uploads', draft: now()?.composition.draft ?? '' });
  await until(async () => (await waitingOf(tab.mirror)).at(-1)?.id !== first?.id);
});

test('a file that no server would take is refused before anything is stored', async () => {
  expect(await tab.compose.attach([sized('film.mp4', 40_000_000)])).toMatchObject({
    code: 'too_large',
    most: 25 * 1024 * 1024,
  });
  expect(now()?.files).toEqual([]);
});

test('files count together', async () => {
  const [one, two] = [sized('one.bin', 12_000_000), sized('two.bin', 12_000_000)];
  expect(await tab.compose.attach([one])).toBeNull();
  expect(await tab.compose.attach([two])).toMatchObject({ code: 'too_large' });
});

test('a file that is taken off is gone from the mail and from this device', async () => {
  await tab.compose.attach([file('one.pdf'), file('two.pdf')]);
  await settled();
  const id = idOf('one.pdf');
  tab.compose.detach(id);
  expect(now()?.composition.files.map((one) => one.filename)).toEqual(['two.pdf']);
  await until(async () => (await uploadById(tab.mirror, id)) === null);
});

test('a file that is taken off while it is being stored does not come back', async () => {
  await tab.compose.attach([file('one.pdf', 3_000_000)]);
  tab.compose.detach(idOf('one.pdf'));
  await settled();
  expect([now()?.files, now()?.composition.files]).toEqual([[], []]);
  expect(await tab.mirror.db.slices.count()).toBe(0);
});

test('a file that a full device cannot keep says so, speaks against sending, and can be tried again', async () => {
  const put = vi.spyOn(tab.mirror.db.uploads, 'put').mockRejectedValue(full());
  await tab.compose.attach([file('scan.pdf')]);
  await settled();
  expect(now()?.files).toMatchObject([{ filename: 'scan.pdf', state: 'failed', code: 'full' }]);
  expect(await tab.compose.objections()).toMatchObject([{ code: 'attachment_missing' }]);
  put.mockRestore();
  tab.compose.attachAgain(idOf('scan.pdf'));
  await until(() => views()[0] === 'scan.pdf waiting 0');
});

test('a file that the server refused can be tried again, as long as it is here', async () => {
  await tab.compose.attach([file('scan.pdf')]);
  await settled();
  const [id, draft] = [idOf('scan.pdf'), now()?.composition.draft ?? ''];
  await failUpload(tab.mirror, id, 'gone');
  practice.ring({ kind: 'uploads', draft });
  await until(() => now()?.files[0]?.code === 'gone');
  let rung = 0;
  tab.place.here()?.bell.on((news) => (rung += news.kind === 'files' ? 1 : 0));
  tab.compose.attachAgain(id);
  await until(() => views()[0] === 'scan.pdf waiting 0');
  expect(rung).toBe(1);
});

test('sent without a network, with files that are only here, it is said', async () => {
  await tab.compose.attach([file('scan.pdf')]);
  expect(await tab.compose.objections()).toMatchObject([{ code: 'uploading_offline' }]);
  link('live');
  expect(await tab.compose.objections()).toEqual([]);
});

test('sent or put away while a file is being stored, the mail has it', async () => {
  await tab.compose.attach([file('scan.pdf', 3_000_000)]);
  const draft = now()?.composition.draft ?? '';
  await tab.compose.closeComposer();
  expect((await draftById(tab.mirror, draft))?.writing.composition.files).toHaveLength(1);
  tab.route.go({ view: 'compose', draft });
  await until(() => now() !== null);
  await tab.compose.attach([file('two.pdf', 3_000_000)]);
  await tab.compose.send();
  expect((await waitingOf(tab.mirror)).at(-1)?.composition?.files).toHaveLength(2);
});

test('after a reload files are where they were', async () => {
  await tab.compose.attach([file('scan.pdf', 100)]);
  await settled();
  await noteSent(tab.mirror, idOf('scan.pdf'), 40);
  await tab.current.current()?.writer.store();
  const draft = now()?.composition.draft ?? '';
  tab.kill();
  tab = await openTab(tab.mirror.account, `/compose/${draft}`);
  await until(() => views()[0] === 'scan.pdf waiting 40');
});

test('a name that a header could not hold is made one that it can', async () => {
  await tab.compose.attach([file(`a\r\nb${'x'.repeat(300)}.pdf`, 1, 'nonsense')]);
  await settled();
  const [one] = now()?.composition.files ?? [];
  expect(one?.filename).toMatch(/^x+\.pdf$/);
  expect([one?.filename.length, one?.type]).toEqual([200, 'application/octet-stream']);
});
