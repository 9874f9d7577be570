import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { readUndelivered } from '../../reports/notices/undelivered.ts';
import type { Cli } from '../scope.ts';
import { runText } from './run.ts';

export function defineSweep(sweep: Command, cli: Cli): void {
  sweep
    .option(
      '--accept',
      'remove the entries that an earlier sweep of these connections asked to confirm',
    )
    .action((named: string[], { accept }: { accept?: boolean }, command: Command) =>
      cli.withApp(command, 'write', async (scope) => {
        const { app, deps } = scope;
        const known = [...app.connectors.keys()];
        const unknown = named.find((name) => !known.includes(name));
        if (unknown !== undefined) {
          throw new KindError('config', `There is no connection "${unknown}".`, {
            fix: `Connections: ${known.join(', ')}.`,
          });
        }
        const acceptedSweeps = accept !== true ? [] : named.length === 0 ? known : named;
        const { exitCode, ...result } = await deps.service.runOnce(app, ['sweep', 'debit'], {
          signal: deps.signal,
          acceptedSweeps,
        });
        const undelivered = await readUndelivered(app.store);
        scope.answer(result, () => runText({ exitCode, ...result }, undelivered, scope));
        return exitCode;
      }),
    );
}
