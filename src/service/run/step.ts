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
  /** What was found to be another here than in the vendor's books. */
  differences: number;
  durationMs: number;
  error: string | null;
}

/** What one run works with: what is open, and the run itself. */
export interface RunContext extends Omit<App, 'close'> {
  runId: string;
  startedAt: Instant;
  /** Asks to end after the page in hand. */
  stop: AbortSignal;
  /** Ends requests under way. */
  abort: AbortSignal;
  onProgress?: ((text: string) => void) | undefined;
  /** Connections whose sweep a person has agreed to. */
  acceptedSweeps: readonly string[];
  /** Our ids of the clients that alone are compared; null: all. */
  reconciledClients: readonly string[] | null;
  /** Whether what was undone is to be posted again, though nothing changed. */
  isUndoneReleased: boolean;
  /** Errors by which the run's exit code is chosen. */
  failures: unknown[];
}

/** What a step did, before it is known how long it took. */
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

/** A step that an expected error ends says so in its result, and the next step has its turn. */
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

/** The error's text, when it is one that the program expects; anything else is a defect and goes on up. */
export async function failureOf(
  { abort, failures }: RunContext,
  work: () => Promise<void>,
): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (abort.aborted) return 'Stopped before it was through; the next run goes on from there.';
    if (!isKindError(error)) throw error;
    failures.push(error);
    return describeError(error);
  }
}

/** Of what failed in part: 3 a vendor refused us · 2 a setting is wrong · 4 anything else. */
export function exitCodeOf(failures: readonly unknown[]): number {
  if (failures.some((error) => isKindError(error, 'auth', 'permission'))) return 3;
  return failures.some((error) => isKindError(error, 'config')) ? 2 : 4;
}

/** Kept from the first run on, whatever its steps were. */
export async function readFirstRun({ store, startedAt }: RunContext): Promise<Instant> {
  const known = await store.readMemory('', 'first-run');
  if (known !== null) return known;
  await store.writeMemory('', 'first-run', startedAt, startedAt);
  return startedAt;
}
