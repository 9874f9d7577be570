import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import type { RevenuePeriod } from '../../domain/revenue/account.ts';
import { addMonths, dateInZone, earliest, instantFromMs } from '../../domain/time.ts';
import { sumUpRevenue } from '../../reports/revenue/revenue.ts';
import { revenueToCsv } from '../../reports/revenue/revenue-csv.ts';
import { revenueToPaper } from '../../reports/revenue/revenue-paper.ts';
import { readRevenue } from '../../reports/revenue/revenue-source.ts';
import { journalFormats, spellJournals } from '../../reports/revenue/spell-journals.ts';
import type { App } from '../../service/app/app.ts';
import { findClient } from '../input/find-client.ts';
import { readMonths } from '../input/values.ts';
import { addFormatOptions, chooseFormat } from '../output/formats.ts';
import type { Cli, Scope } from '../scope.ts';
import { answerPaper, type PaperOptions, paperFormats, writeAnswer } from './paper-output.ts';

const formats = [...paperFormats, ...journalFormats] as const;
type RevenueFormat = (typeof formats)[number];

interface RevenueOptions {
  from?: string;
  to?: string;
  format?: RevenueFormat;
  out?: string;
}

export function addRevenueReport(report: Command, cli: Cli): void {
  const command = cli
    .add(
      report,
      'revenue [client]',
      'prepaid hours in money: sold, earned, expired and still deferred, month by month; who buys again',
      'report revenue --from 2026-01 --to 2026-03 --out revenue.html',
    )
    .option('--from <month>', 'first month, such as 2026-01 (default: eleven before the last)')
    .option('--to <month>', 'last month (default: the current one; of journals, the one before)');
  addFormatOptions(command, formats).action(
    (query: string | undefined, options: RevenueOptions, parsed: Command) =>
      cli.withApp(parsed, 'read', async (scope) => {
        await answerRevenue(scope, query, options);
        return 0;
      }),
  );
}

async function answerRevenue(
  scope: Scope,
  query: string | undefined,
  options: RevenueOptions,
): Promise<void> {
  const { isJson, deps } = scope;
  const { config, store, clients } = scope.app;
  const current = currentMonth(scope.app);
  const format = chooseFormat(options, formats, { isJson, usual: 'text' });
  const journal = journalFormats.find((one) => one === format);
  const period = readPeriod(options, journal !== undefined, current);
  const clientId = query === undefined ? null : readPayer(scope, query);
  const request = { clients, zone: config.timezone, period, clientId };
  const report = sumUpRevenue(await readRevenue(store, request), period);
  if (journal === undefined) {
    answerPaper(scope, options as PaperOptions, {
      json: report,
      csv: () => revenueToCsv(report),
      paper: () => revenueToPaper(report, config, current),
    });
    return;
  }
  const { text, notes } = spellJournals(report, config, journal);
  for (const note of notes) deps.err(`${note}\n`);
  writeAnswer(scope, options.out, text);
}

/** The month that is still running for one of the clients: nothing later is complete. */
export function currentMonth({ config, clients, now }: App): string {
  const zones = [config.timezone, ...clients.map(({ timezone }) => timezone)];
  const at = instantFromMs(now());
  return earliest(zones.map((zone) => dateInZone(at, zone))).slice(0, 7);
}

/** A year by default. A journal of a month that is not over would be imported twice. */
function readPeriod(options: RevenueOptions, isJournal: boolean, current: string): RevenuePeriod {
  const closed = monthsBefore(current, 1);
  const last = isJournal ? closed : current;
  const months = readMonths(options, last);
  const to = months.to ?? last;
  if (isJournal && to > closed) {
    throw new KindError('config', `${to} is not over, so its journal is not complete.`, {
      fix: `Use --to ${closed}.`,
    });
  }
  return { from: months.from ?? monthsBefore(to, 11), to };
}

function monthsBefore(month: string, count: number): string {
  return addMonths(`${month}-01`, -count).slice(0, 7);
}

function readPayer({ app }: Scope, query: string): string {
  const client = findClient(app.clients, query);
  if (client.paidBy === null) return client.id;
  throw new KindError('config', `${client.paidBy.name} pays for the work of ${client.name}.`, {
    fix: `Its blocks are in the report of that client: report revenue "${client.paidBy.name}".`,
  });
}
