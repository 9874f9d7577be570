import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { compareWithOracle } from '../support/revenue-check.ts';
import { sampleSize } from '../support/sample-size.ts';
import { Faults } from './faults.ts';
import { playHistory } from './history.ts';
import { styleOf } from './play-seed.ts';
import { createScriptedWorld } from './worlds.ts';

/** Plays the seed's history and keeps the database as its last process found it. */
async function playInto(file: string, seed: number): Promise<void> {
  await playHistory({
    ...{ seed, style: styleOf(seed), isFaulty: true, hasRecharges: true },
    ...{ faults: new Faults(), createWorld: createScriptedWorld, server: null },
    planted: {
      name: 'a copy',
      store: (store, from) => {
        for (const suffix of ['', '-wal', '-shm']) {
          rmSync(file + suffix, { force: true });
          if (suffix !== '-shm' && existsSync(from + suffix)) {
            copyFileSync(from + suffix, file + suffix);
          }
        }
        return store;
      },
    },
  });
}

test('revenue ties to the ledger, whatever was paid, declined and returned', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-revenue-'));
  const file = join(folder, 'copy.db');
  const kinds = new Set<string>();
  try {
    for (let seed = 2; seed <= 2 * sampleSize({ short: 4, full: 24 }); seed += 2) {
      await playInto(file, seed);
      const store = await openStore({ file, now: Date.now });
      for (const kind of await compareWithOracle({ store, file, clients: [] })) kinds.add(kind);
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect([...kinds]).toEqual(expect.arrayContaining(['takenOver', 'sold', 'earned', 'reversed']));
}, 300_000);
