/** What `check` verifies by reading. */
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { namesAlone } from '../http/answers/rows.ts';
import {
  attemptsAt,
  checkClients,
  listProofs,
  okResult,
  runChecks,
} from '../kit/checking/checks.ts';
import { firstPage, parseAll, readableRows } from '../kit/reading/lists.ts';
import type { List, Syncro } from './call.ts';
import { facts } from './facts.ts';
import {
  clientNumbers,
  customerList,
  fieldNames,
  invoiceList,
  readCustomer,
  resolvedTickets,
  ticketList,
  timerList,
} from './lists.ts';
import { laborCategory, nativePrepay, productsIn, saleProduct } from './prepay-products.ts';
import { ContractWire, Me, Settings, TicketSettings, TicketWire } from './schema.ts';
import { verifyByReading } from './verify.ts';

export function checkConnection(syncro: Syncro, clientIds: readonly SourceId[]) {
  const now = instantFromMs(syncro.context.now());
  const faultOf = (id: SourceId) => findFault(syncro, id);
  return runChecks('Syncro', {
    credentials: ['auth', () => checkToken(syncro)],
    // As in a run: each is empty only if there are no rows.
    lists: listProofs(syncro, {
      customers: customerList,
      tickets: ticketList.since(now),
      ticket_timers: timerList.since(now),
      invoices: invoiceList.since(now),
    }),
    listFacts: [
      ['facts', () => verifyByReading(syncro)],
      ['closed-statuses', () => checkClosed(syncro)],
    ],
    clients: ['clients', () => checkClients('Syncro', clientNumbers(clientIds), faultOf)],
    names: [
      ['names', () => checkNames(syncro)],
      ['name.billing.product', () => checkProduct(syncro)],
      // Run even if other checks fail: they must not hide hours that are debited twice.
      ['native-prepay', () => checkPrepay(syncro, clientIds)],
    ],
    known: () => facts.factResults(syncro.context),
  });
}

/** Records written, by their names in `/me`, which shows only coarse permissions. */
const writtenKinds = ['ticket', 'customer', 'invoice'];

async function checkToken(syncro: Syncro): Promise<CheckResult[]> {
  const { user_name, subdomain, permissions } = await syncro.get('/me', Me);
  const lacking = writtenKinds.filter((kind) => permissions?.[kind]?.write === false);
  const warnings = lacking.map((kind): CheckResult => {
    const detail = `${user_name} has no write permission for ${kind}s.`;
    const fix = 'Grant it, unless nothing is to be written there.';
    return { id: `permission.${kind}.write`, status: 'warning', detail, fix };
  });
  return [okResult('auth', `Signed in as ${user_name} at ${subdomain}.`), ...warnings];
}

async function findFault(syncro: Syncro, id: SourceId) {
  if ((await readCustomer(syncro, id)).disabled !== true) return null;
  const fix = 'Enable it in Syncro, or take the client out of the config.';
  return { detail: `Customer ${id} is disabled.`, fix };
}

/** Time on a ticket in a resolved status that does not count as closed would never be debited. */
async function checkClosed(syncro: Syncro): Promise<CheckResult[] | string> {
  const { closedStatuses } = syncro.config;
  const { rows } = await firstPage(syncro, resolvedTickets);
  const other = parseAll(rows, TicketWire).filter(
    ({ status, resolved_at }) => resolved_at !== null && !closedStatuses.includes(status),
  );
  const names = [...new Set(other.map(({ status }) => status))];
  if (names.length === 0) return `Closed means ${closedStatuses.join(' or ')}.`;
  const detail = `Resolved tickets have the status ${names.join(', ')}, which counts as open.`;
  const fix = 'If such tickets are finished, add the status to closedStatuses.';
  return [{ id: 'closed-statuses', status: 'warning', detail, fix }];
}

async function checkNames(syncro: Syncro): Promise<CheckResult[]> {
  const { alerts, closedStatuses } = syncro.config;
  const { ticket_status_list: statuses } = await syncro.get('/tickets/settings', TicketSettings);
  const { ticket } = await syncro.get('/settings', Settings);
  type Named = [setting: string, name: string | undefined, known: readonly string[]];
  const named: Named[] = [
    ...closedStatuses.map((name): Named => [`closedStatuses.${name}`, name, statuses]),
    ['alerts.status', alerts.status, statuses],
    ['alerts.issueType', alerts.issueType, ticket.problem_types],
    // A ticket is withdrawn by closing it.
    ['alerts.withdrawnStatus', alerts.withdrawnStatus, closedStatuses],
    ['alerts.priority', alerts.priority, ticket.priorities ?? []],
  ];
  return named.flatMap(([setting, name, known]): CheckResult[] => {
    if (name === undefined) return [];
    const id = `name.${setting}`;
    if (known.includes(name)) return [okResult(id, `"${name}" is there.`)];
    const fix = `Name one of: ${known.filter((one) => one !== '').join(', ') || 'none exist'}.`;
    return [{ id, status: 'failed', detail: `${setting}: "${name}" does not exist.`, fix }];
  });
}

async function checkProduct(syncro: Syncro): Promise<string | null> {
  const product = await saleProduct(syncro, null);
  return product && `"${product.name}" is product ${product.id}.`;
}

/** An unreadable list does not prove that there are none. */
async function checkPrepay(syncro: Syncro, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const id = 'native-prepay';
  const unseen = 'Cannot tell whether Syncro itself counts prepaid hours';
  const results = await attemptsAt('Syncro')(id, () => nativePrepay(syncro, clientIds));
  return results.map((result) => {
    const isUnseen = result.id === id && result.status === 'failed';
    return isUnseen ? { ...result, detail: `${unseen}: ${result.detail}` } : result;
  });
}

/** Names that the config may use, for `check` to compare. */
export async function listNames(
  syncro: Syncro,
  clientIds: readonly SourceId[],
): Promise<NameLists> {
  const { ticket_types } = await syncro.get('/tickets/settings', TicketSettings);
  const { ticket } = await syncro.get('/settings', Settings);
  const products = await productsIn(syncro, laborCategory);
  const contractList: List = { path: '/contracts', rows: 'contracts' };
  const contracts = await readableRows(syncro, contractList, ContractWire);
  const ours = contracts.filter(({ customer_id }) => clientIds.includes(customer_id));
  return {
    boards: (ticket_types ?? []).map(({ id, name }) => ({ sourceId: id ?? null, name })),
    ticketTypes: namesAlone(ticket.problem_types),
    workTypes: products.map(({ id, name }) => ({ sourceId: id, name })),
    agreements: namesAlone(ours.flatMap(({ name }) => name || [])),
    clientFields: await fieldNames(syncro),
  };
}
