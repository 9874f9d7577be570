import { sizeIn } from '../domain/format.ts';
import { readHandSales } from '../store/port.ts';
import type { Found, ReconcileContext, ReconcileOutcome } from './context.ts';
import { keepFound } from './found.ts';

/**
 * Invoices with an offer's product that were created by hand in the PSA and are not booked as
 * blocks.
 */
export async function findHandSales(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { store, connection, clients, offers, format } = context;
  const sales = await readHandSales(store, clients, offers);
  const found = sales
    .filter(({ invoice }) => invoice.connection === connection)
    .map(({ client, label, offer, product, seconds, amountMinor, twinId }): Found => {
      const size = sizeIn(format, seconds, amountMinor, offer.currency);
      return {
        kind: 'block-sold',
        clientId: client.id,
        invoice: twinId === null ? label : `${label} --again`,
        subject: `invoice ${label}, product ${product}`,
        ours: twinId === null ? 'no block' : `block ${twinId}, added by hand that day`,
        theirs: `${size} sold (offer "${offer.name}")`,
      };
    });
  await keepFound(context, outcome, found);
}
