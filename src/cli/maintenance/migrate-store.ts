import type { Command } from 'commander';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import type { MigratedStore } from '../../service/backup/migrate-store.ts';
import { type Paint, painter } from '../output/style.ts';
import type { Cli } from '../scope.ts';

export function defineMigrateStore(migrateStore: Command, cli: Cli): void {
  migrateStore.action(async (from: string, to: string, _: object, command: Command) => {
    const { deps } = cli;
    const migrated = await deps.service.migrateStore({ from, to }, Date.now);
    const isOk = migrated.disagreement === null;
    const { json } = command.optsWithGlobals<{ json?: boolean }>();
    deps.out(
      json === true
        ? `${plainJson({ ok: isOk, ...migrated })}\n`
        : migratedText(migrated, painter(deps, 'out')),
    );
    cli.exitCode = isOk ? 0 : 5;
  });
}

function migratedText(migrated: MigratedStore, paint: Paint): string {
  const { from, to, clients, ledgerEntries, disagreement } = migrated;
  if (disagreement !== null) {
    const { where, detail } = disagreement;
    const line = `${paint('red', 'disagreement')} at ${plainText(`${where}: ${detail}`)}`;
    return `${line}\nGo on with ${plainText(from)}; the copy is not to be used.\n`;
  }
  const counts = `${clients} ${clients === 1 ? 'client' : 'clients'}, ${ledgerEntries} ledger entries`;
  // A password is not in a name, and not in the config either.
  const store = to.replace(/^(\w+:\/\/[^/@]+)@/, `$1:\${STORE_PASSWORD}@`);
  return [
    `${paint('green', 'ok')}: ${counts}, the same in both, and both verify.`,
    'Now write into the config, and start again:',
    `  store: ${plainText(store)}`,
    'Nothing uses the old one any more; keep it as a backup:',
    `  ${plainText(from)}`,
    '',
  ].join('\n');
}
