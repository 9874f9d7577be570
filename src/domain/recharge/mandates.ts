/** Whether a client's mandates allow the next charge. */

import type { Client } from '../agreements/terms.ts';
import type { MandateRow } from '../records/rows.ts';
import { addDays, type DateText } from '../time.ts';

/** A mandate that ends sooner than this is reported. */
const noticeDays = 30;

export type MandateTrouble =
  | { kind: 'none' }
  | { kind: 'pending'; mandate: MandateRow }
  | { kind: 'ended'; mandate: MandateRow }
  /** The last one is usable until this day. */
  | { kind: 'ending'; on: DateText };

/** The provider's customer whose mandates are charged; null: none is. */
export function chargedCustomer({
  agreement,
  paidBy,
  sourceIds,
}: Client): { connection: string; customerId: string } | null {
  const connection = agreement.recharge?.collect ?? 'psa';
  const customerId = connection === 'psa' ? undefined : sourceIds.get(connection);
  return customerId === undefined || paidBy !== null ? null : { connection, customerId };
}

/** Null: a mandate is usable, and stays so for the next 30 days. */
export function mandateTrouble(
  mandates: readonly MandateRow[],
  today: DateText,
): MandateTrouble | null {
  const usable = mandates.filter(({ status }) => status === 'usable');
  if (usable.length === 0) {
    const mandate = mandates.find(({ status }) => status === 'pending') ?? mandates[0];
    if (mandate === undefined) return { kind: 'none' };
    return { kind: mandate.status === 'pending' ? 'pending' : 'ended', mandate };
  }
  const ends = usable.flatMap(({ expiresOn }) => expiresOn ?? []).sort();
  const last = ends.length === usable.length ? ends.at(-1) : undefined;
  if (last === undefined || last > addDays(today, noticeDays)) return null;
  return { kind: 'ending', on: last };
}
