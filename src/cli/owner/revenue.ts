import { extname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { addMonths, instantFromMs } from '../../domain/time.ts';
import { sumUpRevenue } from '../../reports/revenue/revenue.ts';
import { type RevenueTable, toRevenuePage } from '../../reports/revenue/revenue-page.ts';
import { currentMonth, toRevenuePeriod } from '../../reports/revenue/revenue-period.ts';
import { readRevenue } from '../../reports/revenue/revenue-source.ts';
import {
  isJournal,
  type RevenueFormat,
  revenueFormats,
  spellRevenue,
} from '../../reports/revenue/spell-revenue.ts';
import { findClient } from '../input/find-client.ts';
import type { TableColumn } from '../output/table.ts';
import { writeFile } from '../output/write-file.ts';
import type { Cli, Scope } from '../scope.ts';

interface RevenueOptions {
  from?: string;
  to?: string;
  format?: RevenueFormat;
  out?: string;
}

export function addRevenueReport(report: Command, cli: Cli): void {
  cli
    .add(
      report,
      'revenue [client]',
      'prepaid hours in money: sold, earned, expired and still deferred, month by month; who buys again',
      'report revenue --from 2026-01 --to 2026-03 --out revenue.html',
    )
    .option('--from <month>', 'first month, such as 2026-01 (default: eleven before the last)')
    .option('--to <month>', 'last month (default: the current one; of journals, the one before)')
    .addOption(
      new Option(
        '--format <format>',
        'default: by the name of the file, else text; json with --json',
      ).choices(revenueFormats),
    )
    .option('--out <file>', 'write to the file instead of standard output')
    .action((query: string | undefined, options: RevenueOptions, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const { config, store, clients, now } = scope.app;
        const zones = [config.timezone, ...clients.map(({ timezone }) => timezone)];
        const current = currentMonth(instantFromMs(now()), zones);
        const format = options.format ?? usualFormat(options.out, scope.isJson);
        const period = readPeriod(options, format, current);
        const id = query === undefined ? null : readPayer(scope, query);
        const request = { clients, zone: config.timezone, period, clientId: id };
        const measured = await readRevenue(store, request);
        answerRevenue(scope, sumUpRevenue(measured, period), { format, current, out: options.out });
        return 0;
      }),
    );
}

/** A journal of a month that is not over would be imported twice. */
function readPeriod({ from, to }: RevenueOptions, format: RevenueFormat, current: string) {
  const closed = addMonths(`${current}-01`, -1).slice(0, 7);
  const period = toRevenuePeriod(from, to, isJournal(format) ? closed : current);
  if (!isJournal(format) || period.to <= closed) return period;
  throw new KindError('config', `${period.to} is not over, so its journal is not complete.`, {
    fix: `Use --to ${closed}.`,
  });
}

function readPayer({ app }: Scope, query: string): string {
  const client = findClient(app.clients, query);
  if (client.paidBy === null) return client.id;
  throw new KindError('config', `${client.paidBy.name} pays for the work of ${client.name}.`, {
    fix: `Its blocks are in the report of that client: report revenue "${client.paidBy.name}".`,
  });
}

interface Answer {
  format: RevenueFormat;
  current: string;
  out: string | undefined;
}

function answerRevenue(
  scope: Scope,
  report: ReturnType<typeof sumUpRevenue>,
  { format, current, out }: Answer,
): void {
  const { deps, app, isJson, answer } = scope;
  if (isJson && out === undefined && format !== 'json') {
    throw new KindError('config', `--json and --format ${format} contradict each other.`, {
      fix: 'Use only one of them, or write to a file with --out.',
    });
  }
  const { text, notes } =
    format === 'text'
      ? { text: revenueText(report, scope, current), notes: [] }
      : spellRevenue(report, app.config, { format, current });
  for (const note of notes) deps.err(`${note}\n`);
  if (out === undefined) {
    deps.out(text);
    return;
  }
  const file = resolve(out);
  writeFile(file, text);
  const { from, to } = report;
  answer({ from, to, format, file }, () => `Revenue from ${from} to ${to}: ${file}\n`);
}

function revenueText(
  report: ReturnType<typeof sumUpRevenue>,
  scope: Scope,
  current: string,
): string {
  const { app, paint, format } = scope;
  const { words, period, tables } = toRevenuePage(report, app.config);
  const notice =
    report.to < current ? '' : `${paint('yellow', words.running(format.month(current)))}\n`;
  const head = `${paint('bold', words.title)}\n${period}\n${notice}`;
  return [head, ...tables.map((table) => tableText(table, scope))].join('\n');
}

function tableText({ caption, columns, rows, total }: RevenueTable, { paint, table }: Scope) {
  const shown = columns.map(({ title, isFigure = false }, index): TableColumn => {
    return { title, isFigure, ...(index === 0 ? { cut: 'name' } : {}) };
  });
  const foot = (total ?? []).map((text) => ({ text, style: 'bold' as const }));
  const all = total === null ? rows : [...rows, foot];
  return `${paint('bold', caption)}\n${table(shown, all)}`;
}

const endings: Readonly<Record<string, RevenueFormat>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.txt': 'text',
};

function usualFormat(out: string | undefined, isJson: boolean): RevenueFormat {
  if (out !== undefined) return endings[extname(out).toLowerCase()] ?? 'html';
  return isJson ? 'json' : 'text';
}
