import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { checkout } from '../support/run-command.ts';
import { releaseClock, setClock } from './clock.ts';
import { readFigures } from './figures.ts';
import { closedMonths, type Figures, listReleases, openFixture, storeIn } from './fixture.ts';
import { ask } from './program.ts';
import { putState, readState, type Systems, startSystems, writeEnvironment } from './systems.ts';

afterAll(releaseClock);

interface Run {
  ok: boolean;
  steps: { step: string; rows: number }[];
}

interface Bench {
  folder: string;
  figures: Figures;
  systems: Systems;
}

/** A copy of the release's database, with the systems in the state of that time. */
async function withFixture(release: string, use: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-upgrade-'));
  const systems = await startSystems();
  try {
    const { state, figures } = openFixture(release, folder);
    putState(systems, state);
    writeEnvironment(folder, systems);
    setClock(figures.asOf);
    await use({ folder, figures, systems });
  } finally {
    await systems.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function onDatabase<T>(folder: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(storeIn(folder));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** What was posted, sent and sold, with the hashes that chain it. */
function readBooks(folder: string) {
  return onDatabase(folder, (database) => {
    const all = (sql: string) => database.prepare(sql).all();
    return {
      ledger: all('SELECT client_id, key, hash FROM ledger ORDER BY seq'),
      charges: all('SELECT id, facts_hash FROM charge ORDER BY seq'),
      groups: all('SELECT group_key, status, charge_id FROM charge_group ORDER BY group_key'),
      blocks: all('SELECT id, status FROM block ORDER BY id'),
      messages: all('SELECT key, status, attempts, remote_id FROM push_message ORDER BY seq'),
      episodes: all('SELECT client_id, threshold, number, is_fired FROM episode ORDER BY 1, 2'),
      quarantine: all('SELECT connection, source_id, status FROM quarantine ORDER BY id'),
      tickets: all('SELECT connection, source_id FROM mirror_ticket ORDER BY 1, 2'),
    };
  });
}

function readSent(folder: string) {
  return onDatabase(folder, (database) =>
    database.prepare('SELECT key, kind, status, remote_id FROM push_message ORDER BY seq').all(),
  );
}

/** Everything must be read again. */
function forgetWatermarks(folder: string): void {
  onDatabase(folder, (database) => database.exec('DELETE FROM watermark'));
}

/** Every mirrored row looks changed when it is read, as if the program mirrored one more field of it. */
function forgetRevisions(folder: string): void {
  onDatabase(folder, (database) => {
    const tables = database
      .prepare(
        `SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name LIKE 'mirror\\_%' ESCAPE '\\' AND c.name = 'revision'`,
      )
      .all();
    for (const { name } of tables) database.exec(`UPDATE "${name}" SET revision = ''`);
    database.exec('DELETE FROM dirty');
  });
}

/** As if each response had been lost: the record in the PSA is then searched for by its key. */
function forgetDeliveries(folder: string): void {
  onDatabase(folder, (database) =>
    database.exec(`UPDATE push_message SET status = 'pending', remote_id = NULL, settled_at = NULL,
      create_attempted_at = created_at, next_attempt_at = created_at
      WHERE status = 'delivered' AND kind <> 'balance-field'`),
  );
}

const steps = ['sweep', 'pull', 'debit', 'replenish', 'push', 'reconcile'];
const nothingDone = {
  ...{ posted: 0, messages: 0, delivered: 0, failed: 0 },
  ...{ quarantined: 0, differences: 0, error: null },
};

function expectNothingDone(run: Run): void {
  for (const step of run.steps) expect(step).toMatchObject(nothingDone);
  expect(run.ok).toBe(true);
}

function countRows(run: Run, step: string): number {
  return run.steps.filter((one) => one.step === step).reduce((sum, { rows }) => sum + rows, 0);
}

test('this version has its fixture, written at its release', () => {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  expect(listReleases()).toContain(version);
});

describe.each(listReleases())('a database of %s', (release) => {
  test('posts, sells and sends nothing when all of it is read and decided again', async () => {
    await withFixture(release, async ({ folder, systems }) => {
      const before = { books: readBooks(folder), state: readState(systems) };
      forgetRevisions(folder);
      forgetWatermarks(folder);
      const first = await ask<Run>(folder, ['run', ...steps]);
      expectNothingDone(first);
      expect(countRows(first, 'debit')).toBeGreaterThanOrEqual(before.books.groups.length);
      forgetWatermarks(folder);
      const second = await ask<Run>(folder, ['run', ...steps]);
      expectNothingDone(second);
      for (const run of [first, second]) {
        expect(countRows(run, 'pull')).toBeGreaterThan(before.books.tickets.length);
      }
      expect(countRows(second, 'debit')).toBe(0);
      expect(readBooks(folder)).toEqual(before.books);
      expect(readState(systems)).toEqual(before.state);
    });
  });

  test('finds what was sent by the keys in it, in every PSA', async () => {
    await withFixture(release, async ({ folder, systems }) => {
      const sentBefore = readSent(folder);
      const stateBefore = readState(systems);
      forgetDeliveries(folder);
      await ask<Run>(folder, ['run', 'push']);
      expect(readSent(folder)).toEqual(sentBefore);
      expect(readState(systems)).toEqual(stateBefore);
    });
  });

  test('has the same balances, and the same figures on statements of closed months', async () => {
    await withFixture(release, async ({ folder, figures }) => {
      forgetRevisions(folder);
      forgetWatermarks(folder);
      await ask<Run>(folder, ['run', ...steps]);
      setClock(figures.asOf);
      // Fields may be added; what was there stays.
      expect(await readFigures(folder, figures.asOf)).toMatchObject(figures);
    });
  });

  test('holds some of everything that an upgrade could spoil', async () => {
    await withFixture(release, async ({ folder, figures }) => {
      const absent = onDatabase(folder, (database) =>
        Object.entries(held).filter(([, rows]) => database.prepare(rows).get() === undefined),
      );
      expect(absent).toEqual([]);
      expect(figures.verify).toMatchObject({ ok: true });
      const closed = Object.values(figures.statements);
      expect(closed).toHaveLength(closedMonths.length * figures.balances.length);
      for (const statement of closed) expect(statement).toMatchObject({ provisional: null });
    });
  });
});

const held: Record<string, string> = {
  ...Object.fromEntries(
    ['purchase', 'usage', 'reversal', 'expiry', 'rollover', 'adjustment', 'overage'].map(
      (reason) => [reason, `SELECT 1 FROM ledger WHERE reason = '${reason}'`],
    ),
  ),
  'a money block': 'SELECT 1 FROM ledger WHERE minor IS NOT NULL',
  'a shared block': 'SELECT 1 FROM ledger WHERE used_by IS NOT NULL',
  'a returned payment':
    "SELECT 1 FROM ledger JOIN block ON id = block_id WHERE status = 'ordered' AND reason = 'reversal'",
  ...Object.fromEntries(
    ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'].map((kind) => [
      kind,
      `SELECT 1 FROM push_message WHERE kind = '${kind}' AND status = 'delivered'`,
    ]),
  ),
  'open work': "SELECT 1 FROM charge_group WHERE status = 'pending'",
  'an open quarantined row': "SELECT 1 FROM quarantine WHERE status = 'open'",
  'an accepted row': "SELECT 1 FROM quarantine WHERE status = 'accepted'",
  'a block sold by hand': 'SELECT 1 FROM invoice_block',
  'an extended block': 'SELECT 1 FROM block_edit',
  'an undone run': 'SELECT 1 FROM undo',
};
