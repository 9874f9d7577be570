import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { dumpTables } from '../support/dump-tables.ts';
import { type SmallMsp, withMspHere, withSmallMsp } from '../support/small-msp.ts';

interface Run {
  run: string;
  ok: boolean;
  steps: { step: string; connection: string | null; error: string | null; durationMs: number }[];
}

function stepOf(run: Run, connection: string): Run['steps'][number] | undefined {
  return run.steps.find((step) => step.step === 'pull' && step.connection === connection);
}

function rowsOf({ store }: SmallMsp, table: string, connection: string): string[] {
  const rows = dumpTables(store).get(table) ?? [];
  return rows.filter((row) => row.includes(`"connection":"${connection}"`));
}

/** New work in both systems, for the run that follows. */
function addWorkEverywhere({ rmm, organization, technician, addWork, ids }: SmallMsp): void {
  addWork({ company: ids.martin, day: 20, isNew: true });
  const ticketId = rmm.state.addTicket({ organizationId: organization, subject: 'More work' });
  rmm.state.addTime({ ticketId, technicianId: technician, seconds: 900 });
}

/** A good run; then one in which the PSA refuses, as `spoil` makes it. */
async function refuse(
  spoil: (msp: SmallMsp) => void,
  judge: (refused: { run: Run; stderr: string; exitCode: number | null }) => void,
  mend: (msp: SmallMsp) => void,
): Promise<void> {
  await withMspHere({}, async (msp) => {
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    const watermark = rowsOf(msp, 'watermark', 'psa');
    const psaEntries = rowsOf(msp, 'mirror_time_entry', 'psa');
    const rmmEntries = rowsOf(msp, 'mirror_time_entry', 'rmm');
    addWorkEverywhere(msp);

    spoil(msp);
    const { stdout, stderr, exitCode } = await msp.start('run', '--json').done;
    judge({ run: JSON.parse(stdout) as Run, stderr, exitCode });
    expect(rowsOf(msp, 'mirror_time_entry', 'psa')).toEqual(psaEntries);
    expect(rowsOf(msp, 'mirror_time_entry', 'rmm')).toHaveLength(rmmEntries.length + 1);
    const timeBefore = watermark.filter((row) => row.includes('"stream":"timeEntries"'));
    expect(rowsOf(msp, 'watermark', 'psa')).toEqual(expect.arrayContaining(timeBefore));

    mend(msp);
    msp.psa.faults.clear();
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(rowsOf(msp, 'mirror_time_entry', 'psa')).toHaveLength(psaEntries.length + 1);
  });
}

describe('what the PSA refuses leaves its watermark where it was and the RMM alone', () => {
  test('a wrong password', async () => {
    const secret = 'a-wrong-private-key';
    await refuse(
      (msp) => msp.configure({ privateKey: secret }),
      ({ run, stderr, exitCode }) => {
        expect(exitCode).toBe(3);
        expect(run.ok).toBe(false);
        expect(stepOf(run, 'psa')?.error).toMatch(/401|credentials/i);
        expect(stepOf(run, 'rmm')?.error).toBeNull();
        expect(stderr + JSON.stringify(run)).not.toContain(secret);
      },
      (msp) => msp.configure({}),
    );
  }, 60_000);

  test('a missing permission on time entries', async () => {
    await refuse(
      ({ psa }) => psa.state.switches.denied.add('/time/entries'),
      ({ run, exitCode }) => {
        expect(exitCode).toBe(3);
        expect(stepOf(run, 'psa')?.error).toMatch(/\/time\/entries/);
        expect(stepOf(run, 'rmm')?.error).toBeNull();
      },
      ({ psa }) => psa.state.switches.denied.clear(),
    );
  }, 60_000);

  test('pages of HTML instead of an answer, however often it is asked', async () => {
    await refuse(
      ({ psa }) => psa.faults.add('html', { path: /time\/entries$/, times: 100 }),
      ({ run, exitCode }) => {
        expect(exitCode).toBe(4);
        expect(stepOf(run, 'psa')?.error).toMatch(/\/time\/entries answered with a web page/);
        expect(stepOf(run, 'rmm')?.error).toBeNull();
      },
      () => {},
    );
  }, 60_000);
});

/** What is wrong is in the config: a run ends as `check` does, and the other connection is read. */
async function expectConfigFault({ run }: SmallMsp, said: string): Promise<void> {
  const outcome = await run('run', '--json');
  expect(stepOf(JSON.parse(outcome.stdout) as Run, 'psa')?.error).toContain(said);
  expect(stepOf(JSON.parse(outcome.stdout) as Run, 'rmm')?.error).toBeNull();
  expect(outcome.exitCode).toBe(2);
  expect((await run('check')).exitCode).toBe(2);
}

test('a company that the vendor does not know is a fault of the config', async () => {
  await withMspHere({}, async (msp) => {
    const { configFile } = msp;
    const text = readFileSync(configFile, 'utf8').replace(/companyId: .*/, 'companyId: nobody');
    writeFileSync(configFile, text);
    await expectConfigFault(msp, 'nobody');
  });
}, 60_000);

test('an address without an API is a fault of the config', async () => {
  await withMspHere({}, async (msp) => {
    msp.psa.faults.add('html', { status: 404, times: 1000 });
    await expectConfigFault(msp, 'Check baseUrl');
  });
}, 60_000);

test('check names the connection and the way out', async () => {
  await withSmallMsp({ privateKey: 'a-wrong-private-key' }, async ({ run }) => {
    const { exitCode, stdout, stderr } = await run('check');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/failed +psa auth/);
    expect(stdout + stderr).not.toContain('a-wrong-private-key');
  });
}, 60_000);

test('HTML once and a 429 once are waited out, the latter as long as it asks', async () => {
  await withSmallMsp({}, async (msp) => {
    msp.psa.faults.add('html', { path: /service\/tickets$/ });
    msp.psa.faults.add('rate-limited', { path: /time\/entries$/, retryAfterSeconds: 3 });
    const { stdout, stderr } = await msp.run('run', 'pull', '--json');
    const run = JSON.parse(stdout) as Run;
    expect(run.ok).toBe(true);
    expect(stepOf(run, 'psa')?.durationMs).toBeGreaterThanOrEqual(3000);

    const lines = stderr.trim().split('\n');
    expect(lines.filter((line) => line.includes('again after a pause'))).toHaveLength(2);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ run: run.run });
  });
}, 60_000);
