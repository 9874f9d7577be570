/**
 * `npm run bench`: how fast the core is, as ratios of two things measured side by side in one run.
 * --entries N sets the size (1,000,000); --quick makes it 20,000; --skip-memory leaves out the rows that
 * start processes of their own. --json prints one JSON document.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBackfill } from './backfill.ts';
import { type Filled, measureChangedWork } from './changed-work.ts';
import { measureMemory } from './memory.ts';
import { debitPages, lastMonthAt, mirror, openBlocks, openOffice } from './office.ts';
import { measurePlainTextAccounting } from './plain-text-accounting.ts';
import type { Ratio } from './ratio.ts';
import { measureReports } from './reports.ts';
import { historyOf, lastMonthOf } from './work.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    quick: { type: 'boolean', default: false },
    'skip-memory': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const entries = values.quick ? 20_000 : Number(values.entries);
if (!Number.isInteger(entries) || entries < 1000) {
  throw new Error('--entries needs a whole number of at least 1000');
}
// Each client has 10 entries a month, over 100 months.
const clients = Math.floor(entries / 1000);
const lastMonth = lastMonthOf(clients * 10);
const history = historyOf(entries - clients * 10);

const ratios: Ratio[] = [];
const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-bench-'));
try {
  say(`${entries} time entries of ${clients} clients, in ${folder}`);
  const large = await openOffice(folder, 'large', clients);
  mirror(large, history);
  await openBlocks(large);
  tell(await measureBackfill(large, history.tickets));
  const small = await openOffice(folder, 'small', clients);
  await openBlocks(small);
  for (const office of [large, small]) {
    mirror(office, lastMonth);
    await debitPages(office, lastMonthAt);
  }
  const years: Filled = { office: large, spans: [history, lastMonth] };
  const month: Filled = { office: small, spans: [lastMonth] };
  tell(...(await measureReports(large, small)));
  tell(...(await measurePlainTextAccounting(large)));
  tell(await measureChangedWork(years, month));
  await large.close();
  await small.close();
  if (!values['skip-memory']) tell(...measureMemory(folder, entries, clients));
} finally {
  rmSync(folder, { recursive: true });
}
if (values.json) {
  const shown = ratios.map(({ name, value, aim, met }) => ({ name, value, aim, met }));
  process.stdout.write(`${JSON.stringify({ ratios: shown })}\n`);
}

function tell(...measured: readonly Ratio[]): void {
  ratios.push(...measured);
  for (const { name, value, aim, met, note } of measured) {
    const verdict = met === null ? 'not measured' : met ? 'met' : 'MISSED';
    say(`${name}: ${value ?? '-'} (aim ${aim}, ${verdict}): ${note}`);
  }
}

/** With --json, standard output holds the document alone. */
function say(line: string): void {
  (values.json ? process.stderr : process.stdout).write(`${line}\n`);
}
