import { expect, test } from '@jest/globals';
import { migrateStore } from '../../src/service/backup/migrate-store.ts';

test.each(['data/store.db', './data/store.db'])(
  'a database is not moved to itself: %s',
  async (to) => {
    const moving = migrateStore({ from: 'data/store.db', to }, Date.now);
    await expect(moving).rejects.toMatchObject({
      kind: 'config',
      message: 'FROM and TO are the same database.',
    });
  },
);
