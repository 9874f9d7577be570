import type { Command } from 'commander';
import { firstOption } from './run.ts';
import type { Cli } from './scope.ts';

export function addStartCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'start',
      'the service: runs each step by its schedule until it is told to stop (SIGTERM)',
      'start --config /etc/prepaid-hours/connector.yaml',
    )
    .option('--first', firstOption)
    .action((_options: unknown, command: Command) =>
      cli.withApp(command, 'run', async ({ app, deps, answer, reopen }) => {
        await deps.service.startService(app, deps.signal, reopen);
        answer({ ok: true }, () => '');
        return 0;
      }),
    );
}
