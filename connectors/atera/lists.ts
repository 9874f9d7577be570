/** Atera's lists. Those of work go by the time of work, those of tickets by their last change. */
import type { ZodType } from 'zod';
import type { ClientRow, Page, SourceId } from '../../src/contract/connector.ts';
import { isRecent } from '../http/answers/clock.ts';
import { parseRows } from '../http/answers/rows.ts';
import { allRows, readableRows } from '../kit/reading/lists.ts';
import { type Atera, idIn, type List } from './call.ts';
import { fromCustomer } from './mapping.ts';
import { ContractWire, CustomerWire } from './schema.ts';

export const customerList: List = { path: '/customers', idName: 'CustomerID' };

/** Here, and nowhere else, Atera reads a timestamp as UTC. */
export function ticketsSince(since: string): List {
  const query = { date: since, includeComments: false };
  return { path: '/tickets/lastmodified', query, idName: 'TicketID' };
}

export function ticketsOf(clientId: SourceId): List {
  return { path: '/tickets/noComments', query: { customerId: clientId }, idName: 'TicketID' };
}

/** Days need no zone but the account's own, and no hour of them is shown twice. */
export function workHoursFrom(day: string): List {
  return { path: '/workhours', query: { startWorkhour: day }, idName: 'WorkHoursID' };
}

export async function listClients(atera: Atera): Promise<ClientRow[]> {
  return (await readableRows(atera, customerList, CustomerWire)).map(fromCustomer);
}

/** Rows of these clients. One that does not say whose it is stays, to be quarantined. */
export function rowsOf(rows: readonly unknown[], clientIds: readonly string[]): unknown[] {
  const wanted = new Set(clientIds);
  return rows.filter((row) => {
    const clientId = idIn(row, 'CustomerID');
    return clientId === null || wanted.has(clientId);
  });
}

/** Rows believed or quarantined. Pages go by number over lists that move: only the end is a safe point. */
export function pageOf<Wire, Row>(
  rows: readonly unknown[],
  idName: string,
  schema: ZodType<Wire>,
  fromWire: (wire: Wire) => Row,
): Page<Row> {
  return { ...parseRows(rows, schema, fromWire, (row) => idIn(row, idName)), resume: null };
}

export interface Contracts {
  /** Names by id, kept for an hour; requested only where one is not known. */
  namesOf(atera: Atera, ids: readonly SourceId[]): Promise<ReadonlyMap<SourceId, string>>;
  list(atera: Atera): Promise<ContractWire[]>;
}

const keptMs = 3_600_000;

export function createContracts(): Contracts {
  let names = new Map<SourceId, string>();
  let readMs = Number.NEGATIVE_INFINITY;

  async function list(atera: Atera): Promise<ContractWire[]> {
    const contracts = await allRows(atera, { path: '/contracts' }, ContractWire);
    names = new Map(contracts.map((one) => [one.ContractID, one.ContractName || one.ContractID]));
    readMs = atera.context.now();
    return contracts;
  }

  return {
    list,
    async namesOf(atera, ids) {
      if (ids.length === 0) return names;
      const isOld = !isRecent(readMs, atera.context.now(), keptMs);
      if (isOld || ids.some((id) => !names.has(id))) await list(atera);
      return names;
    },
  };
}
