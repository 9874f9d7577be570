import { randomBytes } from 'node:crypto';
import { KindError } from '../../domain/errors.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import { acquireLock } from '../../store/lock.ts';
import type { StepOutcome } from '../../store/port.ts';
import type { App } from '../app/app.ts';
import { withLogFields } from '../app/log.ts';
import { noteLiveStore } from '../app/lost-store.ts';
import { reportNames } from '../app/names.ts';
import { noteLiveRun } from '../app/rehearsal.ts';
import { debitStep } from './debit-step.ts';
import { pullStep, sweepStep } from './pull-step.ts';
import { balanceStep, pushStep } from './push-step.ts';
import { reconcileStep } from './reconcile-step.ts';
import { replenishStep } from './replenish-step.ts';
import { exitCodeOf, type RunContext, type StepName, type StepResult } from './step.ts';

export interface RunResult {
  run: string;
  ok: boolean;
  /** Told to stop before all was done: the next run continues from there. */
  stopped: boolean;
  steps: StepResult[];
  /**
   * 0: done; otherwise the rest is done: 2 a setting is wrong · 3 a vendor refused us · 4 part of
   * it failed, or it was stopped.
   */
  exitCode: number;
}

/** In the order in which they run. */
export const allSteps: readonly StepName[] = [
  'pull',
  'sweep',
  'debit',
  'replenish',
  'push',
  'reconcile',
];

/** The steps of every run; the others run once a day. */
export const usualSteps: readonly StepName[] = ['pull', 'debit', 'replenish', 'push'];

const stepOf: Record<StepName, (run: RunContext) => Promise<StepResult[]>> = {
  pull: pullStep,
  sweep: sweepStep,
  debit: debitStep,
  replenish: replenishStep,
  push: (run) => pushStep(run),
  reconcile: reconcileStep,
};

/** How long the current page or message may still take after a stop request. */
const graceMs = 8_000;

/**
 * A delivered invoice makes its block usable, which may change what is shown, so the last two steps
 * are repeated until nothing changes. Bought hours cover the whole gap, so a second round is the
 * last one.
 */
const settleRoundsMax = 3;

export type AfterRun = (app: App, result: RunResult, signal: AbortSignal) => Promise<void>;

export interface RunOptions {
  /** Called with the result, while the database is still held. */
  afterRun?: AfterRun | undefined;
  /** Aborted: finish the current page, then stop. */
  signal: AbortSignal;
  onProgress?: ((text: string) => void) | undefined;
  /** Connections whose held sweep was accepted. */
  acceptedSweeps?: readonly string[];
  /** Our IDs of the clients to compare. Default: all. */
  reconciledClients?: readonly string[];
  /**
   * Connections to pull, each with the time entries that were told and seen to be deleted.
   * Default: all connections.
   */
  toldGone?: ReadonlyMap<string, readonly string[]>;
  /** Posts undone charges again even if neither the work nor its rules changed. */
  isUndoneReleased?: boolean;
}

/** Runs the steps once, in order. Only one process at a time may do so. */
export async function runOnce(
  app: App,
  steps: readonly StepName[],
  options: RunOptions,
): Promise<RunResult> {
  const lock = await acquireLock(app.config.store, 'run', app.now);
  try {
    return await runSteps(app, steps, `run ${steps.join(' ')}`, options);
  } finally {
    lock.release();
  }
}

/** The same for a caller that already holds the lock: the service, for each of its ticks. */
export function runSteps(
  app: App,
  steps: readonly StepName[],
  command: string,
  options: RunOptions,
): Promise<RunResult> {
  const startedAt = instantFromMs(app.now());
  const runId = `r-${startedAt.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(2).toString('hex')}`;
  return withLogFields({ run: runId }, () => runAs(runId, startedAt, app, steps, command, options));
}

