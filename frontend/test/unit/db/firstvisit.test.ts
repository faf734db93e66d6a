import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { firstLook } from '../../../src/db/firstlook';

test('a browser that was never here has nothing to show, and looking leaves no database behind', async () => {
  expect(await firstLook(null)).toBeNull();
  expect(await indexedDB.databases()).toEqual([]);
});
