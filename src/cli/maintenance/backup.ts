import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { backUpInto, type KeptBackup } from '../../service/backup/keep.ts';
import { readWhole } from '../input/values.ts';
import type { Cli } from '../scope.ts';

export function defineBackup(backup: Command, cli: Cli): void {
  backup
    .option('--keep <number>', 'keep only the newest backups of this database in the folder')
    .action((target: string, options: { keep?: string }, command: Command) => {
      const keep = options.keep === undefined ? null : readKeep(options.keep);
      const path = resolve(target);
      const isIntoFolder = keep !== null || isFolder(target);
      if (keep !== null) refuseFile(path);
      return cli.withApp(command, 'read', async ({ app, answer }) => {
        if (isIntoFolder) {
          const kept = await backUpInto(app, path, keep);
          answer(kept, () => keptText(kept));
          return 0;
        }
        await app.store.backup(path);
        const bytes = statSync(path).size;
        answer({ file: path, bytes }, () => `${path}: ${bytes} bytes.\n`);
        return 0;
      });
    });
}

function readKeep(text: string): number {
  const keep = readWhole('--keep', text);
  if (keep >= 1) return keep;
  throw new KindError('config', `--keep: ${keep} would keep no backup.`, {
    fix: 'Keep at least 1.',
  });
}

function isFolder(target: string): boolean {
  return (
    /[/\\]$/.test(target) || statSync(target, { throwIfNoEntry: false })?.isDirectory() === true
  );
}

/** With `--keep` the program names the files, so that it knows which are its own. */
function refuseFile(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined ? !path.endsWith('.db') : stat.isDirectory()) return;
  throw new KindError('config', `--keep needs a folder; ${path} is a file.`, {
    fix: 'Name the folder; each backup gets a name with its time.',
  });
}

function keptText({ file, bytes, deleted }: KeptBackup): string {
  const lines = deleted.map((path) => `Deleted: ${path}\n`);
  return `${file}: ${bytes} bytes.\n${lines.join('')}`;
}
