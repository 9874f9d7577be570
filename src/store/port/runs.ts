import type { Instant } from '../../domain/time.ts';

/** How one step of a run ended. */
export interface StepOutcome {
  step: string;
  /** Null: the step as a whole. */
  connection: string | null;
  /** Null: it succeeded. */
  error: string | null;
}

/** How a step has been doing, as a whole or for one connection. */
export interface StepHealth {
  step: string;
  /** Null: the step as a whole. */
  connection: string | null;
  runs: number;
  failedRuns: number;
  /** Failed runs in a row; 0: the last one succeeded. */
  failures: number;
  /** The command of its last run. */
  command: string;
  ranAt: Instant;
  /** Why its last run failed; null: it did not. */
  error: string | null;
  firstRanAt: Instant;
  /** Null: never. */
  succeededAt: Instant | null;
}

export interface RunStore {
  startRun(run: { id: string; command: string; mode: string; at: Instant }): Promise<void>;
  /** `steps`: how each of them ended, which adds to what `listStepHealth` returns. */
  finishRun(id: string, at: Instant, result: string, steps?: readonly StepOutcome[]): Promise<void>;
  listStepHealth(): Promise<StepHealth[]>;
  /** Completed manual entries, oldest first. */
  listManualRuns(): Promise<{ id: string; command: string; result: string }[]>;
  /**
   * Copies everything except ledger, blocks and messages to a new store file; all its work is to be
   * debited again.
   */
  copyMirror(file: string, nowMs: number): Promise<void>;
  listRuns(limit: number): Promise<
    {
      id: string;
      command: string;
      mode: string;
      startedAt: Instant;
      finishedAt: Instant | null;
      result: string | null;
    }[]
  >;
}
