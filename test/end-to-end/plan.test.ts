import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Plan } from '../../src/service/plan/plan.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { runCommand } from '../support/run-command.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';

/** A copy of the config in force, with a client's every hour charged twice and travel charged too. */
function writeChanged(msp: SmallMsp): string {
  const file = join(dirname(msp.configFile), 'changed.yaml');
  const terms = `workTypes: { covered: [Remote, Travel] }
    multipliers: [{ workType: Remote, factor: 2 }]`;
  const text = readFileSync(msp.configFile, 'utf8');
  writeFileSync(file, text.replace(/workTypes: .*/, terms));
  return file;
}

test('plan holds a changed file against the one in force beside it, and writes nothing', async () => {
  await withMspHere({ mode: 'observe' }, async (msp) => {
    msp.addWork({ company: msp.ids.dupont, day: 20, workType: msp.workTypes.travel });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    const requests = msp.psa.exchanges.length + msp.rmm.exchanges.length;
    const before = { bytes: readFileSync(msp.store), tables: dumpTables(msp.store) };

    const file = writeChanged(msp);
    const json = await runCommand(['plan', '--config', file, '--json']);
    expect(json.stderr).toBe('');
    const plan = JSON.parse(json.stdout) as Plan;
    expect(plan).toMatchObject({ file, currentFile: msp.configFile });
    const [dupont, martin] = plan.clients;
    expect(dupont?.posted).toMatchObject({ seconds: 14 * 3600, alerts: 1, invoices: 1 });
    expect(dupont?.planned).toMatchObject({ seconds: 29 * 3600, overageSeconds: 14 * 3600 });
    expect(dupont?.planned.money).toEqual([{ currency: 'EUR', minor: 180_000 }]);
    expect(dupont?.rules.map(({ rule, seconds }) => [rule, seconds / 3600])).toEqual([
      ['multipliers', 14],
      ['workTypes', 1],
      // Alone, the last hour of the block would pay for the travel.
      ['together', 0],
    ]);
    expect(martin?.posted.seconds).toBe(14 * 3600);

    const { stdout, exitCode } = await runCommand(['plan', '--config', file]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Dupont +14 h +29 h +0 h +0 h → 14 h +€1,680\.00 → €1,800\.00/m);
    expect(stdout).toMatch(/^Dupont +workTypes +\+1 h/m);
    expect(stdout).toContain('Nothing was written.');

    const inPlace = await msp.run('plan');
    expect(inPlace.stdout).toContain('2 of 2 clients: no difference.');

    expect(readFileSync(msp.store).equals(before.bytes)).toBe(true);
    expect(dumpTables(msp.store)).toEqual(before.tables);
    expect(msp.psa.exchanges.length + msp.rmm.exchanges.length).toBe(requests);
  });
});

test('a changed file with faults is refused with all of them, and nothing is planned', async () => {
  await withMspHere({ mode: 'observe' }, async (msp) => {
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    const file = writeChanged(msp);
    writeFileSync(file, readFileSync(file, 'utf8').replace('factor: 2', 'factor: -2'));
    const { exitCode, stderr, stdout } = await runCommand(['plan', '--config', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('changed.yaml:');
  });
});
