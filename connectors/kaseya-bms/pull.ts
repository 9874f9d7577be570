/** Reading accounts and tickets of the configured clients. */
import { z } from 'zod';
import type {
  ClientRow,
  Page,
  PullRequest,
  SourceId,
  TicketRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { parseRows, readableRows } from '../http/rows.ts';
import type { Api, Query } from './api.ts';
import { changedRows, ticketChanges } from './changes.ts';
import { readFact, refuseIfFalse } from './facts.ts';
import { fromTicket, type Reading } from './mapping.ts';
import { AccountWire, Ref, TicketWire } from './schema.ts';

/** So many numbers fit into an address that every server takes. */
const accountsPerAddress = 100;

/** The ids of BMS for these clients; throws `config` for what is no number. */
export function accountNumbers(clientIds: readonly SourceId[]): SourceId[] {
  const wrong = clientIds.find((id) => !/^\d+$/.test(id));
  if (wrong === undefined) return [...clientIds];
  throw new KindError('config', `"${wrong}" is no account id of BMS, which are numbers.`, {
    fix: 'Write the number from the account’s address in BMS under its ids.',
  });
}

export function readingOf({ config, context, zones }: Api): Reading {
  return { zones, currency: context.currency, closedStatuses: config.closedStatuses };
}

/** The accounts of these clients in lists that one address holds, inactive ones too. */
export async function* accountRows(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  const ids = accountNumbers(clientIds);
  const { pageSize } = api.config;
  for (let from = 0; from < ids.length; from += pageSize) {
    const named = ids.slice(from, from + pageSize).map((id) => `Filter.Ids=${id}`);
    // A list of numbers is one parameter each, which an object of parameters cannot hold.
    const path = `/v2/crm/accounts/lookup?${named.join('&')}`;
    const query = { 'Filter.WithInactiveAccounts': true };
    for await (const { rows } of api.pages({ path, query }, signal)) {
      yield rows;
      // No more rows than were named can come.
      break;
    }
  }
}

function fromAccount({ id, name }: AccountWire): ClientRow {
  return { sourceId: id, name };
}

export function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  const pages = api.pages({ path: '/v2/crm/accounts/lookup', query: {} }, signal);
  return readableRows(pages, AccountWire, fromAccount);
}

/** Changed or not: they are few, and that they can still be seen proves the right to see them. */
export async function* pullClients(
  api: Api,
  { clientIds, signal }: PullRequest,
): AsyncGenerator<Page<ClientRow>> {
  let seen = 0;
  for await (const rows of accountRows(api, clientIds, signal)) {
    const parsed = parseRows(rows, AccountWire, fromAccount);
    for (const { sourceId } of parsed.rows) {
      if (clientIds.includes(sourceId)) continue;
      throw new KindError('contract', `BMS lists account ${sourceId}, which was not asked for.`, {
        fix: 'A filter was ignored. Run check.',
      });
    }
    seen += rows.length;
    yield { ...parsed, resume: null };
  }
  if (seen > 0) return;
  throw new KindError('permission', 'BMS shows this API user none of the configured accounts.', {
    fix: 'Let its security role see accounts, or correct the clients’ ids.',
  });
}

async function ticketQuery(api: Api, clientIds: readonly SourceId[]): Promise<Query> {
  const ids = accountNumbers(clientIds);
  const isList = (await readFact(api.context, 'account-ids')) === 'yes';
  const isNamed = ids.length === 1 || (isList && ids.length <= accountsPerAddress);
  return {
    'Filter.ExcludeCompleted': 0,
    ...(isNamed ? { 'Filter.AccountIds': ids.join(',') } : {}),
  };
}

export async function* pullTickets(
  api: Api,
  request: PullRequest,
): AsyncGenerator<Page<TicketRow>> {
  await refuseIfFalse(api.context, 'completed-listed');
  const query = await ticketQuery(api, request.clientIds);
  const reading = readingOf(api);
  for await (const page of changedRows(api, { ...ticketChanges, query }, request)) {
    const ours = page.rows.filter((row) => isOurs(row, request));
    const parsed = parseRows(ours, TicketWire, (wire) => fromTicket(wire, reading));
    yield { ...parsed, resume: page.resume };
  }
}

const Owned = z.object({ accountid: Ref });

/** By its account alone: a row of another client is nobody's business, however odd the rest of it is. */
export function isOurs(row: unknown, { clientIds }: Pick<PullRequest, 'clientIds'>): boolean {
  const accountId = Owned.safeParse(row).data?.accountid;
  return accountId == null || clientIds.includes(accountId);
}
