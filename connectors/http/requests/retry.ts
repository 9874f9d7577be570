import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import { isKindError, type KindError } from '../../../src/domain/errors.ts';

/** Longest pause of our own choosing. */
const longestBackoffMs = 60_000;
/** If a vendor asks for a longer wait, the next run tries again. */
const longestAskedMs = 120_000;
/** No pause ends later than this after the first attempt. */
const longestChainMs = 300_000;

interface RetryOptions {
  /** Tries in all. */
  attempts: number;
  /** First pause, doubled each time, plus up to 100 % jitter. */
  backoffMs: number;
  signal: AbortSignal;
  /** For all attempts and pauses, except the last attempt, which has its own timeout. */
  chainMs?: number;
  /** Called before each pause. */
  onWait?(error: Error, waitMs: number): void;
}

/**
 * Retries what failed as `rate-limited` or `transient`. Both promise that a retry is safe: a write that
 * may have happened is `unknown-outcome` and is thrown at once. Never earlier than the vendor's
 * Retry-After: if that is too long, or everything takes too long, the last error is thrown at once. An
 * abort ends a pause at once and rejects with the abort's reason.
 */
export function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal } = options;
  const endsAtMs = performance.now() + (options.chainMs ?? longestChainMs);
  return pRetry(attempt, {
    retries: options.attempts - 1,
    minTimeout: options.backoffMs,
    maxTimeout: longestBackoffMs,
    factor: 2,
    randomize: true,
    signal,
    shouldRetry: async ({ error, retryDelay }) => {
      if (!isKindError(error, 'rate-limited', 'transient')) return false;
      const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
      const waitMs = Math.max(askedMs, retryDelay);
      if (askedMs > longestAskedMs) throw askedTooLong(error, askedMs / 1000);
      if (performance.now() + waitMs > endsAtMs) return false;
      options.onWait?.(error, waitMs);
      // p-retry then waits `retryDelay` itself; wait here only for what the vendor asks beyond it.
      if (askedMs > retryDelay) await pause(askedMs - retryDelay, signal);
      return true;
    },
  });
}

function askedTooLong(error: KindError, retryAfterSeconds: number): KindError {
  const seconds = retryAfterSeconds.toLocaleString('en');
  error.message += ` The vendor asks to wait ${seconds} s; the next run tries again.`;
  return error;
}

/**
 * For work within an attempt that has its own retries, such as fetching a token: its failure ends the
 * outer attempts too, or retries would multiply.
 */
export async function retriedAlready<T>(work: T | Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isKindError(error) ? new AbortError(error) : error;
  }
}

/** Waits; rejects at once with the signal's reason if aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
