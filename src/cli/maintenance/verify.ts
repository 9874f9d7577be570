import type { Command } from 'commander';
import type { Cli } from '../scope.ts';

export function addVerifyCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'verify',
      'recompute every balance from the ledger and compare; exit code 5 on a mismatch',
      'verify',
    )
    .action((_options: unknown, command: Command) =>
      cli.withApp(command, 'read', async ({ app, answer, paint }) => {
        const disagreement = await app.store.verify();
        if (disagreement === null) {
          answer({ ok: true }, () => `${paint('green', 'ok')}: everything matches.\n`);
          return 0;
        }
        const { where, detail } = disagreement;
        answer(
          { ok: false, disagreement },
          () => `${paint('red', 'disagreement')} at ${where}: ${detail}\n`,
        );
        return 5;
      }),
    );
}
