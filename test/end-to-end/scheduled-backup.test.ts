import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Status } from '../../src/service/status/status.ts';
import { withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const never = '0 0 1 1 *';
const steps = ['pull', 'debit', 'replenish', 'push', 'sweep', 'reconcile'];
const schedule = `schedule:
${steps.map((step) => `  ${step}: "${never}"`).join('\n')}
  backup: { cron: "* * * * * *", folder: copies, keep: 2 }`;

test('the service makes the backups of the schedule, and status tells of one that fails', async () => {
  await withSmallMsp({ schedule }, async (msp) => {
    const folder = join(dirname(msp.configFile), 'copies');
    const service = msp.start('start');
    const made = () => service.stderr().match(/"Backup written\."/g)?.length ?? 0;
    await waitUntil('more are made than are kept', () => made() >= 4, 40_000);
    await waitUntil(
      'two are left',
      () => readdirSync(folder).filter((name) => name.endsWith('.db')).length === 2,
    );
    while (existsSync(folder)) rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    await waitUntil('one fails', () => service.stderr().includes('The backup failed.'));
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
    const { problems } = await msp.ask<Status>('status');
    // At a backup every second it is soon late, too.
    const failed = expect.stringMatching(/failed: .*copies is not a folder/);
    expect(problems).toMatchObject([{ subject: 'backup', text: failed }]);
  });
}, 120_000);
