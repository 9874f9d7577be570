import type { Command } from 'commander';
import { formatDuration } from '../domain/duration.ts';
import { findClient } from './find-client.ts';
import type { Cli } from './scope.ts';
import { readHours, readReason } from './values.ts';

export function addAdjustCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'adjust <client>',
      'give or take hours by hand; the reason appears on the statement',
      'adjust Dupont --hours -1.5 --reason "On-site visit never logged"',
    )
    .requiredOption('--hours <hours>', 'above zero to give, below to take')
    .requiredOption('--reason <text>', 'why')
    .action((query: string, options: { hours: string; reason: string }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        const client = findClient(app.clients, query);
        const seconds = readHours(options.hours);
        const reason = readReason(options.reason);
        const request = { clientId: client.id, seconds, reason };
        const { key, settledSeconds, overageSeconds } = await deps.service.adjustBalance(
          app,
          request,
        );
        answer({ client: client.name, key, seconds, settledSeconds, overageSeconds }, () => {
          const sign = seconds > 0 ? '+' : '';
          const overage =
            overageSeconds === 0 ? '' : `, ${formatDuration(overageSeconds)} of overage`;
          return `${client.name}: ${sign}${formatDuration(seconds)}; ${formatDuration(settledSeconds)} left${overage}.\n`;
        });
        return 0;
      }),
    );
}
