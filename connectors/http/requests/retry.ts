import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import { isKindError, KindError } from '../../../src/domain/errors.ts';

/** No pause of our own choosing is longer than this. */
const longestBackoffMs = 60_000;
/** A vendor that asks for a longer wait is left in peace until the next run. */
const longestAskedMs = 120_000;
/** No pause ends later than this after the first attempt began. */
const longestChainMs = 300_000;

interface RetryOptions {
  /** Tries in all. */
  attempts: number;
  /** First pause, doubled each time, plus up to as much again by chance. */
  backoffMs: number;
  signal: AbortSignal;
  /** For all attempts and pauses, the last attempt excepted, which has a limit of its own. */
  chainMs?: number;
  /** Told before each pause. */
  onWait?(error: Error, waitMs: number): void;
}

/**
 * Repeats what failed as `rate-limited` or `transient`. Both promise that repeating does no harm: a
 * write that may have happened is `unknown-outcome` and comes out at once. Never earlier than the
 * vendor's Retry-After: where that is too long, or all together takes too long, it ends at once with the
 * last error. An abort ends a pause at once and rejects with the abort's own reason.
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
      // p-retry waits `retryDelay` itself afterwards; only what the vendor asked beyond it is waited here.
      if (askedMs > retryDelay) await pause(askedMs - retryDelay, signal);
      return true;
    },
  });
}

function askedTooLong(
  { kind, message, fix, status, cause }: KindError,
  seconds: number,
): KindError {
  const asks = `The vendor asks to wait ${seconds.toLocaleString('en')} s; tried again by the next run.`;
  return new KindError(kind, `${message} ${asks}`, {
    ...(fix === undefined ? {} : { fix }),
    ...(status === undefined ? {} : { status }),
    retryAfterSeconds: seconds,
    cause,
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
