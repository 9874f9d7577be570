/**
 * A sale of hours, by the route that the admin chose. Each route writes twice; a sale is found only
 * when both halves stand, and creating completes what is missing, so that a crash or a lost answer
 * between the two never makes a second invoice.
 */
import type { Push } from '../contract.ts';
import type { Api } from './api.ts';
import { createAgreementRoute } from './route-agreement.ts';
import { createInvoiceRoute } from './route-invoice.ts';
import { createTicketRoute } from './route-ticket.ts';
import type { Route } from './sale.ts';

export function createInvoicePush(api: Api): Push<'invoice'> {
  const routes = {
    invoice: createInvoiceRoute,
    'ticket-product': createTicketRoute,
    agreement: createAgreementRoute,
  };
  const route: Route = routes[api.config.billing.invoiceRoute](api);
  const { isVoid } = route;
  return {
    find: route.find,
    create: route.complete,
    ...(isVoid === undefined
      ? {}
      : {
          withdraw: async (sale, { remoteId }, signal) =>
            (await isVoid(sale, remoteId, signal)) ? { remoteId } : null,
        }),
  };
}
