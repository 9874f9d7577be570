import { appendFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { writeAheadLog } from '../../src/store/sqlite/journal.ts';
import { connectionPragmas } from '../../src/store/sqlite/open.ts';
import { changedRows, type Filled } from './changed-work.ts';
import { accountOf, transactionText } from './journal.ts';
import { nowOf, type Office, runAll } from './office.ts';
import { isInstalled, programs, runProgram } from './processes.ts';
import { besideText, type Ratio, ratioOf, type Side, sideBySide, timed } from './ratio.ts';

const rounds = 5;

/**
 * One entry that changed at the vendor, until the client's new balance is there: a run of the service
 * and `balances` of the client, beside a line appended to a journal, and beside a row of a bare table.
 */
export async function measureOneChange(filled: Filled): Promise<Ratio[]> {
  const { office } = filled;
  const clients = office.app.clients.length;
  await runAll(office);
  let edit = 0;
  const ours: Side = {
    prepare: () => {
      office.changed = changedRows(filled, edit, 1);
      edit += 1;
    },
    work: async () => {
      await runAll(office);
      const shown = office.app.clients.slice(0, 1);
      await buildBalances(office.app.store, {
        shown,
        all: office.app.clients,
        asOf: nowOf(office),
      });
    },
  };
  const name = 'one changed entry to the new balance';
  const table = openTable(office);
  const sql = await sideBySide(rounds, ours, { work: () => table.change() });
  table.close();
  const [program] = programs;
  const journalAim = { name: `${name} beside append and \`${program.name}\``, clients, atMost: 1 };
  const rows = [
    ratioOf({ name: `${name} beside a bare SQL table`, clients }, sql, besideText(sql)),
  ];
  if (!isInstalled(program)) return [...rows, ratioOf(journalAim, null, 'it is not installed')];
  const journal = `${office.file}.journal`;
  const took = await sideBySide(rounds, ours, {
    work: async () => {
      const text = transactionText('2026-03-02', accountOf(0), 'usage', -60);
      const appended = await timed(() => appendFileSync(journal, text));
      const read = runProgram(program, journal);
      return {
        wallMs: appended.wallMs + read.wallMs,
        processorMs: appended.processorMs + read.processorMs,
      };
    },
  });
  return [ratioOf(journalAim, took, besideText(took)), ...rows];
}

/** The same ledger rows in a table without history, rules or proof: an insert and a sum. */
function openTable({ file }: Office): { change(): void; close(): void } {
  const raw = new DatabaseSync(`${file}.table`);
  raw.exec(`${connectionPragmas} ${writeAheadLog}`);
  raw.exec(`ATTACH DATABASE '${file}' AS source`);
  raw.exec(
    `CREATE TABLE posting (client TEXT NOT NULL, seconds INTEGER NOT NULL);
     INSERT INTO posting SELECT client_id, iif(side = 'credit', seconds, -seconds) FROM source.ledger;
     CREATE INDEX posting_client ON posting (client, seconds); DETACH DATABASE source`,
  );
  const client = raw.prepare('SELECT client FROM posting LIMIT 1').get()?.client ?? '';
  const insert = raw.prepare('INSERT INTO posting VALUES (?, -60)');
  const sum = raw.prepare('SELECT sum(seconds) AS seconds FROM posting WHERE client = ?');
  return {
    change: () => {
      insert.run(client);
      sum.get(client);
    },
    close: () => raw.close(),
  };
}
