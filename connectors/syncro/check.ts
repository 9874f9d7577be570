/** Everything that reading can prove, in the order in which a person would mend it. */

import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { namesAlone, parseRows } from '../http/rows.ts';
import { attemptsAt } from '../kit/checks.ts';
import { type Api, clientNumbers, type List } from './api.ts';
import { settleByReading, settlePayments } from './check-facts.ts';
import { factResult } from './facts.ts';
import { changedInvoices, changedTickets, createdTimers } from './lists.ts';
import { nativePrepay } from './native-prepay.ts';
import { laborProducts, saleProduct } from './products.ts';
import { customerList } from './pull.ts';
import { fieldNames, readCustomer } from './push-balance.ts';
import { ContractWire, Me, Settings, TicketSettings, TicketWire } from './schema.ts';

export const attempt = attemptsAt('Syncro');

export async function checkConnection(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await attempt('auth', () => checkToken(api, signal));
  if (auth.some(({ status }) => status === 'failed')) return auth;
  const lists = await checkLists(api, signal);
  const clients = await attempt('clients', () => checkClients(api, clientIds, signal));
  const results = [...auth, ...lists, ...clients];
  if (lists.every(({ status }) => status === 'ok')) {
    results.push(...(await attempt('facts', () => settleByReading(api, signal))));
    results.push(...(await attempt('closed-statuses', () => checkClosed(api, signal))));
    const payments = await attempt('permission.payments', () => settlePayments(api, signal));
    results.push(...payments.map(soften));
  }
  results.push(...(await attempt('names', () => checkNames(api, signal))));
  const product = await attempt('name.billing.product', () => checkProduct(api, signal));
  const native = await attempt('native-prepay', () => nativePrepay(api, clientIds, signal));
  results.push(...product, ...native.map(refuseUnseen));
  for (const fact of writtenFacts) results.push(await factResult(api.context, fact));
  return results;
}

const writtenFacts = [
  'timer-moves-ticket',
  'ticket-key',
  'note-audience',
  'invoice-number',
  'client-fields',
] as const;

/** Rights that the connector needs, as `/me` tells them: the coarse ones only. */
const neededRights = [
  ['ticket', 'write'],
  ['customer', 'write'],
  ['invoice', 'write'],
] as const;

async function checkToken(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const { user_name, subdomain, permissions } = await api.get('/me', Me, signal);
  const lacking = neededRights.filter(([kind, right]) => permissions?.[kind]?.[right] === false);
  const ok: CheckResult = {
    id: 'auth',
    status: 'ok',
    detail: `Signed in as ${user_name} at ${subdomain}.`,
  };
  return [
    ok,
    ...lacking.map(
      ([kind, right]): CheckResult => ({
        id: `permission.${kind}.${right}`,
        status: 'warning',
        detail: `${user_name} has no ${right} permission for ${kind}s.`,
        fix: `Grant it, unless nothing is to be written there.`,
      }),
    ),
  ];
}

/** The lists of every run, asked as a run asks: none is empty but for want of rows. */
async function checkLists(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const now = new Date(api.context.now()).toISOString();
  const lists: readonly List[] = [
    customerList,
    changedTickets(now),
    createdTimers(now),
    changedInvoices(now),
  ];
  const results: CheckResult[] = [];
  for (const list of lists) {
    const id = `permission.${list.rows}`;
    const look = async (): Promise<CheckResult[]> => {
      for await (const _ of api.pages(list, signal)) break;
      return [{ id, status: 'ok', detail: `GET ${list.path} is allowed.` }];
    };
    results.push(...(await attempt(id, look)));
  }
  return results;
}

