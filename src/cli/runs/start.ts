import type { Command } from 'commander';
import { notifyAfterRun } from '../../service/notify/notify.ts';
import type { Cli } from '../scope.ts';
import { firstOption } from './run.ts';

export function addStartCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'start',
      'run the service: each step on its schedule, until SIGTERM',
      'start --config /etc/prepaid-hours/connector.yaml',
    )
    .option('--first', firstOption)
    .action((_options: unknown, command: Command) =>
      cli.withApp(command, 'run', async ({ app, deps, answer, reopen }) => {
        await deps.service.startService(app, deps.signal, reopen, {
          openWeb: deps.service.openWeb,
          afterRun: (current, result, signal) => notifyAfterRun(current, result, deps.send, signal),
        });
        answer({ ok: true }, () => '');
        return 0;
      }),
    );
}
