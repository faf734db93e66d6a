import { defects, newAccount, openTab, type Tab } from '../support/tab';
import { get } from 'svelte/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftById } from '../../../src/db/compositions';
import { waitingOf } from '../../../src/db/outbox';
import { Practice } from '../support/practice';

/** Formatted text and its pictures, from the screen to the wish. */

let tab: Tab;

beforeEach(async () => {
  tab = await openTab(newAccount());
  await Practice.of(tab);
  await tab.compose.composeNew({ subject: 'Befund', text: 'Guten Tag', to: [{ name: '', email: 'a@hin.ch' }] });
});
afterEach(() => {
  tab.kill();
  vi.restoreAllMocks();
  expect(defects.splice(0)).toEqual([]);
});

const mail = () => {
  const now = get(tab.compose.composing);
  if (!now) throw new Error('no mail is open');
  return now.composition;
};
const settled = async (): Promise<void> => tab.current.current()?.settled();
const png = (size = 10): File => new File([new Uint8Array(size).fill(7)], 'Kurve.png', { type: 'image/png' });
const wished = async () => (await waitingOf(tab.mirror)).at(-1)?.composition;

async function insert(): Promise<string> {
  const added = tab.compose.insertPicture(png());
  if (!added || !('content_id' in added)) throw new Error('not taken');
  await settled();
  return added.content_id;
}

test('a plain text becomes a formatted one that reads the same, and plain again', async () => {
  await tab.compose.enrich();
  expect(mail()).toMatchObject({ html: '<div>Guten Tag</div>', text: 'Guten Tag' });
  tab.compose.flatten();
  expect(mail()).toMatchObject({ html: null, text: 'Guten Tag' });
});

test('a picture is stored here, can be shown again, and goes along as long as the text shows it', async () => {
  await tab.compose.enrich();
  const id = await insert();
  expect(mail().files).toMatchObject([{ filename: 'Kurve.png', inline: true, content_id: id }]);
  expect((await tab.compose.picture(id))?.size).toBe(10);
  expect(await tab.compose.picture('other@praxispost')).toBeNull();
  tab.compose.change({ html: `<div><img src="cid:${id}"></div>`, text: '[Kurve.png]\n' });
  await tab.current.current()?.writer.wish();
  expect((await wished())?.files).toHaveLength(1);
  tab.compose.change({ html: '<div><b>Ja</b></div>', text: 'Ja\n' });
  await tab.compose.send();
  expect(await wished()).toMatchObject({ html: '<div><b>Ja</b></div>', files: [] });
});

test('what is no picture of the kinds that everybody can show is not put into the text', async () => {
  await tab.compose.enrich();
  expect(tab.compose.insertPicture(new File(['<svg/>'], 'x.svg', { type: 'image/svg+xml' }))).toBeNull();
  const large = png();
  Object.defineProperty(large, 'size', { value: 90_000_000 });
  expect(tab.compose.insertPicture(large)).toMatchObject({ objection: { code: 'too_large' } });
  expect(mail().files).toEqual([]);
});

test('in a plain mail a picture of before is a file beside it', async () => {
  await tab.compose.enrich();
  const id = await insert();
  tab.compose.change({ html: `<img src="cid:${id}">`, text: '[Kurve.png]\n' });
  tab.compose.flatten();
  expect(mail().files).toMatchObject([{ filename: 'Kurve.png', inline: false, content_id: '' }]);
});

test('sent with nothing formatted in it, it leaves as plain text; taken back, it is as it was', async () => {
  await tab.compose.enrich();
  const { draft } = mail();
  await tab.compose.send();
  expect(await wished()).toMatchObject({ html: null, text: 'Guten Tag' });
  expect((await draftById(tab.mirror, draft))?.writing.composition.html).toBe('<div>Guten Tag</div>');
});

test('what the editor has not told yet is told before the mail is stored, put away or sent', async () => {
  await tab.compose.enrich();
  const { draft } = mail();
  const type = (word: string) => () => tab.compose.change({ html: `<b>${word}</b>`, text: `${word}\n` });
  const over = tab.compose.whileTyping(type('Zuletzt'));
  await settled();
  expect(mail().html).toBe('<b>Zuletzt</b>');
  over();
  tab.compose.whileTyping(type('Noch eins'));
  await tab.compose.send();
  expect((await wished())?.html).toBe('<b>Noch eins</b>');
  expect((await draftById(tab.mirror, draft))?.writing.composition.html).toBe('<b>Noch eins</b>');
});

test('where this device writes formatted text, a new mail and an answer begin so', async () => {
  tab.settings.change({ formatted: true });
  await tab.compose.composeNew({ text: 'Guten Tag' });
  expect(mail()).toMatchObject({ html: '<div>Guten Tag</div>', text: 'Guten Tag' });
  await tab.compose.composeReply('m1', 'reply');
  expect(mail().html).toMatch(/<blockquote><div>Wann\?<\/div><\/blockquote>/);
  expect(mail().text).toContain('> Wann?');
  tab.settings.change({ formatted: false });
  await tab.compose.composeReply('m1', 'reply');
  expect(mail().html).toBeNull();
});

test('a formatted mail in which nothing was written leaves nothing behind', async () => {
  tab.settings.change({ formatted: true });
  await tab.compose.composeNew();
  const { draft } = mail();
  tab.compose.change({ html: '<div><br></div>', text: '' });
  await tab.compose.closeComposer();
  expect(await draftById(tab.mirror, draft)).toBeNull();
  tab.settings.change({ formatted: false });
});
