import { afterEach, expect, test } from 'vitest';
import { Bell, type News } from '../../../src/sync/bell';

const bells: Bell[] = [];
const open = (account: string): Bell => {
  const bell = new Bell(account);
  bells.push(bell);
  return bell;
};
afterEach(() => bells.splice(0).forEach((bell) => bell.close()));

const next = (bell: Bell): Promise<News> => new Promise((resolve) => bell.on(resolve));

test('the tab that rings hears it at once', () => {
  const bell = open('a');
  const heard: News[] = [];
  bell.on((news) => heard.push(news));
  bell.ring({ kind: 'outbox' });
  expect(heard).toEqual([{ kind: 'outbox' }]);
});

test('other tabs of the account hear it, those of another account do not', async () => {
  const [bell, tab, stranger] = [open('a'), open('a'), open('b')];
  const strange: News[] = [];
  stranger.on((news) => strange.push(news));
  const heard = next(tab);
  const news: News = { kind: 'mirror', messages: ['m1'], folders: true, actions: false, account: false };
  bell.ring(news);
  expect(await heard).toEqual(news);
  expect(strange).toEqual([]);
});

test('what is rung goes to every listener in the order it was rung', async () => {
  const [bell, tab] = [open('a'), open('a')];
  const heard: string[] = [];
  const last = new Promise<void>((resolve) =>
    tab.on(({ kind }) => {
      heard.push(kind);
      if (kind === 'sent') resolve();
    }),
  );
  for (const kind of ['outbox', 'windows', 'bodies', 'sent'] as const) bell.ring({ kind });
  await last;
  expect(heard).toEqual(['outbox', 'windows', 'bodies', 'sent']);
});

test('a listener that stopped hears nothing more', () => {
  const bell = open('a');
  const heard: News[] = [];
  const stop = bell.on((news) => heard.push(news));
  stop();
  bell.ring({ kind: 'look' });
  expect(heard).toEqual([]);
});

test('a closed bell hears nothing more of other tabs', async () => {
  const [bell, closed, witness] = [open('a'), open('a'), open('a')];
  const heard: News[] = [];
  closed.on((news) => heard.push(news));
  closed.close();
  const witnessed = next(witness);
  bell.ring({ kind: 'bodies' });
  await witnessed;
  expect(heard).toEqual([]);
});
