import type { Command } from 'commander';
import { plainText } from '../../reports/format/plain-text.ts';
import {
  readUndelivered,
  type Undelivered,
  undeliveredLines,
} from '../../reports/notices/undelivered.ts';
import { notifyAfterRun } from '../../service/notify/notify.ts';
import { allSteps, type RunResult, usualSteps } from '../../service/run/run.ts';
import type { StepName, StepResult } from '../../service/run/step.ts';
import type { CliDeps } from '../deps.ts';
import { fitText } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

/** The help text of `--first` for `run` and `start`. */
export const firstOption = 'allow a new, empty database in live mode although one existed before';

export function defineRun(run: Command, cli: Cli): void {
  const [steps] = run.registeredArguments;
  if (steps !== undefined) {
    steps.description = 'only these steps; sweep and reconcile only run when named';
    steps.choices([...allSteps]);
  }
  run
    .option('--first', firstOption)
    .option('--undone', 'post undone charges again even if nothing has changed')
    .action((named: StepName[], options: { undone?: boolean }, command: Command) =>
      cli.withApp(command, 'run', async (scope) => {
        const { app, deps } = scope;
        const wanted = named.length === 0 ? usualSteps : named;
        const steps = allSteps.filter((step) => wanted.includes(step));
        const progress = progressLine(deps);
        const { exitCode, ...result } = await deps.service
          .runOnce(app, steps, {
            signal: deps.signal,
            onProgress: progress.show,
            isUndoneReleased: options.undone === true,
            afterRun: (current, result, signal) =>
              notifyAfterRun(current, result, deps.send, signal),
          })
          .finally(progress.clear);
        const undelivered = await readUndelivered(app.store);
        scope.answer(result, () => runText({ exitCode, ...result }, undelivered, scope));
        return exitCode;
      }),
    );
}

interface ProgressLine {
  show: ((text: string) => void) | undefined;
  clear(): void;
}

/** One progress line on standard error, overwritten in place; nothing when it is not a terminal. */
export function progressLine({ err, isErrTerminal, columns }: CliDeps): ProgressLine {
  if (!isErrTerminal) return { show: undefined, clear: () => {} };
  const eraseLine = '\r\u001b[2K';
  return {
    show: (text) => err(`${eraseLine}${fitText(plainText(text), columns - 1)}\r`),
    clear: () => err(eraseLine),
  };
}

const figures: { title: string; of: (step: StepResult) => number }[] = [
  { title: 'Requests', of: (step) => step.requests },
  { title: 'Rows', of: (step) => step.rows },
  { title: 'Changed', of: (step) => step.changed },
  { title: 'Quarantined', of: (step) => step.quarantined },
  { title: 'Posted', of: (step) => step.posted },
  { title: 'Messages', of: (step) => step.messages },
  { title: 'Delivered', of: (step) => step.delivered },
  { title: 'Withheld', of: (step) => step.withheld },
  { title: 'Failed', of: (step) => step.failed },
  { title: 'Differences', of: (step) => step.differences },
];

/** Zeros are left blank: what happened is easier to see without them. */
function countText(count: number): string {
  return count === 0 ? '' : String(count);
}

/** One row per step; columns that are zero in every row are left out. */
export function runText(
  result: RunResult,
  undelivered: Undelivered,
  { app, paint, table }: Scope,
): string {
  const { steps } = result;
  const shown = figures.filter(({ of }) => steps.some((step) => of(step) !== 0));
  const columns = [
    { title: 'Step' },
    { title: 'Connection' },
    ...shown.map(({ title }) => ({ title, isFigure: true })),
    { title: 'Seconds', isFigure: true },
  ];
  const rows = steps.map((step) => [
    step.step,
    step.connection ?? '',
    ...shown.map(({ of }) => countText(of(step))),
    (step.durationMs / 1000).toFixed(1),
  ]);
  const errors = steps.flatMap(({ step, connection, error }) => {
    if (error === null) return [];
    const subject = connection === null ? step : `${step} ${connection}`;
    return [`${paint('red', 'failed')} ${plainText(`${subject}: ${error}`)}`];
  });
  const withheld = steps.reduce((sum, step) => sum + step.withheld, 0);
  const isObserved = app.config.mode === 'observe' && withheld > 0;
  const end = `Run ${result.run} ${endOf(result)}`;
  const notes = isObserved
    ? ['Mode observe: nothing was sent; see `prepaid-hours outbox list`.']
    : [];
  const waiting = undeliveredLines(undelivered).map((line) => paint('yellow', line));
  return `${table(columns, rows)}${[...errors, ...waiting, ...notes, end].join('\n')}\n`;
}

function endOf({ ok, stopped }: RunResult): string {
  if (stopped) return 'was stopped; the next run continues from there.';
  return ok ? 'completed.' : 'completed with errors; see above.';
}
