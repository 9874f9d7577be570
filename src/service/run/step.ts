import { describeError, isKindError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { App } from '../app/app.ts';

export type StepName = 'sweep' | 'pull' | 'debit' | 'replenish' | 'push' | 'reconcile';

export interface StepResult {
  step: StepName;
  connection: string | null;
  requests: number;
  rows: number;
  changed: number;
  quarantined: number;
  posted: number;
  messages: number;
  delivered: number;
  withheld: number;
  failed: number;
  /** Differences from the vendor's data. */
  differences: number;
  durationMs: number;
  error: string | null;
}

/** What one run works with: the app and the run itself. */
export interface RunContext extends Omit<App, 'close'> {
  runId: string;
  startedAt: Instant;
  /** Aborted: stop after the current page. */
  stop: AbortSignal;
  /** Aborts requests in progress. */
  abort: AbortSignal;
  onProgress?: ((text: string) => void) | undefined;
  /** Connections whose sweep was accepted. */
  acceptedSweeps: readonly string[];
  /** Our IDs of the clients to compare; null: all. */
  reconciledClients: readonly string[] | null;
  /** Whether to post undone charges again although nothing changed. */
  isUndoneReleased: boolean;
  /** Connections to pull, each with the time entries told to be deleted; null: all connections. */
  toldGone: ReadonlyMap<string, readonly string[]> | null;
  /** Errors that determine the run's exit code. */
  failures: unknown[];
}

/** What a step did, without its duration. */
export type Measured = Omit<StepResult, 'step' | 'connection' | 'durationMs'>;

export const nothing: Measured = {
  requests: 0,
  rows: 0,
  changed: 0,
  quarantined: 0,
  posted: 0,
  messages: 0,
  delivered: 0,
  withheld: 0,
  failed: 0,
  differences: 0,
  error: null,
};

/** An expected error is reported in the step's result, and the next step runs. */
export async function measure(
  run: RunContext,
  step: StepName,
  connection: string | null,
  work: () => Promise<Measured>,
): Promise<StepResult> {
  const startMs = performance.now();
  const requestsBefore = countRequests(run, connection);
  let measured: Measured = { ...nothing };
  const error = await failureOf(run, async () => {
    measured = await work();
  });
  const requests = countRequests(run, connection) - requestsBefore;
  const durationMs = Math.round(performance.now() - startMs);
  const result: StepResult = {
    step,
    connection,
    ...measured,
    requests,
    durationMs,
    error: error ?? measured.error,
  };
  const level = result.error === null ? 'info' : 'error';
  run.log[level]('Step finished.', { ...result });
  return result;
}

function countRequests({ requests }: RunContext, connection: string | null): number {
  if (connection !== null) return requests.get(connection) ?? 0;
  return [...requests.values()].reduce((sum, count) => sum + count, 0);
}

/** Returns the text of an expected error; anything else is a bug and is rethrown. */
export async function failureOf(
  { abort, failures }: RunContext,
  work: () => Promise<void>,
): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (abort.aborted) return 'Stopped before it was finished; the next run continues from there.';
    if (!isKindError(error)) throw error;
    failures.push(error);
    return describeError(error);
  }
}

/** For a partial failure: 3 a vendor refused us · 2 a setting is wrong · 4 anything else. */
export function exitCodeOf(failures: readonly unknown[]): number {
  if (failures.some((error) => isKindError(error, 'auth', 'permission'))) return 3;
  return failures.some((error) => isKindError(error, 'config')) ? 2 : 4;
}

/** Stored by the first run, whatever its steps were. */
export async function readFirstRun({
  store,
  startedAt,
}: Pick<RunContext, 'store' | 'startedAt'>): Promise<Instant> {
  const known = await store.readMemory('', 'first-run');
  if (known !== null) return known;
  await store.writeMemory('', 'first-run', startedAt, startedAt);
  return startedAt;
}
