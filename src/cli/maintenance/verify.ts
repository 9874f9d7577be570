import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readFolder } from '../../reports/buyer/read-folder.ts';
import { verifyFiles } from '../../reports/buyer/verify-files.ts';
import { plainJson } from '../../reports/format/plain-text.ts';
import type { Disagreement } from '../../store/port.ts';
import { type Paint, painter } from '../output/style.ts';
import type { Cli } from '../scope.ts';

export function defineVerify(verify: Command, cli: Cli): void {
  verify
    .option('--export <folder>', 'a folder of `export buyer` instead, without config or database')
    .action((options: { export?: string }, command: Command) => {
      if (options.export !== undefined) return verifyExport(cli, options.export, command);
      return cli.withApp(command, 'read', async ({ app, answer, paint }) => {
        const disagreement = await app.store.verify();
        if (disagreement === null) {
          answer({ ok: true }, () => `${paint('green', 'ok')}: everything matches.\n`);
          return 0;
        }
        answer({ ok: false, disagreement }, () => faultText(disagreement, paint));
        return 5;
      });
    });
}

function faultText({ where, detail }: Disagreement, paint: Paint): string {
  return `${paint('red', 'disagreement')} at ${where}: ${detail}\n`;
}

function verifyExport(cli: Cli, folder: string, command: Command): void {
  const { deps } = cli;
  const paint = painter(deps, 'out');
  const { disagreement, ...found } = verifyFiles(readFolder(resolve(folder)));
  const isOk = disagreement === null;
  cli.exitCode = isOk ? 0 : 5;
  if (command.optsWithGlobals<{ json?: boolean }>().json === true) {
    deps.out(`${plainJson({ ok: isOk, ...(isOk ? {} : { disagreement }), ...found })}\n`);
    return;
  }
  if (!isOk) {
    deps.out(faultText(disagreement, paint));
    return;
  }
  const { sha256, clients, entries, removedNotes } = found;
  const notes =
    removedNotes === 0
      ? ''
      : `${removedNotes} entries without their notes: only the next entry's hash covers these.\n`;
  deps.out(
    `${paint('green', 'ok')}: hashes, chains, balances and revenue of ${clients} clients and ${entries} entries match.\n${notes}SHA-256 over all files: ${sha256}\nCompare it with the one in the contract.\n`,
  );
}
