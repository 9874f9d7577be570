/** Route `ticket-product`: a renewal ticket, then the product on it, billed by ConnectWise's own run. */
import { z } from 'zod';
import type { Delivered } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { DecimalText, Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { getIfThere } from './look-up.ts';
import { createTicket, findTicket } from './push-ticket.ts';
import type { Route, Sale } from './sale.ts';
import {
  createProductLine,
  findProductLine,
  type ProductLine,
  productOf,
  refuseOtherCurrency,
  refuseOtherPrice,
} from './sale.ts';

const StandingLine = z.object({
  id: Id,
  extPrice: DecimalText.nullish(),
  cancelledFlag: z.boolean().nullish(),
});

export function createTicketRoute(api: Api): Route {
  return {
    async find(sale, signal) {
      const ticket = await findTicket(api, sale, signal);
      if (ticket === null) return null;
      const line = await findProductLine(api, sale, signal);
      if (line === null) return null;
      refuseLoose(line, ticket);
      refuseOtherPrice(line, sale);
      return toDelivered(line, ticket);
    },
    async complete(sale, signal) {
      await refuseIfFalse(api.context, 'product-on-ticket');
      await productOf(api, sale, signal);
      await refuseOtherCurrency(api, sale, signal);
      const standing = await findTicket(api, sale, signal);
      const ticket = standing ?? (await createTicket(api, toTicket(api, sale), signal));
      const line = await findProductLine(api, sale, signal);
      if (line !== null) {
        refuseLoose(line, ticket);
        return toDelivered(line, ticket);
      }
      const link = { ticket: { id: Number(ticket.remoteId) } };
      const created = await createProductLine(api, sale, link, signal);
      const isLinked = created.ticket?.id === ticket.remoteId;
      await verifyFact(api.context, 'product-on-ticket', isLinked);
      refuseLoose(created, ticket);
      refuseOtherPrice(created, sale);
      return toDelivered(created, ticket);
    },
    async inspect(sale, lineId, signal) {
      const path = `/procurement/products/${lineId}`;
      const line = await getIfThere(api, path, 'id,extPrice,cancelledFlag', StandingLine, signal);
      if (line === null) return null;
      const price = line.extPrice ?? null;
      return {
        isVoid: line.cancelledFlag === true,
        ...(price === null ? {} : { totalMinor: minorFromText(price, sale.currency) }),
      };
    },
  };
}

function toTicket(api: Api, sale: Sale) {
  const { key, clientId, title: subject, body } = sale;
  return { key, clientId, subject, body, board: api.config.billing.board ?? '' };
}

function refuseLoose(line: ProductLine, ticket: Delivered): void {
  if (line.ticket?.id === ticket.remoteId) return;
  throw new KindError('config', `Product ${line.id} is not on its ticket ${ticket.remoteId}.`, {
    fix: 'Put it on the ticket by hand, or delete both; or choose another billing.invoiceRoute.',
  });
}

function toDelivered(line: ProductLine, ticket: Delivered): Delivered {
  return { remoteId: line.id, label: `product on ticket ${ticket.remoteId}` };
}
