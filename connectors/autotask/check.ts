/** What `check` verifies by reading; with `--probe`, also by writing to a test client. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { Id } from '../http/answers/wire.ts';
import {
  checkListed,
  nameProofs,
  nativeContracts,
  type Proof,
  runChecks,
  softened,
} from '../kit/checking/checks.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { createKeyed } from '../kit/writing/push.ts';
import { type Autotask, companyNumbers, readRows, where } from './call.ts';
import { type FactId, facts } from './facts.ts';
import {
  companyFieldNames,
  findValue,
  isAnyVisible,
  type NameKind,
  readContracts,
} from './lists.ts';
import { alertRecord, closeTicket, companyFields, findNoteType, notes } from './push.ts';
import { findBillingCode, findSalesContract, toCharge, writeHalf } from './sales.ts';
import { BlockWire } from './schema.ts';

/** Lists read; every tenant has some of these, so an empty one means a missing permission. */
const neverEmpty = ['Companies', 'Tickets', 'TimeEntries', 'Resources', 'Roles', 'BillingCodes'];
const sold = ['Contracts', 'ContractBlocks', 'ContractCharges', 'Invoices', 'BillingItems'];
const maybeEmpty = [...sold, 'Tasks', 'Projects'];

export function checkConnection(api: Autotask, clientIds: readonly SourceId[]) {
  const isNonBillable = where.equals('isNonBillable', true);
  const nonBillable = listProof(api, 'non-billable', 'TimeEntries', isNonBillable);
  return runChecks('Autotask', {
    credentials: ['auth', () => checkCredentials(api)],
    lists: [...neverEmpty, ...maybeEmpty].map((path) => listProof(api, path, path)),
    clients: ['clients', () => checkCompanies(api, clientIds)],
    facts: [['facts', () => verifyByReading(api)], nonBillable],
    names: namesToCheck(api, clientIds),
    native: ['native-contracts', () => nativeBlocks(api, clientIds)],
    known: () => facts.factResults(api.context, writtenFacts(api)),
  });
}

async function checkCredentials(api: Autotask): Promise<string> {
  await api.names.reread(api, 'ticket statuses');
  return `Signed in as ${api.config.username}.`;
}

/** Autotask silently hides rows from users without permission. */
function listProof(api: Autotask, name: string, path: string, filter = where.everything): Proof {
  const id = `permission.${name}`;
  const what = name === path ? path : `${name} ${path}`;
  const prove = async (): Promise<CheckResult[] | string> => {
    if (await isAnyVisible(api, path, filter)) return `${what} can be read.`;
    const detail = `Autotask shows no ${what}: there are none, or the API user may not see them.`;
    const fix = `If there are some, let the API user’s security level see them (see the README).`;
    return [{ id, status: neverEmpty.includes(name) ? 'failed' : 'warning', detail, fix }];
  };
  return [id, prove];
}

const Client = z.object({ id: Id, isActive: z.boolean().nullish() });

async function checkCompanies(api: Autotask, clientIds: readonly SourceId[]) {
  const ids = companyNumbers(clientIds);
  const clients = await readRows(api, 'Companies', Client, 'id', ids);
  const shown = new Map(clients.map(({ id, isActive }) => [id, isActive !== false]));
  return checkListed('Autotask', 'company', ids, shown);
}

/** Each name in the config, looked up the way the step that needs it does. */
function namesToCheck(api: Autotask, clientIds: readonly SourceId[]): Proof[] {
  const { alerts, billing, notes, closedStatuses } = api.config;
  const find = (kind: NameKind) => async (label: string) => {
    await api.names.reread(api, kind);
    return findValue(api, kind, label);
  };
  const status = find('ticket statuses');
  const publish = find('publish levels');
  const contractOf = (id: SourceId) => async () => (await findSalesContract(api, id)).id;
  // The default names for notes are guesses; a connection that writes no notes does not need them.
  const ofNotes = nameProofs([
    ['notes.client', notes.client, publish],
    ['notes.internal', notes.internal, publish],
    ['notes.type', 'The first note type', () => findNoteType(api)],
  ]).map((proof) => softened('Autotask', proof));
  const others = nameProofs([
    ...closedStatuses.map((name) => [`closedStatuses.${name}`, name, status] as const),
    ['alerts.queue', alerts?.queue, find('queues')],
    ['alerts.priority', alerts?.priority, find('priorities')],
    ['alerts.status', alerts?.status, status],
    ['billing.chargeType', billing?.chargeType, find('charge types')],
    ['billing.billingCode', billing?.billingCode, (name) => findBillingCode(api, name)],
    ...clientIds.map(
      (id) => [`billing.contract.${id}`, billing?.contract, contractOf(id)] as const,
    ),
  ]);
  return [...ofNotes, ...others];
}

