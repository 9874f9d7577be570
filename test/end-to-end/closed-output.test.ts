import { expect, test } from '@jest/globals';
import { checkout, startProgram } from '../support/run-command.ts';
import { withSmallMsp } from '../support/small-msp.ts';

const shell = (command: string) => {
  const program = `node --no-warnings ${checkout}/src/cli/main.ts`;
  return startProgram('bash', ['-c', command.replaceAll('PROGRAM', program)]).done;
};

test('a log that cannot be written stops no delivery', async () => {
  await withSmallMsp({}, async ({ configFile, psa }) => {
    const full = await shell(`PROGRAM run --config ${configFile} 2>/dev/full`);
    expect(full).toMatchObject({ exitCode: 0 });
    expect(psa.state.listInvoices()).toHaveLength(1);
    const closed = `PROGRAM run --config ${configFile} 2>&1 >/dev/null | true; exit \${PIPESTATUS[0]}`;
    expect(await shell(closed)).toMatchObject({ exitCode: 0 });
  });
}, 60_000);

test('an answer that nobody reads is no fault, and one that cannot be written is', async () => {
  await withSmallMsp({}, async ({ configFile, run }) => {
    await run('run');
    const ask = `PROGRAM balances --json --config ${configFile}`;
    const unread = await shell(`${ask} | true; exit \${PIPESTATUS[0]}`);
    expect(unread).toMatchObject({ exitCode: 0, stderr: '' });
    const failed = `PROGRAM explain nothing --json --config ${configFile} | true; exit \${PIPESTATUS[0]}`;
    expect(await shell(failed)).toMatchObject({ exitCode: 2 });
    const full = await shell(`${ask} > /dev/full`);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain('could not be written to standard output (ENOSPC)');
  });
}, 60_000);
