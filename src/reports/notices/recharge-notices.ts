import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import {
  chargedCustomer,
  type MandateTrouble,
  mandateTrouble,
} from '../../domain/recharge/mandates.ts';
import { dateInZone, type Instant } from '../../domain/time.ts';
import type { RechargeStore } from '../../store/port.ts';

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
  for (const client of clients.filter(({ paidBy }) => paidBy === null)) {
    notices.push(...aboveAutopay(client, format));
    const charged = chargedCustomer(client);
    if (charged === null) continue;
    const { connection, customerId } = charged;
    const mandates = await store.readMandates(connection, [customerId]);
    const trouble = mandateTrouble(mandates, dateInZone(asOf, client.timezone));
    if (trouble === null) continue;
    notices.push(`"${client.name}" ${mandateText(trouble, format)} in "${connection}".`);
  }
  return notices;
}

function mandateText(trouble: MandateTrouble, format: Format): string {
  switch (trouble.kind) {
    case 'none':
      return 'has no mandate, so that no recharge can be collected';
    case 'pending':
      return `has a mandate (${trouble.mandate.scheme}) that is not usable yet`;
    case 'ended': {
      const { scheme, detail } = trouble.mandate;
      return `has no usable mandate any more (${scheme}${detail === null ? '' : `: ${detail}`})`;
    }
    case 'ending':
      return `has no usable mandate after ${format.date(trouble.on)}`;
  }
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
