import type { Client } from '../../domain/agreements/terms.ts';
import { isUnlisted } from '../../domain/charges/coverage.ts';
import type { Store } from '../../store/port.ts';

/**
 * Key of an unlisted work type that debit found: this, the agreement's name, a colon and the work
 * type.
 */
export const unlistedPrefix = 'unlisted-work-type:';

export const unlistedFix =
  'Add it to `covered` or `excluded` under `workTypes` of the agreement. Work that is already debited does not change.';

export interface UnlistedWorkType {
  /** As the PSA shows it; `(none)` for work without a type. */
  workType: string;
  /** Agreements that do not list it. */
  agreements: string[];
}

/** Work types that were debited (or left free) by default, once each, until they are listed. */
export async function readUnlisted(
  store: Store,
  clients: readonly Client[],
): Promise<UnlistedWorkType[]> {
  const found = new Map<string, UnlistedWorkType>();
  for (const { key, value } of await store.listMemory('', unlistedPrefix)) {
    const name = key.slice(unlistedPrefix.length).split(':', 1)[0] ?? '';
    const workType = value === '' ? null : value;
    const isStill = clients.some(
      ({ agreement }) => agreement.name === name && isUnlisted(workType, agreement),
    );
    if (!isStill) continue;
    const one = found.get(value) ?? { workType: workType ?? '(none)', agreements: [] };
    found.set(value, { ...one, agreements: [...one.agreements, name] });
  }
  return [...found.values()];
}
