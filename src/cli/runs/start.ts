import type { Command } from 'commander';
import { notifyAfterRun } from '../../service/notify/notify.ts';
import type { Cli } from '../scope.ts';
import { firstOption } from './run.ts';

export function defineStart(start: Command, cli: Cli): void {
  start.option('--first', firstOption).action((_options: unknown, command: Command) =>
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
