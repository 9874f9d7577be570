/** What `check` verifies by reading. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import {
  checkClients,
  okResult,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { firstPage } from '../kit/reading/lists.ts';
import type { List, SuperOps } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { checkSchema } from './introspection.ts';
import { clients, contracts, invoicesByDate, itemsBy, readable, ticketsByChange } from './lists.ts';
import { isAmong, isBilled, isWork } from './mapping.ts';
import { ClientWire, ContractWire, InvoiceWire, ItemWire, TicketWire } from './schema.ts';
import { verifyByReading } from './verify.ts';

export function checkConnection(
  ops: SuperOps,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  let ofSchema: CheckResult[] = [];
  const introspection = async (): Promise<CheckResult[]> => {
    const [isShown, ...ofSteps] = await checkSchema(ops);
    ofSchema = ofSteps;
    return [isShown];
  };
  const itemsByChange = () => itemsBy(ops, 'updatedTime', 'createdTime');
  /** The first page of each list that is read on every run. */
  const seen = new Map<string, readonly unknown[]>();
  const seeing = (name: string, listOf: () => Promise<List>): Proof => {
    const prove = async (): Promise<string> => {
      const { rows, count } = await firstPage(ops, await listOf());
      seen.set(name, rows);
      return `${count} ${name} can be read.`;
    };
    return [`permission.${name}`, prove];
  };
  const verify = async (): Promise<CheckResult[]> => {
    const tickets = readable(seen.get('tickets'), TicketWire);
    const ours = tickets.filter(({ client }) => clientIds.includes(client?.accountId ?? ''));
    return verifyByReading(ops, ours, await itemsByChange());
  };
  return runChecks('SuperOps', {
    credentials: ['auth', () => checkCredentials(ops)],
    lists: [
      ['introspection', introspection],
      seeing('tickets', async () => ticketsByChange),
      seeing('time', itemsByChange),
      seeing('invoices', async () => invoicesByDate),
    ],
    listFacts: [['facts', verify]],
    clients: ['clients', () => checkSuperOpsClients(ops, clientIds)],
    facts: [],
    names: [
      ['name.closed-statuses', async () => closedStatuses(ops, seen.get('tickets'))],
      ['name.paid-statuses', async () => paidStatuses(ops, seen.get('invoices'))],
      // Run even if other checks fail: each finding is work billed twice.
      ['native-billing', async () => nativeBilling(clientIds, seen.get('time'))],
      ['native-contracts', () => nativeContracts(ops, clientIds)],
    ],
    native: null,
    known: async () => {
      const others = otherFacts(ops).map((id) => facts.factResult(ops.context, id));
      return [...ofSchema, ...(await Promise.all(others))];
    },
  });
}

type Rows = readonly unknown[] | undefined;

async function checkCredentials(ops: SuperOps): Promise<string> {
  const { count } = await firstPage(ops, { ...clients, pageSize: 1 });
  return `Signed in as ${ops.config.subdomain}; ${count} clients can be read.`;
}

async function checkSuperOpsClients(
  ops: SuperOps,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const known = new Set<SourceId>();
  for await (const { rows } of ops.pages(clients)) {
    for (const { accountId } of readable(rows, ClientWire)) known.add(accountId);
  }
  const fix = 'Set the client’s ID to its accountId, or let the token’s user see it.';
  return checkClients('SuperOps', clientIds, async (id) =>
    known.has(id) ? null : { detail: `SuperOps shows no client ${id}.`, fix },
  );
}

/** SuperOps does not list statuses; those of recently changed tickets are used. */
function closedStatuses({ config }: SuperOps, rows: Rows) {
  if (rows === undefined) return null;
  const seen = [...new Set(readable(rows, TicketWire).map(({ status }) => status))];
  const closed = seen.filter((status) => isAmong(config.closedStatuses, status));
  const open = seen.filter((status) => !isAmong(config.closedStatuses, status));
  const detail = `Seen closed: ${closed.join(', ') || 'none'}. Seen open: ${open.join(', ') || 'none'}.`;
  if (closed.length > 0 || seen.length === 0) return detail;
  const fix = 'List in closedStatuses which of them mean closed; until then nothing is charged.';
  return [warningResult('name.closed-statuses', detail, fix)];
}

/** The statuses of an invoice are not documented; those with a payment date show it. */
function paidStatuses({ config }: SuperOps, rows: Rows) {
  if (rows === undefined) return null;
  const known = [...config.paidStatuses, ...config.voidStatuses];
  const strange = readable(rows, InvoiceWire)
    .filter(({ paymentDate, statusEnum }) => paymentDate && !isAmong(known, statusEnum))
    .map(({ statusEnum }) => statusEnum ?? 'none');
  if (strange.length === 0) return `Paid means: ${config.paidStatuses.join(', ')}.`;
  const detail = `Invoices with a payment date have the status ${[...new Set(strange)].join(', ')}.`;
  const fix = 'If that means paid in full, add it to paidStatuses.';
  return [warningResult('name.paid-statuses', detail, fix)];
}

/** Contract types and names under which time is counted or billed. */
const countsTime = /prepaid|pre-paid|block|hour|time.{0,5}material|usage|bucket/i;

const endContract =
  'End it there and enter its hours as an opening block, or leave the client out.';

/** One warning for each active contract of a configured client that seems to count its time. */
async function nativeContracts(
  ops: SuperOps,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const { rows } of ops.pages(contracts)) {
    for (const { contractId, client, contract, contractStatus } of readable(rows, ContractWire)) {
      const isOurs = client !== null && clientIds.includes(client.accountId);
      const isActive = /^active$/i.test(contractStatus ?? 'active');
      if (!isOurs || !isActive || !countsTime.test(JSON.stringify(contract ?? ''))) continue;
      const detail = `Contract ${contractId} of ${client.name ?? client.accountId} in SuperOps seems to bill time: two systems would bill the same hour.`;
      results.push(warningResult(`native-contract.${contractId}`, detail, endContract));
    }
  }
  if (results.length > 0) return results;
  const detail = 'No configured client has an active contract that seems to bill time.';
  return [okResult('native-contracts', detail)];
}

/** Work that SuperOps invoiced itself is already paid for. */
function nativeBilling(clientIds: readonly SourceId[], rows: Rows): CheckResult[] {
  const billed = readable(rows, ItemWire).filter(
    (item) => isWork(item) && isBilled(item) && clientIds.includes(item.client?.accountId ?? ''),
  );
  const [first] = billed;
  if (first === undefined) return [];
  const names = new Set(billed.map(({ client }) => client?.name ?? client?.accountId));
  const detail = `SuperOps has invoiced work of ${[...names].join(', ')} itself, such as item ${first.itemId}.`;
  const fix =
    'Work that is debited here must not be invoiced there: mark it non-billable before SuperOps bills it.';
  return [warningResult('native-billing', detail, fix)];
}

/** Facts verified by writing, for the steps that this config uses. */
function otherFacts({ config }: SuperOps): FactId[] {
  return [
    'dates-utc',
    'ticket-key',
    'subject-filter',
    'note-audience',
    ...(config.billing.route === 'invoice' ? (['invoice-key'] as const) : []),
    'client-fields',
  ];
}
