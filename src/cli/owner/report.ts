import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import type { Score } from '../../domain/forecast/backtest.ts';
import { dateInZone, instantFromMs } from '../../domain/time.ts';
import {
  buildForecast,
  type ForecastReport,
  forecastToJson,
} from '../../reports/balances/forecast.ts';
import { runOutText } from '../../reports/balances/run-out-text.ts';
import { findClient } from '../input/find-client.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';
import { addBridgeReport } from './bridge.ts';
import { addLeaksReport } from './leaks.ts';
import { addPaymentsReport } from './payments.ts';
import { addProactiveReport } from './proactive.ts';
import { addRevenueReport } from './revenue.ts';
import { addSessionReports } from './sessions.ts';

export function defineReport(report: Command, cli: Cli): void {
  addPaymentsReport(report, cli);
  addRevenueReport(report, cli);
  addLeaksReport(report, cli);
  addBridgeReport(report, cli);
  addSessionReports(report, cli);
  addProactiveReport(report, cli);
  cli
    .add(
      report,
      'forecast [client]',
      'when the hours run out, and how accurate past forecasts were',
      'report forecast --backtest',
    )
    .option('--backtest', 'forecast from past Mondays and compare with what happened')
    .option('--all', 'with --backtest: from every Monday, not from a sample of some 4,000')
    .action((query: string | undefined, options: ForecastOptions, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const { app } = scope;
        const clients = query === undefined ? app.clients : [findClient(app.clients, query)];
        const asOf = instantFromMs(app.now());
        if (options.all && !options.backtest) {
          throw new KindError('config', '--all needs --backtest.', { fix: 'Add --backtest.' });
        }
        const tested = options.all ? 'all' : 'sample';
        const forecast = await buildForecast(app.store, {
          shown: clients,
          all: app.clients,
          asOf,
          backtest: options.backtest ? tested : 'none',
        });
        scope.answer(forecastToJson(forecast), () => forecastText(forecast, scope));
        return 0;
      }),
    );
}

interface ForecastOptions {
  backtest?: boolean;
  all?: boolean;
}

function forecastText(report: ForecastReport, scope: Scope): string {
  const { asOf, clients, score, mondays } = report;
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Projected', isFigure: true },
    { title: 'Runs out (80 %)' },
    ...(score === null ? [] : scoreTitles.map((title) => ({ title, isFigure: true }))),
  ];
  const rows = clients.map((one) => [
    one.client.name,
    scope.format.duration(one.projectedSeconds),
    runOutText(one.runOut, dateInZone(asOf, one.client.timezone), scope.format),
    ...(one.score === null ? [] : scoreCells(one.score)),
  ]);
  if (score !== null) rows.push(['All', '', '', ...scoreCells(score)]);
  const table = scope.table(columns, rows);
  if (mondays.oneIn === 1) return table;
  return `${table}\nFrom one in ${mondays.oneIn} of ${mondays.total} past Mondays; --all: from every one.`;
}

const scoreTitles = ['Forecasts', 'Held', 'Too early', 'Too late', 'Share'];

function scoreCells({ judged, held, early, late }: Score): string[] {
  const share = judged === 0 ? '' : `${Math.round((100 * held) / judged)} %`;
  return [judged, held, early, late].map(String).concat(share);
}
