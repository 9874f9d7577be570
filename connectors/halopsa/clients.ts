import type { ClientRow, Page, Pull, PullRequest } from '../../src/contract/connector.ts';
import { parseRows, readableRows } from '../http/rows.ts';
import type { Api, Query } from './api.ts';
import { clientNumbers, filterMoment } from './lists.ts';
import { fromClient } from './mapping.ts';
import { ClientDetail, ClientWire } from './schema.ts';

/**
 * All clients of the tenant that changed: they cannot be asked for by number. Should Halo ignore the
 * moment, all of them come, which costs requests and nothing else.
 */
export function createClientPull(api: Api): Pull<ClientRow> {
  return async function* pull(request: PullRequest): AsyncGenerator<Page<ClientRow>> {
    const ids = clientNumbers(request.clientIds);
    const changed = { includeinactive: true, lastupdatefromdate: filterMoment(request.since) };
    for await (const page of api.pages(clientList(changed), request.signal)) {
      const { rows, rejected } = parseRows(page.rows, ClientWire, fromClient);
      yield { rows: rows.filter(({ sourceId }) => ids.includes(sourceId)), rejected, resume: null };
    }
  };
}

function clientList(query: Query) {
  return {
    path: '/Client',
    rows: 'clients',
    query: { includeactive: true, order: 'id', ...query },
  };
}

export function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  return readableRows(api.pages(clientList({}), signal), ClientWire, fromClient);
}

/** One client with its pre-pay, currency and custom fields. */
export function readClient(api: Api, clientId: string, signal: AbortSignal): Promise<ClientDetail> {
  const path = `/Client/${clientNumbers([clientId])[0]}`;
  return api.get(path, { includedetails: true, includeprepay: true }, ClientDetail, signal);
}