/** Facts verified only by writing, for the steps that this config uses. */
function writtenFacts({ config: { alerts, billing } }: Autotask): FactId[] {
  const ofAlerts: FactId[] = alerts === undefined ? [] : ['ticket-key-kept', 'ticket-key-found'];
  const ofBlocks: FactId[] = billing?.nativeBlock === true ? ['block-key'] : [];
  const ofSales: FactId[] = billing === undefined ? [] : ['charge-key', ...ofBlocks];
  return [...ofAlerts, 'note-publish', 'company-fields', ...ofSales];
}

/** Contract types with which Autotask keeps its own prepaid balance. */
const prepaid = /block|retainer|incident|per ticket/i;

/** One warning per contract with which Autotask itself debits a configured client's hours. */
async function nativeBlocks(api: Autotask, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const all = await readContracts(api, clientIds);
  const counted = all.filter(({ isActive, type }) => isActive && prepaid.test(type));
  const ids = counted.map(({ id }) => id);
  const blocks = await readRows(api, 'ContractBlocks', BlockWire, 'contractID', ids);
  const found = counted.map(({ id, companyId, name, type }) => {
    const own = blocks.filter((block) => block.contractID === id);
    const left = own.reduce((sum, { hours, hoursApproved }) => {
      return sum + secondsOf(hours ?? '0', 'hours') - secondsOf(hoursApproved ?? '0', 'hours');
    }, 0);
    const shown = own.length === 0 ? '' : ` with ${left / 3600} h left by posted time`;
    const what = `Company ${companyId} has an active contract "${name}" (${type})${shown}`;
    return { id, what };
  });
  const fix =
    'Enter the remaining hours as an opening block, and exclude its work types there or end it; or leave the client out.';
  return nativeContracts(found, fix);
}

/** Names that the config may use, for `check` to compare. */
export async function listNames(api: Autotask, clientIds: readonly SourceId[]): Promise<NameLists> {
  const listed = ({ id, name }: { id: SourceId; name: string }) => ({ sourceId: id, name });
  const readLabels = async (kind: NameKind) => (await api.names.list(api, kind)).map(listed);
  return {
    boards: await readLabels('queues'),
    ticketTypes: await readLabels('ticket types'),
    workTypes: await readLabels('billing codes'),
    roles: await readLabels('roles'),
    clientFields: (await companyFieldNames(api)).map(({ name }) => name),
    ...(clientIds.length > 0 && { agreements: (await readContracts(api, clientIds)).map(listed) }),
  };
}

/** The filters by which changes are requested. */
const changeFilters = [
  ['Tickets', 'lastActivityDate'],
  ['Tickets', 'lastTrackedModificationDateTime'],
  ['TimeEntries', 'lastModifiedDateTime'],
  ['TimeEntries', 'billingApprovalDateTime'],
] as const;

/** Nothing has changed in the far future; if a filter is ignored, there are rows. */
async function verifyByReading(api: Autotask): Promise<CheckResult[]> {
  let areHonoured = true;
  for (const [path, field] of changeFilters) {
    const isFuture = where.since(field, '2999-01-01T00:00:00.000Z');
    areHonoured &&= !(await isAnyVisible(api, path, isFuture));
  }
  return facts.verifyAll(api.context, { 'change-filters': areHonoured });
}

export const probeConnection = createProbe<Autotask, FactId>('Autotask', facts, ({ config }) => ({
  ticket: config.alerts !== undefined && {
    facts: ['ticket-key-kept', 'ticket-key-found'],
    create: (api, alert) => createKeyed(api, facts, alertRecord, alert),
    noteFact: 'note-publish',
    writeNote: notes.write,
    close: async (api, ticketId) => (await closeTicket(api, ticketId))(),
  },
  field: companyFields,
  sale: config.billing !== undefined && {
    facts: ['charge-key'],
    async create(api, sale, wrote) {
      const contract = await findSalesContract(api, sale.clientId);
      // Not billable, so that nobody approves it meanwhile.
      const body = { ...(await toCharge(api, contract, sale)), isBillableToCompany: false };
      const { id } = await writeHalf(api, 'charge', sale, body);
      wrote(`/Contracts/${contract.id}/Charges/${id}`);
    },
  },
  fix: 'Delete it by hand in Autotask.',
}));
