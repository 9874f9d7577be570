import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import type { MandateRow } from '../../domain/records/rows.ts';
import { addDays, dateInZone, type Instant } from '../../domain/time.ts';
import type { RechargeStore } from '../../store/port.ts';

/** A mandate that ends sooner than this is reported. */
const noticeDays = 30;

interface Request {
  clients: readonly Client[];
  asOf: Instant;
  format: Format;
}

/** What would keep the next recharge of a client from being collected; one sentence each. */
export async function readRechargeNotices(
  store: Pick<RechargeStore, 'readMandates'>,
  { clients, asOf, format }: Request,
): Promise<string[]> {
  const notices: string[] = [];
  for (const client of clients) {
    const { agreement, timezone, name } = client;
    const { recharge } = agreement;
    if (recharge === null) continue;
    if (recharge.collect === 'psa') {
      notices.push(...aboveAutopay(client, format));
      continue;
    }
    const customerId = client.sourceIds.get(recharge.collect);
    if (customerId === undefined) continue;
    const mandates = await store.readMandates(recharge.collect, [customerId]);
    const soon = addDays(dateInZone(asOf, timezone), noticeDays);
    const text = mandateText(mandates, { soon, format });
    if (text !== null) notices.push(`"${name}" ${text} in "${recharge.collect}".`);
  }
  return notices;
}

function mandateText(
  mandates: readonly MandateRow[],
  { soon, format }: { soon: string; format: Format },
): string | null {
  const usable = mandates.filter(({ status }) => status === 'usable');
  if (usable.length === 0) {
    const [pending] = mandates.filter(({ status }) => status === 'pending');
    if (pending !== undefined) return `has a mandate (${pending.scheme}) that is not usable yet`;
    const [ended] = mandates;
    if (ended === undefined) return 'has no mandate, so that no recharge can be collected';
    const why = ended.detail === null ? '' : `: ${ended.detail}`;
    return `has no usable mandate any more (${ended.scheme}${why})`;
  }
  const ends = usable.flatMap(({ expiresOn }) => expiresOn ?? []).sort();
  const last = ends.length === usable.length ? (ends.at(-1) ?? null) : null;
  return last === null || last > soon ? null : `has no usable mandate after ${format.date(last)}`;
}

/** Invoices that the collector leaves alone. */
function aboveAutopay({ name, agreement }: Client, format: Format): string[] {
  const max = agreement.recharge?.autopayUpToMinor ?? null;
  if (max === null) return [];
  return agreement.replenish.flatMap(({ do: actions, offer }) => {
    if (!actions.includes('recharge') || offer === null) return [];
    const price = offer.amountMinor ?? Math.round((offer.rateMinor * offer.seconds) / 3600);
    if (price <= max) return [];
    return `A block "${offer.name}" for "${name}" costs ${format.money(price, offer.currency)}, and invoices above ${format.money(max, offer.currency)} are not collected automatically.`;
  });
}
