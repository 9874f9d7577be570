import type { Command } from 'commander';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import type { Restored } from '../../service/backup/restore.ts';
import { type Paint, painter } from '../output/style.ts';
import { type Cli, usualConfig } from '../scope.ts';

export function defineRestore(restore: Command, cli: Cli): void {
  restore
    .option('--yes', 'replace the database')
    .action(async (file: string, options: { yes?: boolean }, command: Command) => {
      const { config, json } = command.optsWithGlobals<{ config?: string; json?: boolean }>();
      const { deps } = cli;
      const restored = await deps.service.restoreBackup({
        vendors: deps.vendors,
        configFile: config ?? usualConfig,
        env: deps.env,
        file,
        isDone: options.yes === true,
        now: Date.now,
      });
      const { disagreement } = restored;
      const steps = disagreement === null ? listSteps(restored) : [];
      deps.out(
        json === true
          ? `${plainJson({ ...restored, ok: disagreement === null, steps })}\n`
          : restoredText(restored, steps, painter(deps, 'out')),
      );
      cli.exitCode = disagreement === null ? 0 : 5;
    });
}

interface Step {
  /** Null: no command does it. */
  command: string | null;
  text: string;
}

/** What is left to do, in this order. */
function listSteps({ file, isDone, holder, missing, isBeforeLive }: Restored): Step[] {
  if (!isDone) {
    const running =
      holder === null
        ? ''
        : `\`${holder.purpose}\` is running (pid ${holder.pid}); stop it first. `;
    return [
      { command: `prepaid-hours restore ${file} --yes`, text: `${running}Dry run. To apply:` },
    ];
  }
  const byHand =
    missing === null
      ? ['Enter again what was entered by hand since the backup (adjust, block, quarantine).']
      : missing.map((entry) => `Enter again if it still applies: ${entry}`);
  return [
    {
      command: 'prepaid-hours run pull debit',
      text: 'Reads what changed since the backup and debits it; nothing is sent.',
    },
    {
      command: 'prepaid-hours reconcile',
      text: 'Shows what still differs from the PSA, with what to do about each.',
    },
    ...byHand.map((text) => ({ command: null, text })),
    ...(isBeforeLive ? [{ command: null, text: beforeLive }] : []),
    { command: null, text: 'Start the service again. What the PSA already has is not sent twice.' },
  ];
}

const beforeLive =
  'It is from before the first live run: until the next, a changed config is applied to all of it.';

function restoredText(restored: Restored, steps: readonly Step[], paint: Paint): string {
  const { file, database, lastRunAt, clients, disagreement, isDone, kept } = restored;
  const run =
    lastRunAt === null ? 'no run yet' : `last run ${lastRunAt.slice(0, 16).replace('T', ' ')} UTC`;
  const head = `Backup ${plainText(file)}: ${clients} ${clients === 1 ? 'client' : 'clients'}, ${run}.`;
  if (disagreement !== null) {
    const { where, detail } = disagreement;
    const line = `${paint('red', 'disagreement')} at ${plainText(`${where}: ${detail}`)}`;
    return `${head}\n${line}\nThe database was not replaced. Name another backup.\n`;
  }
  const lines = [head, `${paint('green', 'ok')}: undamaged, and its ledger adds up.`];
  if (!isDone) {
    const dry = steps.map(
      ({ command, text }) => `${plainText(text)}\n  ${plainText(command ?? '')}`,
    );
    return `${[...lines, '', ...dry].join('\n')}\n`;
  }
  return [
    ...lines,
    `Restored to ${plainText(database)}.`,
    ...(kept === null ? [] : ['The replaced database is kept as', `  ${plainText(kept)}`]),
    '',
    paint('bold', 'What to do next'),
    ...steps.map(({ command, text }, index) => {
      const number = `  ${index + 1}. `;
      return command === null
        ? `${number}${plainText(text)}`
        : `${number}${command}\n     ${plainText(text)}`;
    }),
    '',
  ].join('\n');
}
