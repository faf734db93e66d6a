import '../support/browser';
import { expect, test } from 'vitest';
import { tellContacts, tellRemoved, type NewContact } from '../../../src/sync/book';
import { contact } from '../support/rows';
import { failure, noNetwork, serve } from '../support/server';

const some = (...ids: string[]): NewContact[] => ids.map((id) => ({ ...contact(id), emails: [`${id}@a.example`] }));
const idsIn = (body: unknown): string[] => (body as { contacts: { id: string }[] }).contacts.map(({ id }) => id);

test('a bad contact is found among the good ones and costs none of them', async () => {
  const taken: string[] = [];
  serve({
    contacts: ({ body }) => {
      const ids = idsIn(body);
      if (ids.includes('bad')) return failure(422, 'bad_address');
      taken.push(...ids);
      return { added: ids.length, merged: 0 };
    },
  });
  const done = await tellContacts(some('a', 'b', 'bad', 'c', 'd'));
  expect(done).toEqual({ added: 4, merged: 0, refused: ['bad'], code: '' });
  expect(taken).toEqual(['a', 'b', 'c', 'd']);
});

test('a large file goes in pieces that the server takes', async () => {
  const sizes: number[] = [];
  serve({
    contacts: ({ body }) => {
      sizes.push(idsIn(body).length);
      return { added: 1, merged: idsIn(body).length - 1 };
    },
  });
  const many = Array.from({ length: 450 }, (_, n) => `c${n}`);
  expect(await tellContacts(some(...many))).toMatchObject({ added: 3, merged: 447, code: '' });
  expect(sizes).toEqual([200, 200, 50]);
});

test('a network that goes away ends it, and what was taken before is told', async () => {
  let asked = 0;
  serve({ contacts: () => ((asked += 1) > 1 ? noNetwork() : { added: 200, merged: 0 }) });
  const many = Array.from({ length: 450 }, (_, n) => `c${n}`);
  expect(await tellContacts(some(...many))).toEqual({ added: 200, merged: 0, refused: [], code: 'network' });
});

test('without a network a change is refused by that name, and nothing waits', async () => {
  serve({ contacts: noNetwork });
  expect(await tellRemoved('c1')).toEqual({ ok: false, code: 'network' });
});
