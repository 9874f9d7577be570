import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { CheckLine } from '../../service/check/check-line.ts';
import { findClient } from '../input/find-client.ts';
import type { Paint, Style } from '../output/style.ts';
import type { Cli } from '../scope.ts';
import { answerGoLive, type GoLiveOptions } from './go-live.ts';

const marks: Record<CheckLine['status'], { mark: string; style: Style }> = {
  ok: { mark: 'ok', style: 'green' },
  warning: { mark: 'warning', style: 'yellow' },
  failed: { mark: 'failed', style: 'red' },
};

interface CheckOptions extends GoLiveOptions {
  all?: boolean;
  offline?: boolean;
  probe?: string;
}

export function defineCheck(check: Command, cli: Cli): void {
  check
    .option('--offline', 'send no request to a vendor')
    .option('--all', 'also show, one by one, what is not verified yet and needs no action')
    .option('--probe <client>', 'also verify by writing to this test client what reading cannot')
    .option('--go-live', 'only list what the first live run would send immediately; writes nothing')
    .option(
      '--mark [clients...]',
      'with --go-live: mark the thresholds reached now as told, for these clients or all',
    )
    .option('--yes', 'with --mark: do not ask')
    .action((options: CheckOptions, command: Command) => {
      if (isGoLive(options)) return answerGoLive(cli, command, options);
      const access = options.offline === true ? 'trial' : 'write';
      return cli.withApp(command, access, async ({ app, deps, answer, paint }) => {
        const { probe } = options;
        const { lines, exitCode } = await deps.service.runCheck(app, {
          isOffline: options.offline === true,
          probeClient: probe === undefined ? null : findClient(app.clients, probe).id,
          signal: deps.signal,
        });
        const ok = exitCode === 0;
        answer({ ok, checks: lines }, () => {
          const shown = options.all === true ? lines : lines.filter((line) => !line.isUnverified);
          const note = unverifiedText(lines.length - shown.length, paint);
          return checkText(app.config.file, shown, note, paint);
        });
        return exitCode;
      });
    });
}

/** Throws `config` for options that do not go together. */
function isGoLive({ goLive, mark, yes, probe }: CheckOptions): boolean {
  if (goLive === true && probe !== undefined) {
    throw new KindError('config', '--go-live sends nothing, and --probe writes to the PSA.', {
      fix: 'Run them one after the other.',
    });
  }
  if (goLive === true || (mark === undefined && yes === undefined)) return goLive === true;
  throw new KindError('config', '--mark and --yes belong to --go-live.', {
    fix: 'prepaid-hours check --go-live --mark [CLIENT]',
  });
}

/** One line for all that needs no action. */
function unverifiedText(count: number, paint: Paint): string[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 fact is' : `${count} facts are`;
  const text = `${what} not verified yet. No action needed: check --probe or the first real case verifies each.`;
  return [`${paint('dim', 'note   ')} ${text}`, '        Show them: prepaid-hours check --all'];
}

function checkText(
  file: string,
  lines: readonly CheckLine[],
  notes: readonly string[],
  paint: Paint,
): string {
  const shown = lines.flatMap((line, index) => {
    const { mark, style } = marks[line.status];
    const subject = line.connection === null ? line.id : `${line.connection} ${line.id}`;
    const text = `${paint(style, mark.padEnd(7))} ${plainText(`${subject}: ${line.detail}`)}`;
    // A fix shared by several lines in a row is printed once, under the last of them.
    const isSaidBelow = lines[index + 1]?.fix === line.fix;
    return line.fix === undefined || isSaidBelow
      ? [text]
      : [text, `        ${plainText(line.fix)}`];
  });
  const failed = lines.filter((line) => line.status === 'failed').length;
  const summary = failed === 0 ? 'Config OK; all checks passed.' : `${failed} failed.`;
  return `${[file, ...shown, ...notes, summary].join('\n')}\n`;
}
