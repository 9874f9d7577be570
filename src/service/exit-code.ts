import { isKindError } from '../domain/errors.ts';

/** Of what failed in part: 3 a vendor refused us · 2 a setting is wrong · 4 anything else. */
export function exitCodeOf(failures: readonly unknown[]): number {
  if (failures.some((error) => isKindError(error, 'auth', 'permission'))) return 3;
  return failures.some((error) => isKindError(error, 'config')) ? 2 : 4;
}
