/** Clients and tickets, by their last change. */
import type { z } from 'zod';
import type { ClientRow, Page, Pull, TicketRow } from '../../src/contract/connector.ts';
import { addDays, dateInZone } from '../../src/domain/time.ts';
import { readableRows } from '../http/rows.ts';
import { type Api, idIn, pageOf, rowsOf } from './api.ts';
import type { Contracts } from './contracts.ts';
import { refuseIfFalse } from './facts.ts';
import { fromTicket } from './mapping.ts';
import { CustomerWire, TicketWire } from './schema.ts';

export function createClientPull(api: Api): Pull<ClientRow> {
  return async function* pull({ since, clientIds, signal }): AsyncGenerator<Page<ClientRow>> {
    // A day more than needed: the filter is read by the account's clock.
    const day = addDays(dateInZone(since, api.zone), -1);
    const query = { FromLastModifiedDate: day, SortBy: 'LastModified' };
    const list = { path: '/customers', query, idName: 'CustomerID' };
    for await (const { rows } of api.pages(list, signal)) {
      yield pageOf(rowsOf(rows, clientIds), 'CustomerID', CustomerWire, fromCustomer);
    }
  };
}

export function fromCustomer(wire: z.infer<typeof CustomerWire>): ClientRow {
  return { sourceId: wire.CustomerID, name: wire.CustomerName };
}

export function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  const pages = api.pages({ path: '/customers', query: {}, idName: 'CustomerID' }, signal);
  return readableRows(pages, CustomerWire, fromCustomer);
}

export function createTicketPull(api: Api, contracts: Contracts): Pull<TicketRow> {
  return async function* pull({ since, clientIds, signal }): AsyncGenerator<Page<TicketRow>> {
    await refuseIfFalse(api.context, 'ticket-changes');
    for await (const { rows } of api.pages(ticketsSince(since), signal)) {
      const ours = rowsOf(rows, clientIds);
      const contractIds = ours.flatMap((row) => idIn(row, 'ContractID') ?? []);
      const names = await contracts.namesOf(contractIds, signal);
      yield pageOf(ours, 'TicketID', TicketWire, (wire) => fromTicket(wire, api, names));
    }
  };
}

/** Here, and nowhere else, Atera reads a moment as UTC. */
export function ticketsSince(since: string) {
  const query = { date: since, includeComments: false };
  return { path: '/tickets/lastmodified', query, idName: 'TicketID' };
}
