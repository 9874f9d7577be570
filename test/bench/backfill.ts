import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openStore } from '../../src/store/open.ts';
import type { DebitBatch } from '../../src/store/port.ts';
import { writeAheadLog } from '../../src/store/sqlite/journal.ts';
import { connectionPragmas } from '../../src/store/sqlite/open.ts';
import { debitPages, historyAt, type Office } from './office.ts';
import { comparePairs, type Ratio, ratioOf, type Took, timed } from './ratio.ts';

/** Pages whose rows are in memory at a time. */
const pagesPerRound = 5;
const nothing: Took = { wallMs: 0, processorMs: 0 };

type Values = SQLInputValue[];

/** All the rows that one page of debit has written, table by table. */
type PageRows = Record<keyof typeof inserts, Values[]>;

const inserts = {
  charge: 'INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ledger: 'INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  charge_group: 'INSERT INTO charge_group VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  entry_group: 'INSERT INTO entry_group VALUES (?, ?, ?, ?)',
};

/**
 * Debits all mirrored work, as a first run does; then the very rows that it wrote are inserted plainly
 * into a second file: the same tables, indexes, settings and transactions, without the triggers by
 * which the tables refuse changes. The note says how it compares with a third file that has them.
 */
export async function measureBackfill(office: Office): Promise<Ratio> {
  const plain = await openPlain(office, 'plain');
  plain.dropTriggers();
  const guarded = await openPlain(office, 'guarded');
  const reader = new DatabaseSync(office.file, { readOnly: true });
  const pages: { batch: DebitBatch; toSeq: number }[] = [];
  let seq = lastSeq(reader);
  const first = seq;
  const debit = await timed(() =>
    debitPages(office, historyAt, (batch) => pages.push({ batch, toSeq: lastSeq(reader) })),
  );
  const inserted = { plain: nothing, guarded: nothing };
  while (pages.length > 0) {
    const rows = pages.splice(0, pagesPerRound).map((page) => {
      const rowsOfPage = rowsOf(reader, page.batch, seq, page.toSeq);
      seq = page.toSeq;
      return rowsOfPage;
    });
    inserted.plain = sum(inserted.plain, await timed(() => plain.insert(rows)));
    inserted.guarded = sum(inserted.guarded, await timed(() => guarded.insert(rows)));
  }
  reader.close();
  plain.close();
  guarded.close();
  const took = comparePairs([{ one: inserted.plain, other: debit }]);
  const beside = comparePairs([{ one: inserted.guarded, other: debit }]);
  const perRow = ({ processorMs }: Took) => ((processorMs * 1000) / (seq - first)).toFixed(0);
  const note = `a ledger row in ${perRow(debit)} µs of the processor beside ${perRow(inserted.plain)} µs plainly; ${beside.processor.toFixed(2)} of inserts under the tables' triggers (${perRow(inserted.guarded)} µs)`;
  const clients = office.app.clients.length;
  return ratioOf({ name: 'backfill beside plain inserts', clients, atLeast: 0.3 }, took, note);
}

function sum(one: Took, other: Took): Took {
  return {
    wallMs: one.wallMs + other.wallMs,
    processorMs: one.processorMs + other.processorMs,
  };
}

interface PlainFile {
  dropTriggers(): void;
  insert(pages: readonly PageRows[]): void;
  close(): void;
}

async function openPlain({ app, file }: Office, name: string): Promise<PlainFile> {
  const plainFile = `${file}.${name}`;
  const store = await openStore({ file: plainFile, now: Date.now });
  await store.assignClientIds(app.clients, historyAt);
  await store.close();
  const raw = new DatabaseSync(plainFile);
  raw.exec(`${connectionPragmas} ${writeAheadLog}`);
  const tables = Object.entries(inserts).map(([table, sql]) => ({
    table: table as keyof typeof inserts,
    statement: raw.prepare(sql),
  }));
  return {
    dropTriggers: () => {
      const triggers = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
      for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`);
    },
    insert: (pages) => {
      for (const page of pages) {
        raw.exec('BEGIN IMMEDIATE');
        for (const { table, statement } of tables) {
          for (const values of page[table]) statement.run(...values);
        }
        raw.exec('COMMIT');
      }
    },
    close: () => raw.close(),
  };
}

function lastSeq(reader: DatabaseSync): number {
  return Number(reader.prepare('SELECT max(seq) AS seq FROM ledger').get()?.seq ?? 0);
}

function rowsOf(reader: DatabaseSync, batch: DebitBatch, after: number, to: number): PageRows {
  const read = (sql: string, ...values: SQLInputValue[]): Values[] =>
    reader
      .prepare(sql)
      .all(...values)
      .map((row) => Object.values(row) as Values);
  const ids = JSON.stringify(batch.charges.map(({ id }) => id));
  return {
    charge: read('SELECT * FROM charge WHERE id IN (SELECT value FROM json_each(?))', ids),
    ledger: read('SELECT * FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq', after, to),
    charge_group: batch.groups.map((one) => [
      ...[one.groupKey, one.clientId, one.status, one.reason],
      ...[one.pendingSeconds, one.revision, one.chargeId, one.factsHash],
    ]),
    entry_group: batch.entryGroups.map((one) => [
      ...[one.connection, one.entryId, one.groupKey, Number(one.isCharged)],
    ]),
  };
}
