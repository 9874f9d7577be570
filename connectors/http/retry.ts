import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import { isKindError } from '../../src/domain/errors.ts';

/** No pause of our own choosing is longer than this. */
const longestBackoffMs = 60_000;

export interface RetryOptions {
  /** Tries in all. */
  attempts: number;
  /** First pause, doubled each time, plus up to as much again by chance. */
  backoffMs: number;
  signal: AbortSignal;
  /** Told before each pause. */
  onWait?(error: Error, waitMs: number): void;
}

/**
 * Repeats what failed as `rate-limited` or `transient`. Both promise that repeating does no harm: a
 * write that may have happened is `unknown-outcome` and comes out at once. Never earlier than the
 * vendor's Retry-After. An abort ends a pause at once and rejects with the abort's own reason.
 */
export function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal } = options;
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
      options.onWait?.(error, Math.max(askedMs, retryDelay));
      // p-retry waits `retryDelay` itself afterwards; only what the vendor asked beyond it is waited here.
      if (askedMs > retryDelay) await pause(askedMs - retryDelay, signal);
      return true;
    },
  });
}

/**
 * For work inside an attempt that does its own retries, such as fetching a token: its failure ends the
 * attempts around it too, else their numbers would multiply.
 */
export async function retriedAlready<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isKindError(error) ? new AbortError(error) : error;
  }
}

/** Waits, and rejects at once with the signal's own reason when it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
