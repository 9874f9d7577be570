import { describe, expect, test } from '@jest/globals';
import { dumpTables } from '../support/dump-tables.ts';
import { startProgram } from '../support/run-command.ts';
import { psaTickets, type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const everySecond = `schedule:
  pull: "* * * * * *"
  debit: "* * * * * *"
  replenish: "* * * * * *"
  push: "* * * * * *"`;

function timeIsAskedFor({ psa }: SmallMsp): () => boolean {
  return () => psa.exchanges.some(({ request }) => request.path.endsWith('/time/entries'));
}

test('a second process says who is at work, and leaves with 2', async () => {
  await withSmallMsp({}, async (msp) => {
    msp.psa.faults.add('slow', { path: /time\/entries$/, delayMs: 8_000 });
    const first = msp.start('run');
    await waitUntil('the first run is at work', timeIsAskedFor(msp));

    const second = await msp.run('run');
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toMatch(/Another prepaid-hours process \(pid \d+, `run`, since /);
    expect(second.stderr).toContain('Wait until it has finished');
    expect(second.stdout).toBe('');
    // Looking is possible meanwhile.
    expect(await msp.run('balances')).toMatchObject({ exitCode: 0 });
    expect(await first.done).toMatchObject({ exitCode: 0 });
  });
}, 60_000);

describe('start', () => {
  test('does what the schedule says, and ends with 0 when it is told to', async () => {
    await withSmallMsp({ schedule: everySecond }, async (msp) => {
      const service = msp.start('start');
      await waitUntil(
        'the invoice is made by the schedule alone',
        () => msp.psa.state.listInvoices().length === 1,
        30_000,
      );
      service.kill('SIGTERM');
      const { exitCode, stderr } = await service.done;
      expect(exitCode).toBe(0);
      expect(stderr).toContain('The service has stopped.');

      const after = await msp.run('run');
      expect(after.exitCode).toBe(0);
      expect(msp.psa.state.listInvoices()).toHaveLength(1);
    });
  }, 60_000);

  test('stops likewise when npm, which started it from a checkout, is told to', async () => {
    await withSmallMsp({}, async (msp) => {
      const script = ['run', '-s', 'prepaid-hours', '--', 'start', '--config', msp.configFile];
      const npm = startProgram('npm', script);
      await waitUntil('it is at work', () => npm.stderr().includes('The service is running.'));
      npm.kill('SIGTERM');
      // npm itself ends as the signal has it.
      expect((await npm.done).stderr).toContain('The service has stopped.');
    });
  }, 60_000);

  test.each([
    ['does not answer its first request of all', { delayMs: 60_000 }, 'slow'],
    ['asks for two minutes of patience', { retryAfterSeconds: 120 }, 'rate-limited'],
  ] as const)(
    'stops within 10 s while the PSA %s',
    async (_, how, kind) => {
      await withSmallMsp({ schedule: everySecond }, async (msp) => {
        msp.psa.faults.add(kind, { path: /companyinfo/, ...how });
        const service = msp.start('start');
        await waitUntil('the PSA is asked', () =>
          msp.psa.exchanges.some(({ request }) => request.path.includes('companyinfo')),
        );
        const stoppedMs = performance.now();
        service.kill('SIGTERM');
        expect(await service.done).toMatchObject({ exitCode: 0 });
        expect(performance.now() - stoppedMs).toBeLessThan(10_000);
      });
    },
    90_000,
  );

  test('told to stop in the middle of a slow page, it stores that page and asks for no other', async () => {
    await withSmallMsp({ schedule: everySecond }, async (msp) => {
      msp.psa.faults.add('slow', { path: /time\/entries$/, delayMs: 3_000 });
      const service = msp.start('start');
      await waitUntil('a page of time is under way', timeIsAskedFor(msp));
      const stoppedMs = performance.now();
      service.kill('SIGTERM');
      expect(await service.done).toMatchObject({ exitCode: 0 });
      expect(performance.now() - stoppedMs).toBeLessThan(10_000);

      const stored = dumpTables(msp.store).get('mirror_time_entry') ?? [];
      expect(stored.filter((row) => row.includes('"connection":"psa"'))).toHaveLength(10);
      const pages = msp.psa.exchanges.filter(({ request }) =>
        request.path.endsWith('/time/entries'),
      );
      expect(pages).toHaveLength(1);

      expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
      const complete = dumpTables(msp.store).get('mirror_time_entry') ?? [];
      expect(complete.filter((row) => row.includes('"connection":"psa"'))).toHaveLength(
        psaTickets.dupont + psaTickets.martin,
      );
    });
  }, 60_000);
});
