/**
 * The kind of an error decides what happens next; message texts are never parsed.
 *
 * | kind              | retried now             | stops                                  |
 * | ----------------- | ----------------------- | -------------------------------------- |
 * | `config`, `auth`, `permission` | no         | that connection; its watermark stays   |
 * | `rate-limited`    | after Retry-After       | nothing                                |
 * | `transient`       | yes, capped             | that step, once exhausted              |
 * | `rejected`        | no                      | that push message                      |
 * | `contract`        | no                      | that row (quarantine)                  |
 * | `unknown-outcome` | only after a find       | nothing                                |
 */
export type ErrorKind =
  | 'config'
  | 'auth'
  | 'permission'
  | 'rate-limited'
  | 'transient'
  | 'rejected'
  | 'contract'
  | 'unknown-outcome';

export interface ErrorDetail {
  /** How to fix it, as a sentence. */
  fix?: string | undefined;
  /** Seconds to wait according to the vendor, for `rate-limited`. */
  retryAfterSeconds?: number | undefined;
  /** HTTP status of the response, if any. */
  status?: number | undefined;
  cause?: unknown;
}

/** An expected error with a kind. Any other error is a bug and ends the process. */
export class KindError extends Error {
  readonly kind: ErrorKind;
  readonly fix: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'KindError';
    this.kind = kind;
    this.fix = detail.fix;
    this.retryAfterSeconds = detail.retryAfterSeconds;
    this.status = detail.status;
  }
}

export function isKindError(error: unknown, ...kinds: ErrorKind[]): error is KindError {
  return error instanceof KindError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** Message and fix in one line, for logs, tables and stored `lastError` columns. */
export function describeError(error: unknown): string {
  if (error instanceof KindError) {
    return error.fix === undefined ? error.message : `${error.message} ${error.fix}`;
  }
  return error instanceof Error ? error.message : String(error);
}
