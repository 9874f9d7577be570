import { AsyncLocalStorage } from 'node:async_hooks';

const attempts = new AsyncLocalStorage<{ writes: number }>();

/** To be called for every request that may change something at a vendor. */
export function noteWrite(): void {
  const attempt = attempts.getStore();
  if (attempt !== undefined) attempt.writes += 1;
}

/** `written()`: how many write requests this work has sent so far, whatever is sent beside it. */
export function countWrites<T>(work: (written: () => number) => Promise<T>): Promise<T> {
  const attempt = { writes: 0 };
  return attempts.run(attempt, () => work(() => attempt.writes));
}
