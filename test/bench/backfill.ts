import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openStore } from '../../src/store/open.ts';
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
  // Only where each page ends: what it wrote is read back later.
  const ends: Position[] = [positionOf(reader)];
  const debit = await timed(() =>
    debitPages(office, historyAt, () => ends.push(positionOf(reader))),
  );
  const inserted = { plain: nothing, guarded: nothing };
  for (let from = 0; from < ends.length - 1; from += pagesPerRound) {
    const round = ends.slice(from, from + pagesPerRound + 1);
    const rows = round.slice(1).flatMap((end, index) => rowsUpTo(reader, round[index] ?? end, end));
    inserted.plain = sum(inserted.plain, await timed(() => plain.insert(rows)));
    inserted.guarded = sum(inserted.guarded, await timed(() => guarded.insert(rows)));
  }
  reader.close();
  plain.close();
  guarded.close();
  const took = comparePairs([{ one: inserted.plain, other: debit }]);
  const beside = comparePairs([{ one: inserted.guarded, other: debit }]);
  const rowCount = (ends.at(-1)?.ledger ?? 0) - (ends[0]?.ledger ?? 0);
  const perRow = ({ processorMs }: Took) => ((processorMs * 1000) / rowCount).toFixed(0);
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

/** The last rows of the tables that are appended to. */
interface Position {
  charge: number;
  ledger: number;
}

function positionOf(reader: DatabaseSync): Position {
  const last = (table: keyof Position): number =>
    Number(reader.prepare(`SELECT max(seq) AS seq FROM ${table}`).get()?.seq ?? 0);
  return { charge: last('charge'), ledger: last('ledger') };
}

/** In the order in which the page wrote them. */
function rowsUpTo(reader: DatabaseSync, after: Position, end: Position): PageRows {
  const read = (table: keyof Position, columns: string, joined = ''): Values[] =>
    reader
      .prepare(
        `SELECT ${columns} FROM ${table} t ${joined} WHERE t.seq > ? AND t.seq <= ? ORDER BY t.seq`,
      )
      .all(after[table], end[table])
      .map((row) => Object.values(row) as Values);
  return {
    charge: read('charge', 't.*'),
    ledger: read('ledger', 't.*'),
    charge_group: read('charge', 'g.*', 'JOIN charge_group g USING (group_key)'),
    entry_group: read('charge', 'e.*', 'JOIN entry_group e USING (group_key)'),
  };
}
