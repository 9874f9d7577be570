import type { Command } from 'commander';
import { buildLeaks } from '../../reports/leaks/leaks.ts';
import { leaksToCsv } from '../../reports/leaks/leaks-csv.ts';
import { leaksToPaper } from '../../reports/leaks/leaks-paper.ts';
import { readWorkHistory } from '../../service/plan/work-history.ts';
import { findClient } from '../input/find-client.ts';
import { readMonths } from '../input/values.ts';
import type { Cli } from '../scope.ts';
import { addPaperOptions, answerPaper, type PaperOptions } from './paper-output.ts';

interface LeaksOptions extends PaperOptions {
  from?: string;
  to?: string;
}

export function addLeaksReport(report: Command, cli: Cli): void {
  const command = cli
    .add(
      report,
      'leaks [client]',
      'work that was not billed, and work that was charged and should perhaps not be: in hours and money',
      'report leaks Dupont --from 2026-01 --out leaks.html',
    )
    .option('--from <month>', 'first month of work, such as 2026-01 (default: all)')
    .option('--to <month>', 'last month of work');
  addPaperOptions(command).action(
    (query: string | undefined, options: LeaksOptions, parsed: Command) =>
      cli.withApp(parsed, 'read', async (scope) => {
        const { app } = scope;
        const period = readMonths(options);
        const only = query === undefined ? null : new Set([findClient(app.clients, query).id]);
        const leaks = buildLeaks(await readWorkHistory(app, 'given-blocks'), period, only);
        answerPaper(scope, options, {
          json: leaks,
          csv: () => leaksToCsv(leaks),
          paper: (format) => leaksToPaper(leaks, app.config, format === 'html' || only !== null),
        });
        return 0;
      }),
  );
}
