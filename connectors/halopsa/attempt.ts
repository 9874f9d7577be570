import { isKindError } from '../../src/domain/errors.ts';
import type { CheckResult } from '../contract.ts';

/** What a person can mend becomes a failed result; anything else is a defect of ours and is thrown. */
export async function attempt(
  id: string,
  ask: () => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    return await ask();
  } catch (error) {
    if (!isKindError(error)) throw error;
    const isTheirs = error.kind === 'transient' || error.kind === 'rate-limited';
    const fix = error.fix ?? (isTheirs ? 'Try again later.' : 'See what Halo says.');
    return [{ id, status: 'failed', detail: error.message, fix, kind: error.kind }];
  }
}
