/** What `check` verifies by reading. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import {
  checkListed,
  nativeContracts,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { firstPage, readableRows } from '../kit/reading/lists.ts';
import type { List, SuperOps } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { checkSchema } from './introspection.ts';
import {
  clients,
  contracts,
  invoicesByDate,
  itemsBy,
  listClients,
  readable,
  ticketsByChange,
} from './lists.ts';
import { isAmong, isBilled, isWork } from './mapping.ts';
import { ContractWire, ItemWire, TicketWire } from './schema.ts';
import { verifyByReading } from './verify.ts';

export function checkConnection(ops: SuperOps, clientIds: readonly SourceId[]) {
  let ofSchema: CheckResult[] = [];
  const introspection = async (): Promise<CheckResult[]> => {
    const [isShown, ...ofSteps] = await checkSchema(ops);
    ofSchema = ofSteps;
    return [isShown];
  };
  /** The first page of each list that is read on every run. */
  const seen = new Map<string, readonly unknown[]>();
  const seeing = (name: string, list: List): Proof => {
    const prove = async (): Promise<string> => {
      const { rows, count } = await firstPage(ops, list);
      seen.set(name, rows);
      return `${count} ${name} can be read.`;
    };
    return [`permission.${name}`, prove];
  };
  const itemsByChange = itemsBy('updatedTime', 'createdTime');
  const verify = async (): Promise<CheckResult[]> => {
    const tickets = readable(seen.get('tickets'), TicketWire);
    const ours = tickets.filter(({ client }) => clientIds.includes(client?.accountId ?? ''));
    return verifyByReading(ops, ours, itemsByChange);
  };
  return runChecks('SuperOps', {
    credentials: ['auth', () => checkCredentials(ops)],
    lists: [
      ['introspection', introspection],
      seeing('tickets', ticketsByChange),
      seeing('time', itemsByChange),
      seeing('invoices', invoicesByDate),
    ],
    listFacts: [['facts', verify]],
    clients: ['clients', () => checkShown(ops, clientIds)],
    names: [
      ['name.closed-statuses', async () => closedStatuses(ops, seen.get('tickets'))],
      // Run even if other checks fail: each finding is work billed twice.
      ['native-billing', async () => nativeBilling(clientIds, seen.get('time'))],
      ['native-contracts', () => checkContracts(ops, clientIds)],
    ],
    known: async () => [...ofSchema, ...(await facts.factResults(ops.context, otherFacts(ops)))],
  });
}

type Rows = readonly unknown[] | undefined;

async function checkCredentials(ops: SuperOps): Promise<string> {
  const { count } = await firstPage(ops, { ...clients, pageSize: 1 });
  return `Signed in as ${ops.config.subdomain}; ${count} clients can be read.`;
}

async function checkShown(ops: SuperOps, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const shown = await listClients(ops);
  const isShown = new Map(shown.map(({ sourceId }) => [sourceId, true]));
  return checkListed('SuperOps', 'client', clientIds, isShown);
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

/** Contract types and names under which time is counted or billed. */
const countsTime = /prepaid|pre-paid|block|hour|time.{0,5}material|usage|bucket/i;

const endContract =
  'End it there and enter its hours as an opening block, or leave the client out.';

async function checkContracts(ops: SuperOps, clientIds: readonly SourceId[]) {
  const all = await readableRows(ops, contracts, ContractWire);
  const counting = all.filter(
    ({ client, contract, contractStatus }) =>
      clientIds.includes(client?.accountId ?? '') &&
      /^active$/i.test(contractStatus ?? 'active') &&
      countsTime.test(JSON.stringify(contract ?? '')),
  );
  const found = counting.map(({ contractId: id, client }) => ({
    id,
    what: `Contract ${id} of ${client?.name ?? client?.accountId} in SuperOps seems to bill time`,
  }));
  return nativeContracts(found, endContract);
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
