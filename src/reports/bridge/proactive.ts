import type { PartFacts } from '../../domain/charges/charge-facts.ts';

/**
 * Whether the work was planned, and not a reaction to a request. Null: not known. No agreement says
 * yet which work types are proactive, so the share of reactive work is left out.
 */
export function isProactive(_part: PartFacts): boolean | null {
  return null;
}
