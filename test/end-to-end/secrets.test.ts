import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withSmallMsp } from '../support/small-msp.ts';

test('a key that the PSA quotes in rows and errors is in no output, log, database or backup', async () => {
  await withSmallMsp({}, async ({ psa, store, run, addWork, ids }) => {
    const { companyId, publicKey, privateKey } = psa.config;
    const pair = Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64');
    expect(await run('run', 'pull')).toMatchObject({ exitCode: 0 });

    addWork({ company: ids.martin, day: 20, isNew: true });
    psa.faults.distort((json) =>
      Array.isArray(json)
        ? json.map((row) => ({ ...row, actualHours: `Basic ${pair}`, summary: privateKey }))
        : json,
    );
    const outputs = [await run('run', 'pull', '--json'), await run('quarantine', 'list', '--json')];
    const backup = join(dirname(store), 'copy.db');
    outputs.push(await run('backup', backup));
    expect(outputs[1]?.stdout).toContain('[secret]');

    const files = readdirSync(dirname(store)).map((name) =>
      readFileSync(join(dirname(store), name), 'latin1'),
    );
    const texts = [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files];
    for (const hidden of [privateKey, pair, Buffer.from(privateKey).toString('base64')]) {
      expect(texts.filter((text) => text.includes(hidden))).toEqual([]);
    }
  });
}, 60_000);
