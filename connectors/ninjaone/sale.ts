/** No invoice can be made here: a ticket says what is to be invoiced. Whether it was, nobody can see. */
import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { saleText } from '../kit/sale-text.ts';

export function createSale(tickets: Required<Push<'alert-ticket'>>): Push<'invoice'> {
  const toTicket = (sale: PushMessages['invoice']): PushMessages['alert-ticket'] => {
    const { key, clientId, title: subject } = sale;
    return { key, clientId, subject, body: saleText(sale) };
  };
  return {
    find: (sale, signal) => tickets.find(toTicket(sale), signal),
    create: (sale, signal) => tickets.create(toTicket(sale), signal),
    inspect: (sale, ticketId, signal) => tickets.inspect(toTicket(sale), ticketId, signal),
    withdraw: (sale, withdrawal, signal) => tickets.withdraw(toTicket(sale), withdrawal, signal),
  };
}
