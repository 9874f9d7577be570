import type { Instant } from '../../domain/time.ts';

export interface RunStore {
  startRun(run: { id: string; command: string; mode: string; at: Instant }): Promise<void>;
  finishRun(id: string, at: Instant, result: string): Promise<void>;
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
