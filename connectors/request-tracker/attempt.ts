import { isKindError } from '../../src/domain/errors.ts';
import type { CheckResult } from '../contract.ts';

/** What a person can mend becomes a failed result; anything else is thrown. */
export async function attempt(
  id: string,
  ask: () => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    return await ask();
  } catch (error) {
    if (!isKindError(error)) throw error;
    const fix = error.fix ?? 'Check baseUrl, and that RT is running.';
    return [{ id, status: 'failed', detail: error.message, fix, kind: error.kind }];
  }
}
