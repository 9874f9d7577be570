import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Cli } from '../scope.ts';

export function addBackupCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'backup <file>',
      'write a consistent copy of the database to a new file, while the service runs',
      'backup /var/backups/prepaid-hours-2026-03-31.db',
    )
    .action((target: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'read', async ({ app, answer }) => {
        const file = resolve(target);
        await app.store.backup(file);
        const bytes = statSync(file).size;
        answer({ file, bytes }, () => `${file}: ${bytes} bytes.\n`);
        return 0;
      }),
    );
}