async function runAs(
  runId: string,
  startedAt: Instant,
  app: App,
  steps: readonly StepName[],
  command: string,
  options: RunOptions,
): Promise<RunResult> {
  const { abort, clear } = abortLater(options.signal);
  const run: RunContext = {
    ...app,
    runId,
    startedAt,
    stop: options.signal,
    abort,
    onProgress: options.onProgress,
    acceptedSweeps: options.acceptedSweeps ?? [],
    reconciledClients: options.reconciledClients ?? null,
    isUndoneReleased: options.isUndoneReleased ?? false,
    toldGone: options.toldGone ?? null,
    failures: [],
  };
  const results: StepResult[] = [];
  const done: StepName[] = [];
  try {
    await app.store.startRun({ id: runId, command, mode: app.config.mode, at: startedAt });
    if (app.config.mode === 'live') {
      await noteLiveRun(app.store, startedAt);
      noteLiveStore(app.config);
    }
    for (const step of allSteps.filter((name) => steps.includes(name))) {
      // The effects of a delivery are applied first, so that the comparison sees them.
      if (step === 'reconcile') await finishPush(run, steps, results);
      if (run.stop.aborted) continue;
      results.push(...(await stepOf[step](run)));
      done.push(step);
    }
    if (!steps.includes('reconcile')) await finishPush(run, steps, results);
    await reportNames(app);
  } finally {
    clear();
  }
  const result = toResult(run, results);
  // What a stop has cut short neither failed nor succeeded.
  const outcomes = run.stop.aborted ? [] : toOutcomes(run, done, results);
  await app.store.finishRun(runId, instantFromMs(app.now()), JSON.stringify(result), outcomes);
  await options.afterRun?.(app, result, options.signal);
  return result;
}

async function finishPush(
  run: RunContext,
  steps: readonly StepName[],
  results: StepResult[],
): Promise<void> {
  await settle(run, steps, results);
  if (steps.includes('push') && !run.stop.aborted) results.push(...(await balanceStep(run)));
}

async function settle(
  run: RunContext,
  steps: readonly StepName[],
  results: StepResult[],
): Promise<void> {
  if (!steps.includes('replenish') || !steps.includes('push')) return;
  for (let round = 0; round < settleRoundsMax; round += 1) {
    const push = results.at(-1);
    if (push?.step !== 'push' || push.delivered === 0 || run.stop.aborted) return;
    const [replenished] = await replenishStep(run);
    if (replenished === undefined || replenished.changed === 0) return;
    results.push(replenished, ...(await pushStep(run)));
  }
}

function toResult({ runId, stop, failures }: RunContext, steps: StepResult[]): RunResult {
  const hasFailed = steps.some((step) => step.error !== null || step.failed > 0);
  const stopped = stop.aborted;
  const exitCode = hasFailed ? exitCodeOf(failures) : stopped ? 4 : 0;
  return { run: runId, ok: exitCode === 0, stopped, steps, exitCode };
}

/** Each step as a whole, also one that had nothing to do, and for each of its connections. */
function toOutcomes(
  { toldGone }: RunContext,
  done: readonly StepName[],
  results: readonly StepResult[],
): StepOutcome[] {
  return done.flatMap((step) => {
    const own = results.filter((result) => result.step === step);
    const errors = own.flatMap(({ connection, error }) => {
      if (error === null) return [];
      return [connection === null ? error : `${connection}: ${error}`];
    });
    const whole = { step, connection: null, error: errors.length === 0 ? null : errors.join(' ') };
    const parts = own.filter(({ connection }) => connection !== null);
    // A pull of some connections says nothing about the others.
    const isPart = step === 'pull' && toldGone !== null;
    return [
      ...(isPart ? [] : [whole]),
      ...parts.map(({ connection, error }) => ({ step, connection, error })),
    ];
  });
}

/**
 * A second signal that follows the first after a grace period, so that the current page can finish.
 */
export function abortLater(stop: AbortSignal): { abort: AbortSignal; clear(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => {
      controller.abort(new KindError('transient', 'Stopped while waiting for a response.'));
    }, graceMs);
  };
  if (stop.aborted) begin();
  else stop.addEventListener('abort', begin, { once: true });
  return {
    abort: controller.signal,
    clear: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', begin);
    },
  };
}
