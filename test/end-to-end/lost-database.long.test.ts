import { existsSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type SmallMsp, withMspHere, withSmallMsp } from '../support/small-msp.ts';

const invoices = ({ psa }: SmallMsp) => psa.state.listInvoices().length;

function removeStore({ store }: SmallMsp, suffixes: readonly string[]): void {
  for (const suffix of suffixes) rmSync(store + suffix, { force: true });
}

test('a live run on a database that is gone sends nothing again, unless it is told to', async () => {
  await withMspHere({}, async (msp) => {
    expect((await msp.run('run')).exitCode).toBe(0);
    expect(invoices(msp)).toBe(1);

    // The file alone is gone; the lock beside it is there.
    removeStore(msp, ['', '-wal', '-shm']);
    const missing = await msp.run('run');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/never been used, but a lock file next to it.*--first/s);
    expect(existsSync(msp.store)).toBe(false);

    // The whole volume is gone: the note beside the config file knows.
    removeStore(msp, ['.lock', '.owner']);
    expect(readFileSync(`${msp.configFile}.live`, 'utf8').trim()).toBe(msp.store);
    const volume = await msp.run('run');
    expect(volume.exitCode).toBe(2);
    expect(volume.stderr).toContain(`earlier live runs of this config used ${msp.store}`);

    writeFileSync(msp.store, '');
    for (const command of ['run', 'check']) {
      const empty = await msp.run(command);
      expect(empty.exitCode).toBe(2);
      expect(empty.stderr).toContain('is empty');
    }
    rmSync(msp.store);
    expect((await msp.run('check', '--offline')).stderr).toContain('never been used');
    expect((await msp.run('run')).exitCode).toBe(2);
    expect(invoices(msp)).toBe(1);
    expect((await msp.run('run', '--first')).exitCode).toBe(0);
    expect((await msp.run('run')).exitCode).toBe(0);
  });
}, 120_000);

test('a second process through another name of the database is refused, and nothing is sent twice', async () => {
  await withSmallMsp({}, async (msp) => {
    expect((await msp.run('run', 'pull')).exitCode).toBe(0);
    const text = readFileSync(msp.configFile, 'utf8');
    const other = join(dirname(msp.configFile), 'other.yaml');
    const second = join(dirname(msp.store), 'second.db');
    writeFileSync(other, `${text.replace(/^store: .*$/m, '')}\nstore: ${second}\n`, {
      mode: 0o600,
    });
    const alias = ['run', '--config', other];

    symlinkSync(msp.store, second);
    const results = await Promise.all([msp.run('run'), msp.runAs(...alias)]);
    expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 2]);
    expect(invoices(msp)).toBe(1);

    rmSync(second);
    linkSync(msp.store, second);
    const linked = await Promise.all([msp.run('run'), msp.runAs(...alias)]);
    expect(linked.map(({ exitCode }) => exitCode)).toEqual([2, 2]);
    expect(linked[0]?.stderr).toContain('hard links');
    expect(invoices(msp)).toBe(1);
  });
}, 120_000);
