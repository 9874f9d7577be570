import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { buildBuyerFiles } from '../../reports/buyer/buyer-files.ts';
import { manifestName, spellManifest, toManifest } from '../../reports/buyer/manifest.ts';
import { readFolder } from '../../reports/buyer/read-folder.ts';
import { verifyFiles } from '../../reports/buyer/verify-files.ts';
import { createFolder } from '../../service/app/new-folder.ts';
import { readMonths } from '../input/values.ts';
import { withFileFix, writeFile } from '../output/write-file.ts';
import type { Cli, Scope } from '../scope.ts';
import { currentMonth } from './revenue.ts';

interface ExportOptions {
  from?: string;
  to?: string;
  replaceTechnicians?: boolean;
}

export function defineExport(parent: Command, cli: Cli): void {
  cli
    .add(
      parent,
      'buyer <folder>',
      'a folder for whoever buys the company: revenue, blocks and the whole ledger, to verify offline',
      'export buyer ./buyer --to 2026-06 --replace-technicians',
    )
    .option('--from <month>', 'first month of revenue (default: that of the first entry)')
    .option('--to <month>', 'last month (default: the current one)')
    .option('--replace-technicians', 'numbers instead of names, and no notes that people wrote')
    .action((folder: string, options: ExportOptions, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        await exportBuyer(scope, resolve(folder), options);
        return 0;
      }),
    );
}

async function exportBuyer(scope: Scope, folder: string, options: ExportOptions): Promise<void> {
  const { config, clients, store } = scope.app;
  const current = currentMonth(scope.app);
  const { from, to } = readMonths(options, current);
  refuseFilled(folder);
  const { files, period, entries } = await buildBuyerFiles(store, {
    clients,
    zone: config.timezone,
    locale: config.locale,
    from,
    to: to ?? current,
    isAnonymous: options.replaceTechnicians === true,
  });
  const manifest = toManifest(files);
  for (const [name, text] of [...files, [manifestName, spellManifest(manifest)] as const]) {
    const file = join(folder, name);
    withFileFix(file, () => createFolder(dirname(file), 0o700));
    writeFile(file, text);
  }
  const { disagreement } = verifyFiles(readFolder(folder));
  if (disagreement !== null) {
    throw new Error(`the folder does not verify: ${disagreement.where}: ${disagreement.detail}`);
  }
  const { sha256 } = manifest;
  scope.answer({ folder, ...period, files: files.size + 1, entries, sha256 }, () =>
    [
      `${files.size + 1} files with ${entries} ledger entries: ${folder}`,
      `SHA-256 over all of them, for the contract: ${sha256}`,
      `To verify: prepaid-hours verify --export ${folder}\n`,
    ].join('\n'),
  );
}

/** Files of an earlier export would count as part of this one. */
function refuseFilled(folder: string): void {
  withFileFix(folder, () => createFolder(folder, 0o700));
  if (readdirSync(folder).length === 0) return;
  throw new KindError('config', `${folder} is not empty.`, { fix: 'Name a new folder.' });
}
