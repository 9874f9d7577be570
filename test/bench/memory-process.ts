/** Pulls and debits so many entries into a new file, in a process of its own, and prints its peak memory. */
import type { Connector, Page } from '../../src/contract/connector.ts';
import { openOffice, runAll } from './office.ts';
import { historyOf, type Work, workOf } from './work.ts';

const rowsPerPage = 1000;
const [folder = '', entries = '', clients = ''] = process.argv.slice(2);
const office = await openOffice(folder, 'backfill', Number(clients));

async function* pagesOf<Row>(rowsOf: (work: Work) => readonly Row[]): AsyncGenerator<Page<Row>> {
  let rows: Row[] = [];
  for (const work of workOf(historyOf(Number(entries)), Number(clients))) {
    rows.push(...rowsOf(work));
    if (rows.length < rowsPerPage) continue;
    yield { rows, rejected: [], resume: null };
    rows = [];
  }
  yield { rows, rejected: [], resume: null };
}

const psa: Connector = {
  check: async () => [],
  pull: {
    tickets: () => pagesOf(({ ticket }) => [ticket]),
    timeEntries: () => pagesOf((work) => work.entries),
  },
  push: {},
};
office.app.connectors = new Map([['psa', psa]]);
const { steps } = await runAll(office);
await office.close();
const posted = steps.reduce((sum, step) => sum + step.posted, 0);
process.stdout.write(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024, posted }));
