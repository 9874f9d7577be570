import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { readMigrations } from '../../src/store/sqlite/migrations.ts';
import { checkout } from '../support/run-command.ts';
import { withSmallMsp } from '../support/small-msp.ts';

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
const wanted = readMigrations().length;

test('--version tells of the program, and of the database where there is one', async () => {
  await withSmallMsp({}, async (msp) => {
    const { configFile, store } = msp;
    const ask = (...args: string[]) => msp.runAs('--version', ...args);
    expect(await ask()).toEqual({ exitCode: 0, stderr: '', stdout: `${version}\n` });
    const missing = await ask('--config', configFile);
    expect(missing).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\ndatabase: not read/),
    });

    await msp.run('run', 'pull');
    const file = { file: store };
    // Nothing but `store` is needed.
    writeFileSync(join(dirname(configFile), '.env'), '');
    const current = await ask('--config', configFile);
    expect(current.stdout).toBe(
      `${version}\ndatabase ${store}: version ${wanted} (as this program needs)\n`,
    );
    const json = JSON.parse((await ask('--config', configFile, '--json')).stdout);
    expect(json).toEqual({ version, database: { ...file, version: wanted, wanted } });

    const database = new DatabaseSync(store);
    database.exec("INSERT INTO migration VALUES (9999, 'future', '')");
    database.close();
    const { stdout } = await ask('--config', configFile);
    expect(stdout).toContain(
      `version 9999 (newer than this program, which knows ${wanted}; upgrade`,
    );
  });
}, 60_000);
