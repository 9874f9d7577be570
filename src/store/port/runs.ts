import type { Instant } from '../../domain/time.ts';

export interface RunStore {
  startRun(run: { id: string; command: string; mode: string; at: Instant }): Promise<void>;
  finishRun(id: string, at: Instant, result: string): Promise<void>;
  /** Entries made by hand that were finished, oldest first. */
  listManualRuns(): Promise<{ id: string; command: string; result: string }[]>;
  /** Writes everything but ledger, blocks and messages to a new store file; all work in it is to be debited again. */
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