async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const faults: CheckResult[] = [];
  for (const id of clientNumbers(clientIds)) {
    const look = async (): Promise<CheckResult[]> => {
      const { disabled } = await readCustomer(api, id, signal);
      if (disabled !== true) return [];
      const fix = 'Enable it in Syncro, or take the client out of the config.';
      return [{ id: `client.${id}`, status: 'failed', detail: `Customer ${id} is disabled.`, fix }];
    };
    faults.push(...(await attempt(`client.${id}`, look)));
  }
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${clientIds.length} clients are there.` }];
}

/** A status in which tickets are resolved and that does not count as closed would hold their time for ever. */
async function checkClosed(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const id = 'closed-statuses';
  const query = { resolved_after: '2000-01-01T00:00:00.000Z' };
  const { closedStatuses } = api.config;
  for await (const page of api.pages({ path: '/tickets', rows: 'tickets', query }, signal)) {
    const tickets = parseRows(page.rows, TicketWire, (row) => row).rows;
    const other = tickets.filter(
      ({ status, resolved_at }) => resolved_at !== null && !closedStatuses.includes(status),
    );
    const names = [...new Set(other.map(({ status }) => status))];
    if (names.length === 0) break;
    const detail = `Tickets that were resolved are ${names.join(', ')}, which counts as open.`;
    const fix = 'Where such a ticket is done with, add the status to closedStatuses.';
    return [{ id, status: 'warning', detail, fix }];
  }
  return [{ id, status: 'ok', detail: `Closed is what is ${closedStatuses.join(' or ')}.` }];
}

async function checkNames(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const { alerts, closedStatuses } = api.config;
  const { ticket_status_list: statuses } = await api.get(
    '/tickets/settings',
    TicketSettings,
    signal,
  );
  const { ticket } = await api.get('/settings', Settings, signal);
  const named: [id: string, name: string, known: readonly string[]][] = [
    ...closedStatuses.map((name): [string, string, string[]] => [
      `closedStatuses.${name}`,
      name,
      statuses,
    ]),
    ['alerts.status', alerts.status, statuses],
    ['alerts.issueType', alerts.issueType, ticket.problem_types],
    // A ticket is taken back by closing it.
    ['alerts.withdrawnStatus', alerts.withdrawnStatus, closedStatuses],
  ];
  if (alerts.priority !== undefined) {
    named.push(['alerts.priority', alerts.priority, ticket.priorities ?? []]);
  }
  return named.map(([setting, name, known]): CheckResult => {
    const id = `name.${setting}`;
    if (known.includes(name)) return { id, status: 'ok', detail: `"${name}" is there.` };
    const fix = `Name one of: ${known.filter((one) => one !== '').join(', ') || 'none are there'}.`;
    return { id, status: 'failed', detail: `${setting}: there is no "${name}".`, fix };
  });
}

async function checkProduct(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const product = await saleProduct(api, { product: null }, signal);
  if (product === null) return [];
  const id = 'name.billing.product';
  return [{ id, status: 'ok', detail: `"${product.name}" is product ${product.id}.` }];
}

/** Payments are read for one fact alone, without which everything works. */
function soften(result: CheckResult): CheckResult {
  return result.status === 'failed' ? { ...result, status: 'warning' } : result;
}

/** What could not be looked at is no proof that there is none. */
function refuseUnseen(result: CheckResult): CheckResult {
  if (result.id !== 'native-prepay' || result.status !== 'failed') return result;
  const detail = `Whether Syncro counts prepaid hours of its own cannot be seen: ${result.detail}`;
  return { ...result, detail };
}

/** The names that the config may use, for `check` to compare. */
export async function listNames(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<NameLists> {
  const { ticket_types } = await api.get('/tickets/settings', TicketSettings, signal);
  const { ticket } = await api.get('/settings', Settings, signal);
  return {
    boards: (ticket_types ?? []).map(({ id, name }) => ({ sourceId: id ?? null, name })),
    ticketTypes: namesAlone(ticket.problem_types),
    workTypes: (await laborProducts(api, signal)).map(({ id, name }) => ({ sourceId: id, name })),
    agreements: namesAlone(await contractNames(api, clientIds, signal)),
    clientFields: await fieldNames(api, signal),
  };
}

async function contractNames(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const { rows } of api.pages({ path: '/contracts', rows: 'contracts' }, signal)) {
    for (const { customer_id, name } of parseRows(rows, ContractWire, (row) => row).rows) {
      if (name && clientIds.includes(customer_id)) names.add(name);
    }
  }
  return [...names];
}
