import type { Command } from 'commander';
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
    .option('--backtest', 'forecast from each past Monday and compare with what happened')
    .action((query: string | undefined, options: { backtest?: boolean }, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const { app } = scope;
        const clients = query === undefined ? app.clients : [findClient(app.clients, query)];
        const asOf = instantFromMs(app.now());
        const isBacktest = options.backtest === true;
        const forecast = await buildForecast(app.store, {
          shown: clients,
          all: app.clients,
          asOf,
          isBacktest,
        });
        scope.answer(forecastToJson(forecast), () => forecastText(forecast, scope));
        return 0;
      }),
    );
}

function forecastText({ asOf, clients, score }: ForecastReport, scope: Scope): string {
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
  return scope.table(columns, rows);
}

const scoreTitles = ['Forecasts', 'Held', 'Too early', 'Too late', 'Share'];

function scoreCells({ judged, held, early, late }: Score): string[] {
  const share = judged === 0 ? '' : `${Math.round((100 * held) / judged)} %`;
  return [judged, held, early, late].map(String).concat(share);
}
