import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withMspHere } from '../support/small-msp.ts';

test('an older backup is restored, and nothing that was sent since is sent again', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run', 'pull', 'debit');
    const file = join(dirname(msp.configFile), 'old.db');
    await msp.run('backup', file);
    await msp.run('run');
    const sent = () =>
      [msp.psa.state.listInvoices(), msp.psa.state.listTickets()].map(({ length }) => length);
    const before = sent();
    const { exitCode, stdout } = await msp.run('restore', file, '--yes');
    expect(stdout).toMatch(/kept as\n.*\.before-restore-.*\n\nWhat to do next\n/);
    expect(stdout).toContain('prepaid-hours reconcile');
    expect(exitCode).toBe(0);
    await msp.run('run');
    expect(sent()).toEqual(before);
  });
}, 120_000);
