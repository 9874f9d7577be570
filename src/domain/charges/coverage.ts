import type { Agreement } from '../agreements/terms.ts';
import { keyOfName } from '../records/names.ts';
import type { Verdict } from './charge-facts.ts';

/** How rules refer to something: its name, or its names in the rules. */
export type RuleName = string | null | readonly string[];

/** Names in a config are compared ignoring case and surrounding spaces. */
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

/**
 * Whether the agreement debits this work, and why. An entry marked not billable in the PSA is free.
 */
export function decideCoverage(entry: Coverable, agreement: Agreement): Verdict {
  const { excluded, unlisted } = agreement.workTypes;
  if (entry.isBillable === false) return 'free-not-billable';
  if (isListed(entry.technician, agreement.excludedTechnicians)) return 'free-technician';
  if (!isRoleCovered(entry.role, agreement.roles)) return 'free-role';
  if (isListed(entry.workType, excluded)) return 'free-excluded';
  if (!isUnlisted(entry.workType, agreement)) return 'covered';
  return unlisted === 'covered' ? 'covered-unlisted' : 'free-unlisted';
}

/** If covered roles are listed, time without a known role is not covered. */
function isRoleCovered(role: RuleName, { covered, excluded }: Agreement['roles']): boolean {
  if (isListed(role, excluded)) return false;
  return covered.length === 0 || isListed(role, covered);
}

/** Whether the work type is in none of the agreement's lists. */
export function isUnlisted(
  workType: RuleName,
  { workTypes: { covered, excluded, unlisted } }: Pick<Agreement, 'workTypes'>,
): boolean {
  // An agreement without any listed work types does not decide by work type: nothing is unlisted.
  if (covered.length === 0 && excluded.length === 0 && unlisted === 'covered') return false;
  return !isListed(workType, covered) && !isListed(workType, excluded);
}

export function isCovered(verdict: Verdict): boolean {
  return verdict === 'covered' || verdict === 'covered-unlisted';
}
