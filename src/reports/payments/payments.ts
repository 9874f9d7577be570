import type { Client } from '../../domain/agreements/terms.ts';
import type { RechargeState } from '../../domain/recharge/life.ts';
import { chargedCustomer } from '../../domain/recharge/mandates.ts';
import type { MandateRow } from '../../domain/records/rows.ts';
import { lowerMedian, percentOf, sum } from '../../domain/statistics.ts';
import { type DateText, daysBetween } from '../../domain/time.ts';
import type { Recharge, Store } from '../../store/port.ts';

export interface PaymentsReport {
  from: DateText | null;
  to: DateText | null;
  recharges: ReportedRecharge[];
  /** One per currency, states in the order of their life. */
  sums: PaymentSum[];
  /** Of clients that a payment provider charges: the evidence that it may. */
  mandates: ReportedMandate[];
}

interface ReportedMandate extends Pick<MandateRow, 'scheme' | 'status' | 'detail' | 'expiresOn'> {
  client: string;
  connection: string;
  mandate: string;
}

type Shown = 'blockId' | 'collect' | 'attempts' | 'state' | 'requestedOn' | 'collectedOn';

interface ReportedRecharge extends Pick<Recharge, Shown | 'priceMinor'> {
  client: string;
  /** At the payment provider: the last charge, and why it was declined or reversed. */
  charge: string | null;
  reason: string | null;
  invoice: string | null;
  /** Whether it waits for `outbox approve`. */
  isUnapproved: boolean;
  /** From the request to the collection. */
  days: number | null;
  currency: string;
}

interface PaymentSum {
  currency: string;
  states: StateSum[];
  /** Of those that were decided at the bank: collected and not returned, in per cent; null: none were. */
  successPercent: number | null;
  /** From request to collection; null: none was collected. */
  medianDays: number | null;
}

interface StateSum {
  state: RechargeState;
  count: number;
  minor: number;
  /** Of charges that were declined or reversed, most frequent first. */
  reasons: { reason: string; count: number }[];
}

const states: readonly RechargeState[] = [
  'requested',
  'submitted',
  'collected',
  'failed',
  'returned',
  'ended',
];

/** Recharges that were requested in the period, oldest first. */
export async function buildPayments(
  store: Store,
  clients: readonly Client[],
  { from, to }: Pick<PaymentsReport, 'from' | 'to'>,
): Promise<PaymentsReport> {
  const names = new Map(clients.map(({ id, name }) => [id, name]));
  const all = await store.readRecharges('all');
  const recharges = all
    .filter(({ requestedOn }) => (from ?? '') <= requestedOn && requestedOn <= (to ?? requestedOn))
    .map((recharge): ReportedRecharge => {
      const { clientId, blockId, collect, attempts, collectedOn, requestedOn } = recharge;
      const { approvedMinor, priceMinor, state } = recharge;
      return {
        ...{ client: names.get(clientId) ?? clientId, blockId, collect },
        charge: recharge.charge?.sourceId ?? null,
        reason: recharge.charge?.reason ?? null,
        ...{ attempts, invoice: recharge.label, state },
        isUnapproved: state === 'requested' && (approvedMinor ?? -1) < priceMinor,
        ...{ requestedOn, collectedOn },
        days: collectedOn === null ? null : daysBetween(requestedOn, collectedOn),
        ...{ priceMinor, currency: recharge.block.currency },
      };
    });
  const sums = [...Map.groupBy(recharges, ({ currency }) => currency)].map(([currency, rows]) =>
    sumUp(currency, rows),
  );
  return { from, to, recharges, sums, mandates: await listMandates(store, clients) };
}

async function listMandates(store: Store, clients: readonly Client[]): Promise<ReportedMandate[]> {
  const all: ReportedMandate[] = [];
  for (const client of clients) {
    const charged = chargedCustomer(client);
    if (charged === null) continue;
    const { connection, customerId } = charged;
    for (const row of await store.readMandates(connection, [customerId])) {
      const { sourceId: mandate, scheme, status, detail, expiresOn } = row;
      all.push({ client: client.name, connection, mandate, scheme, status, detail, expiresOn });
    }
  }
  return all;
}

function sumUp(currency: string, rows: readonly ReportedRecharge[]): PaymentSum {
  const of = (state: RechargeState) => rows.filter((row) => row.state === state);
  const collected = of('collected').length;
  const decided = collected + of('failed').length + of('returned').length;
  return {
    currency,
    states: states.map((state) => ({
      state,
      count: of(state).length,
      minor: sum(of(state).map(({ priceMinor }) => priceMinor)),
      reasons: countReasons(of(state)),
    })),
    successPercent: percentOf(collected, decided),
    medianDays: lowerMedian(rows.flatMap((row) => row.days ?? [])),
  };
}

function countReasons(rows: readonly ReportedRecharge[]): StateSum['reasons'] {
  const reasons = Map.groupBy(
    rows.flatMap(({ reason }) => reason ?? []),
    (reason) => reason,
  );
  return [...reasons]
    .map(([reason, { length: count }]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
