/** Everything that reading can prove, in the order in which a person would mend it. */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { attemptsAt } from '../kit/checks.ts';
import type { Api, List, ListPage } from './api.ts';
import { firstPage, settleByReading } from './check-facts.ts';
import { contractList } from './documents.ts';
import { type FactId, factResult } from './facts.ts';
import { checkSchema, type SchemaFact } from './introspection.ts';
import { isAmong } from './mapping.ts';
import { nativeBilling, nativeContracts } from './native.ts';
import { clients, invoicesByDate, itemsBy, ticketsByChange } from './pull.ts';
import { ClientWire, InvoiceWire, TicketWire } from './schema.ts';

export const attempt = attemptsAt('SuperOps');

export async function checkConnection(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await attempt('auth', () => checkCredentials(api, signal));
  if (auth.some(({ status }) => status === 'failed')) return auth;
  const results = [
    ...auth,
    ...(await attempt('introspection', () => checkSchema(api, schemaFacts(api), signal))),
    ...(await attempt('clients', () => checkClients(api, clientIds, signal))),
    ...(await checkLists(api, clientIds, signal)),
  ];
  for (const fact of otherFacts(api)) results.push(await factResult(api.context, fact));
  return results;
}

async function checkCredentials(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const { count } = await firstPage(api, { ...clients, pageSize: 1 }, signal);
  const detail = `Signed in as ${api.config.subdomain}; ${count} clients are seen.`;
  return [{ id: 'auth', status: 'ok', detail }];
}

async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const known = new Set<SourceId>();
  for await (const { rows } of api.pages(clients, signal)) {
    for (const row of rows) known.add(ClientWire.safeParse(row).data?.accountId ?? '');
  }
  const faults = clientIds.flatMap((id): CheckResult[] => {
    if (known.has(id)) return [];
    const detail = `SuperOps shows no client ${id}.`;
    const fix = 'Write the accountId of the client, or let the token’s user see it.';
    return [{ id: `client.${id}`, status: 'failed', detail, fix }];
  });
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${clientIds.length} clients are there.` }];
}

/** One page of each list that is read on every run, and what can be told from it. */
async function checkLists(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const pageOf = async (id: string, list: List): Promise<ListPage | null> => {
    let page: ListPage | null = null;
    const look = async (): Promise<CheckResult[]> => {
      page = await firstPage(api, list, signal);
      return [{ id: `permission.${id}`, status: 'ok', detail: `${page.count} ${id} are seen.` }];
    };
    results.push(...(await attempt(`permission.${id}`, look)));
    return page;
  };
  const tickets = await pageOf('tickets', ticketsByChange);
  const itemsByChange = await itemsBy(api, 'updatedTime', 'createdTime');
  const items = await pageOf('time', itemsByChange);
  const invoices = await pageOf('invoices', invoicesByDate);
  const seen = (tickets?.rows ?? []).flatMap((row) => TicketWire.safeParse(row).data ?? []);
  if (tickets !== null) results.push(closedStatuses(api, seen));
  if (invoices !== null) results.push(paidStatuses(api, invoices));
  if (items !== null) {
    const ours = seen.filter(({ client }) => clientIds.includes(client?.accountId ?? ''));
    const settle = () => settleByReading(api, ours, itemsByChange, signal);
    results.push(...(await attempt('facts', settle)), ...nativeBilling(items, clientIds));
  }
  const contracts: List = { operation: contractList, rows: 'clientContracts', sort: [] };
  const look = () => nativeContracts(api, contracts, clientIds, signal);
  return [...results, ...(await attempt('native-contracts', look))];
}

/** SuperOps lists no statuses; those of the tickets that changed last are looked at. */
function closedStatuses({ config }: Api, tickets: readonly TicketWire[]): CheckResult {
  const id = 'name.closed-statuses';
  const seen = [...new Set(tickets.map(({ status }) => status))];
  const closed = seen.filter((status) => isAmong(config.closedStatuses, status));
  const open = seen.filter((status) => !isAmong(config.closedStatuses, status));
  const detail = `Seen closed: ${closed.join(', ') || 'none'}. Seen open: ${open.join(', ') || 'none'}.`;
  if (closed.length > 0 || tickets.length === 0) return { id, status: 'ok', detail };
  const fix = 'Write under closedStatuses which of them mean closed: until then nothing is due.';
  return { id, status: 'warning', detail, fix };
}

/** Which statuses an invoice has is not documented; one with a day of payment tells. */
function paidStatuses({ config }: Api, { rows }: ListPage): CheckResult {
  const id = 'name.paid-statuses';
  const invoices = rows.flatMap((row) => InvoiceWire.safeParse(row).data ?? []);
  const known = [...config.paidStatuses, ...config.voidStatuses];
  const strange = invoices
    .filter(({ paymentDate, statusEnum }) => paymentDate && !isAmong(known, statusEnum))
    .map(({ statusEnum }) => statusEnum ?? 'none');
  if (strange.length === 0) {
    const detail = `Paid means: ${config.paidStatuses.join(', ')}.`;
    return { id, status: 'ok', detail };
  }
  const detail = `Invoices with a day of payment have the status ${[...new Set(strange)].join(', ')}.`;
  const fix = 'If that means paid in full, add it to paidStatuses.';
  return { id, status: 'warning', detail, fix };
}

function schemaFacts({ config }: Api): SchemaFact[] {
  return [
    'schema-clients',
    'schema-tickets',
    'schema-time',
    'schema-invoices',
    'schema-alert',
    'schema-close',
    'schema-note',
    ...(config.billing.route === 'invoice' ? (['schema-sale'] as const) : []),
    'schema-fields',
  ];
}

/** Facts that writing settles, of the steps that this config uses. */
function otherFacts({ config }: Api): FactId[] {
  return [
    'dates-utc',
    'ticket-key',
    'subject-filter',
    'note-audience',
    ...(config.billing.route === 'invoice' ? (['invoice-key'] as const) : []),
    'client-fields',
  ];
}
