/**
 * A sale of hours, by the route that the admin chose. Each route writes twice; a sale is found only
 * when both halves stand, and creating completes what is missing, so that a crash or a lost answer
 * between the two never makes a second invoice.
 */
import type { Push } from '../../src/contract/connector.ts';
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
  return {
    find: route.find,
    create: route.complete,
    inspect: route.inspect,
    // The API offers no way to take a sale back; it shows whether people have.
    async withdraw(sale, { remoteId }, signal) {
      const standing = await route.inspect(sale, remoteId, signal);
      return standing === null || standing.isVoid === true ? { remoteId } : null;
    },
  };
}
