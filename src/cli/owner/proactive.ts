import type { Command } from 'commander';
import { instantFromMs } from '../../domain/time.ts';
import { buildProactive } from '../../reports/proactive/proactive.ts';
import { proactiveToCsv, sourcesToCsv } from '../../reports/proactive/proactive-csv.ts';
import { proactiveToPaper, sourcesToPaper } from '../../reports/proactive/proactive-paper.ts';
import { countSources } from '../../reports/proactive/sources.ts';
import { findClient } from '../input/find-client.ts';
import { readMonths } from '../input/values.ts';
import type { Cli } from '../scope.ts';
import { addPaperOptions, answerPaper, type PaperOptions } from './paper-output.ts';

interface ProactiveOptions extends PaperOptions {
  from?: string;
  to?: string;
  sources?: boolean;
}

export function addProactiveReport(report: Command, cli: Cli): void {
  const command = cli
    .add(
      report,
      'proactive [client]',
      'how much of the work was proactive, per client and month, and whether alerts about idle hours led to some',
      'report proactive Dupont --from 2026-01',
    )
    .option('--from <month>', 'first month, such as 2026-01 (default: eleven before the last)')
    .option('--to <month>', 'last month (default: the current one)')
    .option(
      '--sources',
      'where the tickets of the last 90 days came from, to choose `ticketSources`',
    );
  addPaperOptions(command).action(
    (query: string | undefined, options: ProactiveOptions, parsed: Command) =>
      cli.withApp(parsed, 'read', async (scope) => {
        const { config, store, clients: all, now } = scope.app;
        const clients = query === undefined ? all : [findClient(all, query)];
        const asOf = instantFromMs(now());
        if (options.sources === true) {
          const { timezone } = config;
          const sources = await countSources(store, clients, { asOf, timezone });
          answerPaper(scope, options, {
            json: sources,
            csv: () => sourcesToCsv(sources),
            paper: () => sourcesToPaper(sources, config),
          });
          return 0;
        }
        const months = readMonths(options, asOf.slice(0, 7));
        const proactive = await buildProactive(store, { clients, ...months, asOf });
        answerPaper(scope, options, {
          json: proactive,
          csv: () => proactiveToCsv(proactive),
          paper: () => proactiveToPaper(proactive, config, query !== undefined),
        });
        return 0;
      }),
  );
}
