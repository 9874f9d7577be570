import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';

export type Attempt = (id: string, work: () => Promise<CheckResult[]>) => Promise<CheckResult[]>;

/** What a person can mend becomes a failed result; anything else is a defect of ours and is thrown. */
export function attemptsAt(product: string): Attempt {
  return async (id, work) => {
    try {
      return await work();
    } catch (error) {
      if (!isKindError(error)) throw error;
      const isTheirs = error.kind === 'transient' || error.kind === 'rate-limited';
      const fix =
        error.fix ??
        (isTheirs
          ? `Check baseUrl and that ${product} answers, then try again.`
          : `See what ${product} says.`);
      return [{ id, status: 'failed', detail: error.message, fix, kind: error.kind }];
    }
  };
}
