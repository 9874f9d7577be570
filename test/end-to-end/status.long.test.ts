import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Status } from '../../src/service/status/status.ts';
import { withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const subjects = ({ problems }: Status) =>
  problems.map(({ kind, subject }) => `${kind} ${subject}`);

test('status says what fails and takes it back; the exit code is for monitoring', async () => {
  await withSmallMsp({}, async (msp) => {
    await msp.run('run');
    const fine = await msp.run('status');
    expect(fine).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fine.stdout).toContain('OK: nothing is late, failed or stuck.');
    expect(fine.stdout).toMatch(/ psa +\d+ s ago/);

    msp.psa.faults.add('unauthorized', { times: 1000 });
    msp.addWork({ company: msp.ids.dupont, day: 20 });
    await msp.run('run');
    const failing = await msp.run('status');
    expect(failing.exitCode).toBe(6);
    expect(failing.stdout).toMatch(/failed pull psa: The last run failed: .*401/);
    expect(failing.stdout).toContain('`prepaid-hours check`');
    expect(subjects(await msp.ask<Status>('status'))).toContain('failed pull psa');

    msp.psa.faults.clear();
    await msp.run('run');
    expect(await msp.run('status')).toMatchObject({ exitCode: 0 });
  });
}, 60_000);

test('status and balances need no secret, and say when each connection was last read', async () => {
  await withSmallMsp({}, async (msp) => {
    await msp.run('run');
    const file = join(dirname(msp.configFile), '.env');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^.*(PRIVATE_KEY|SECRET)=.*$/gm, ''));
    expect(await msp.run('status')).toMatchObject({ exitCode: 0 });
    const { stdout } = await msp.run('balances');
    expect(stdout).toMatch(/\nLast read: psa \d+ s ago, rmm \d+ s ago\.\n/);
    const { reads } = await msp.ask<{ reads: object[] }>('balances');
    expect(reads).toMatchObject([
      { connection: 'psa', at: expect.any(String), isLate: false },
      { connection: 'rmm', at: expect.any(String), isLate: false },
    ]);
  });
}, 60_000);

test('a service that was killed leaves steps that grow late, which balances warns of', async () => {
  const every = '* * * * * *';
  const steps = ['pull', 'debit', 'replenish', 'push', 'sweep', 'reconcile'];
  const schedule = `schedule:\n${steps.map((step) => `  ${step}: "${every}"`).join('\n')}`;
  await withSmallMsp({ schedule }, async (msp) => {
    const service = msp.start('start');
    // Both connections, and the first of a second pull: the first is stored by then.
    const countPulls = () => service.stderr().match(/"step":"pull"/g)?.length ?? 0;
    await waitUntil('it has pulled', () => countPulls() > 2);
    expect(await msp.ask<Status>('status')).toMatchObject({ service: { purpose: 'start' } });
    service.kill('SIGKILL');
    await service.done;
    const killedMs = Date.now();
    await waitUntil('it grows late', () => Date.now() > killedMs + 4000);
    const status = await msp.ask<Status>('status');
    expect(status).toMatchObject({ ok: false, service: null });
    expect(subjects(status)).toContain('late pull psa');
    expect((await msp.run('balances')).stdout).toContain(
      'These balances may lack work from psa, rmm: the last read is older than twice its schedule.',
    );
  });
}, 60_000);
