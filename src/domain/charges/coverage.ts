import type { Agreement } from '../agreements/terms.ts';
import { keyOfName } from '../records/names.ts';
import type { Verdict } from './charge-facts.ts';

/** By what a rule knows something: its name, or the names by which the rules mean it. */
export type RuleName = string | null | readonly string[];

/** Names in a config are compared as people do: case and outer spaces do not matter. */
export function isListed(name: RuleName, list: readonly string[]): boolean {
  if (name === null) return false;
  const wanted = (typeof name === 'string' ? [name] : name).map(keyOfName);
  return list.some((candidate) => wanted.includes(keyOfName(candidate)));
}

export interface Coverable {
  technician: RuleName;
  workType: RuleName;
  role: RuleName;
  isBillable: boolean | null;
}

/** Whether the agreement debits this work, and why. An entry the PSA calls not billable is free. */
export function decideCoverage(entry: Coverable, agreement: Agreement): Verdict {
  const { excluded, unlisted } = agreement.workTypes;
  if (entry.isBillable === false) return 'free-not-billable';
  if (isListed(entry.technician, agreement.excludedTechnicians)) return 'free-technician';
  if (!isRoleCovered(entry.role, agreement.roles)) return 'free-role';
  if (isListed(entry.workType, excluded)) return 'free-excluded';
  if (!isUnlisted(entry.workType, agreement)) return 'covered';
  return unlisted === 'covered' ? 'covered-unlisted' : 'free-unlisted';
}

/** Where roles are listed as covered, time of no known role is not. */
function isRoleCovered(role: RuleName, { covered, excluded }: Agreement['roles']): boolean {
  if (isListed(role, excluded)) return false;
  return covered.length === 0 || isListed(role, covered);
}

/** Whether no list of the agreement says what becomes of the work type. */
export function isUnlisted(
  workType: RuleName,
  { workTypes: { covered, excluded, unlisted } }: Pick<Agreement, 'workTypes'>,
): boolean {
  // An agreement that lists no work type at all does not decide by work type: nothing is unlisted.
  if (covered.length === 0 && excluded.length === 0 && unlisted === 'covered') return false;
  return !isListed(workType, covered) && !isListed(workType, excluded);
}

export function isCovered(verdict: Verdict): boolean {
  return verdict === 'covered' || verdict === 'covered-unlisted';
}
