import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import type { Restored } from '../../src/service/backup/restore.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const folderOf = ({ configFile }: SmallMsp) => dirname(configFile);
const tickets = ({ psa }: SmallMsp) => psa.state.listTickets().length;
const invoices = ({ psa }: SmallMsp) => psa.state.listInvoices().length;

test('what an older backup lacks is listed, and nothing that was sent since is sent again', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run', 'pull', 'debit');
    const file = join(folderOf(msp), 'old.db');
    expect(await msp.run('backup', file)).toMatchObject({ exitCode: 0 });
    await msp.run('run');
    await msp.run('adjust', 'Martin', '--hours', '+2', '--reason', 'goodwill');
    const before = await msp.ask<{ clients: object[] }>('balances');
    const sent = [invoices(msp), tickets(msp)];
    const present = readFileSync(file);

    const shown = await msp.start('restore', file).done;
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(
      /2 clients, last run .* UTC\.\nok: undamaged.*\n\nDry run\. To apply:\n .* --yes\n$/,
    );
    expect((await msp.ask<{ clients: object[] }>('balances')).clients).toEqual(before.clients);

    const done = await msp.ask<Restored>('restore', file, '--yes');
    expect(done).toMatchObject({ isDone: true, disagreement: null, database: msp.store });
    expect(done.missing).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d adjust: Martin, 2 h, reason goodwill$/),
    ]);
    expect(done.kept).toMatch(/prepaid-hours\.db\.before-restore-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    // The backup is only read, and nothing but the kept database is left beside the new one.
    expect(readFileSync(file)).toEqual(present);
    const left = readdirSync(dirname(msp.store)).sort();
    expect(left).toEqual([
      'prepaid-hours.db',
      done.kept?.split('/').at(-1),
      'prepaid-hours.db.lock',
    ]);

    expect(await msp.run('run', 'pull', 'debit')).toMatchObject({ exitCode: 0 });
    await msp.run('reconcile');
    await msp.run('run');
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect([invoices(msp), tickets(msp)]).toEqual(sent);
    expect(await msp.run('verify')).toMatchObject({ exitCode: 0 });

    // The replaced database is a backup like any other.
    expect(await msp.run('restore', done.kept ?? '', '--yes')).toMatchObject({ exitCode: 0 });
    expect((await msp.ask<{ clients: object[] }>('balances')).clients).toEqual(before.clients);
  });
}, 300_000);

test('nothing is replaced while the service runs; a backup can be checked meanwhile', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run');
    const file = join(folderOf(msp), 'good.db');
    await msp.run('backup', file);
    const service = msp.start('start');
    await waitUntil('it runs', () => service.stderr().includes('The service is running.'));
    const refused = await msp.run('restore', file, '--yes');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/Another prepaid-hours process \(pid \d+, `start`/);
    const shown = await msp.run('restore', file);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/`start` is running \(pid \d+\); stop it first/);
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
  });
}, 300_000);
test('a database that is gone or damaged is replaced, side files included', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run');
    const file = join(folderOf(msp), 'good.db');
    await msp.run('backup', file);
    const before = await msp.ask<{ clients: object[] }>('balances');
    for (const part of ['', '-wal', '-shm']) rmSync(msp.store + part, { force: true });
    // A log that a crash has left must not be taken for that of the restored file.
    writeFileSync(`${msp.store}-wal`, 'stale');
    expect((await msp.run('run')).exitCode).toBe(2);
    const gone = await msp.ask<Restored>('restore', file, '--yes');
    expect(gone).toMatchObject({ isDone: true, kept: null, missing: null });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });

    writeFileSync(msp.store, 'not a database at all, but something that somebody may want to see');
    const damaged = await msp.ask<Restored>('restore', file, '--yes');
    expect(readFileSync(damaged.kept ?? '', 'utf8')).toContain('somebody may want');
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(invoices(msp)).toBe(1);
    expect((await msp.ask<{ clients: object[] }>('balances')).clients).toEqual(before.clients);
  });
}, 300_000);

test('a backup that cannot be trusted changes nothing', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run');
    const good = join(folderOf(msp), 'good.db');
    await msp.run('backup', good);
    const present = readFileSync(msp.store);
    const spoil = (sql: string) => {
      const file = join(folderOf(msp), 'spoilt.db');
      copyFileSync(good, file);
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
      return file;
    };
    const refused = async (file: string, text: string, exitCode = 2) => {
      const { stdout, stderr, ...result } = await msp.run('restore', file, '--yes');
      expect(`${stdout}${stderr}`).toContain(text);
      expect(result.exitCode).toBe(exitCode);
    };
    await refused(
      spoil('UPDATE client_balance SET overage_seconds = overage_seconds + 1'),
      'disagreement',
      5,
    );
    await refused(
      spoil("INSERT INTO migration VALUES (9999, 'future', '')"),
      'Upgrade the program',
    );
    const text = join(folderOf(msp), 'text.db');
    writeFileSync(text, 'x'.repeat(5000));
    await refused(text, 'is not a database of this program');
    writeFileSync(text, '');
    await refused(text, 'is empty');
    const bytes = readFileSync(good);
    writeFileSync(text, bytes.fill(0x5a, 40_000, 60_000));
    await refused(text, 'damaged');
    await refused(join(folderOf(msp), 'absent.db'), 'does not exist');
    await refused(msp.store, 'is the database itself');
    expect(readFileSync(msp.store)).toEqual(present);
    expect(readdirSync(dirname(msp.store)).filter((name) => /restore/.test(name))).toEqual([]);
    expect(await msp.run('verify')).toMatchObject({ exitCode: 0 });
  });
}, 300_000);

test('--keep deletes older backups of this database, and no other file', async () => {
  await withMspHere({}, async (msp) => {
    await msp.run('run', 'pull');
    const folder = join(folderOf(msp), 'backups');
    const names = () => readdirSync(folder).sort();
    type Kept = { file: string; deleted: string[] };
    const first = await msp.ask<Kept>('backup', `${folder}/`);
    // Earlier ones of the same database, as of days ago.
    const stamp = (day: number) => `prepaid-hours-2026-01-0${day}T02-30-00Z.db`;
    for (const day of [1, 2, 3]) copyFileSync(first.file, join(folder, stamp(day)));
    // What is not its own: another name, no database, another database of this program, a folder.
    copyFileSync(first.file, join(folder, 'prepaid-hours-before-upgrade.db'));
    writeFileSync(join(folder, stamp(4)), 'notes');
    mkdirSync(join(folder, stamp(6)));
    await withMspHere({}, async (other) => {
      await other.run('run', 'pull');
      const { file } = await other.ask<Kept>('backup', `${folder}/`);
      renameSync(file, join(folder, stamp(5)));
    });
    const strangers = ['prepaid-hours-before-upgrade.db', stamp(4), stamp(5), stamp(6)];

    const second = await msp.ask<Kept>('backup', folder, '--keep', '3');
    expect(second.deleted).toEqual([stamp(2), stamp(1)].map((name) => join(folder, name)));
    const kept = [stamp(3), ...[first, second].map(({ file }) => file.slice(folder.length + 1))];
    expect(names()).toEqual([...kept, ...strangers].sort());

    expect((await msp.run('backup', folder, '--keep', '0')).exitCode).toBe(2);
    const named = await msp.run('backup', join(folder, 'x.db'), '--keep', '2');
    expect(named.stderr).toContain('--keep needs a folder');
    expect(names()).toEqual([...kept, ...strangers].sort());
    expect(existsSync(join(folder, 'x.db'))).toBe(false);
  });
}, 300_000);
