import type { LimitRow } from '../types.ts';
import { pause } from './retry.ts';

export type Limits = ReturnType<typeof createLimits>;

interface Gate {
  row: LimitRow;
  underWay: number;
  /** Resolves once the slot is handed over. */
  waiting: (() => void)[];
  nextStartAtMs: number;
}

/**
 * Enforces a vendor's limits: concurrent requests and the minimum time between two starts. For a path,
 * only the row with the longest matching prefix applies; a path without a match is not limited.
 */
export function createLimits(rows: readonly LimitRow[]) {
  const gates: Gate[] = rows
    .map((row) => ({ row, underWay: 0, waiting: [], nextStartAtMs: 0 }))
    .sort((a, b) => b.row.path.length - a.row.path.length);
  return {
    /** Waits for a free slot; the returned function releases it and must be called once. */
    async enter(path: string, signal: AbortSignal): Promise<() => void> {
      const gate = gates.find((candidate) => path.startsWith(candidate.row.path));
      if (gate === undefined) return () => {};
      await takePlace(gate, signal);
      try {
        await keepSpacing(gate, signal);
      } catch (error) {
        givePlace(gate);
        throw error;
      }
      return () => givePlace(gate);
    },
  };
}

async function takePlace(gate: Gate, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (gate.underWay < (gate.row.concurrency ?? Number.POSITIVE_INFINITY)) {
    gate.underWay += 1;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const onTurn = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = (): void => {
      gate.waiting.splice(gate.waiting.indexOf(onTurn), 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    gate.waiting.push(onTurn);
  });
}

/** Hands the slot straight to the longest waiting request, so that no other can take it. */
function givePlace(gate: Gate): void {
  const next = gate.waiting.shift();
  if (next === undefined) gate.underWay -= 1;
  else next();
}

async function keepSpacing(gate: Gate, signal: AbortSignal): Promise<void> {
  const now = performance.now();
  const startAtMs = Math.max(now, gate.nextStartAtMs);
  gate.nextStartAtMs = startAtMs + (gate.row.spacingMs ?? 0);
  if (startAtMs > now) await pause(startAtMs - now, signal);
}
