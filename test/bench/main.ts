/**
 * `npm run bench`: how fast the core is, as ratios of two things measured side by side in one run, for
 * an office of 50 clients and one of 500 (--clients). --entries N sets the size of each (50,000); --skip-memory
 * leaves out the backfills in processes of their own. --json prints one JSON document; --guide writes
 * the table into config/guide/speed.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBackfill } from './backfill.ts';
import { type Filled, measureChangedWork } from './changed-work.ts';
import { measureDelivery } from './delivery.ts';
import { writeGuide } from './guide.ts';
import { measureMemory } from './memory.ts';
import { debitPages, lastMonthAt, mirror, openBlocks, openOffice } from './office.ts';
import { measureOneChange } from './one-change.ts';
import { measureProcesses } from './processes.ts';
import { measureFirstPulls } from './pull-http.ts';
import type { Ratio } from './ratio.ts';
import { measureReports } from './reports.ts';
import { tableOf } from './table.ts';
import { historyOf, lastMonthOf } from './work.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '50000' },
    clients: { type: 'string', default: '50,500' },
    'skip-memory': { type: 'boolean', default: false },
    guide: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const entries = Number(values.entries);
if (!Number.isInteger(entries) || entries < 1000) {
  throw new Error('--entries needs a whole number of at least 1000');
}

const ratios: Ratio[] = [];
const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-bench-'));
try {
  for (const clients of values.clients.split(',').map(Number)) await measureOffice(clients);
  // What is waited for: a vendor’s answers.
  tell(...(await measureFirstPulls(folder, Math.ceil(entries / 500))));
  const [clients, answerMs] = entries < 10_000 ? [20, 1] : [200, 150];
  tell(...(await measureDelivery(clients, answerMs)));
  if (!values['skip-memory']) tell(...measureMemory(folder, entries, 50));
} finally {
  rmSync(folder, { recursive: true });
}
const machine = `${entries} time entries in each office; Node ${process.versions.node}, ${cpus().length} cores`;
if (values.json) {
  const shown = ratios.map(({ note: _, ...ratio }) => ratio);
  process.stdout.write(`${JSON.stringify({ entries, ratios: shown })}\n`);
} else say(`\n${machine}\n\n${tableOf(ratios)}`);
if (values.guide) writeGuide(`Measured with ${machine}.\n\n${tableOf(ratios)}`);

/** The last hundredth of the entries is the last month's, and all that a smaller office has. */
async function measureOffice(clients: number): Promise<void> {
  say(`${entries} time entries of ${clients} clients, in ${folder}`);
  const latest = Math.max(40, Math.ceil(entries / 100));
  const lastMonth = lastMonthOf(latest);
  const history = historyOf(entries - latest);
  const large = await openOffice(folder, `large-${clients}`, clients);
  mirror(large, history);
  await openBlocks(large);
  tell(await measureBackfill(large));
  const small = await openOffice(folder, `small-${clients}`, clients);
  await openBlocks(small);
  for (const office of [large, small]) {
    mirror(office, lastMonth);
    await debitPages(office, lastMonthAt);
  }
  const years: Filled = { office: large, spans: [history, lastMonth] };
  const month: Filled = { office: small, spans: [lastMonth] };
  tell(...(await measureProcesses(large, entries < 10_000 ? 1 : 5)));
  tell(...(await measureReports(large, small)));
  tell(await measureChangedWork(years, month));
  tell(...(await measureOneChange(years)));
  await large.close();
  await small.close();
}

function tell(...measured: readonly Ratio[]): void {
  ratios.push(...measured);
  for (const { name, wall, processor, aim, met, note } of measured) {
    const verdict = met === null ? '' : met ? ', met' : ', MISSED';
    say(`${name}: ${processor ?? wall ?? '-'} (aim ${aim ?? 'none'}${verdict}): ${note}`);
  }
}

/** With --json, standard output holds the document alone. */
function say(line: string): void {
  (values.json ? process.stderr : process.stdout).write(`${line}\n`);
}
