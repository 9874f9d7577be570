/** What `check` verifies by reading. */
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import {
  checkListed,
  listProofs,
  nameProofs,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { firstPage, readableRows } from '../kit/reading/lists.ts';
import type { Halo } from './call.ts';
import { facts } from './facts.ts';
import {
  clientList,
  clientNumbers,
  invoiceList,
  itemNumber,
  type NameKind,
  readClient,
  ticketList,
} from './lists.ts';
import { clientFields } from './push.ts';
import { findTopUp } from './sales.ts';
import { ClientWire, ContractWire, isZero } from './schema.ts';
import { sessionList } from './sessions.ts';
import { endPrepay, verifyByReading } from './verify.ts';

export function checkConnection(halo: Halo, clientIds: readonly SourceId[]) {
  const { alerts, notes, billing } = halo.config;
  const find = (kind: NameKind) => (name: string) => halo.names.idOf(halo, kind, name);
  const hasClients = clientIds.length > 0;
  return runChecks('Halo', {
    credentials: ['auth', () => checkCredentials(halo)],
    clients: ['clients', () => checkHaloClients(halo, clientIds)],
    lists: [
      ...listProofs(halo, {
        tickets: ticketList({}, 1),
        invoices: { ...invoiceList({}), pageSize: 1 },
        ...(halo.config.remoteSessions && { sessions: { ...sessionList, pageSize: 1 } }),
      }),
      namesProof(halo, 'agents'),
      namesProof(halo, 'charge types'),
    ],
    facts: hasClients ? [['facts', () => verifyByReading(halo, clientIds)]] : [],
    native: hasClients ? ['native-prepay', () => nativeBlocks(halo, clientIds)] : null,
    names: nameProofs([
      ['alerts.ticketType', alerts?.ticketType, find('ticket types')],
      ['alerts.team', alerts?.team, find('teams')],
      ['notes.internal', notes.internal, find('outcomes')],
      ['notes.client', notes.client, find('outcomes')],
      ['billing.product', billing.product, (name) => itemNumber(halo, name)],
    ]),
    known: async () => {
      const results = await facts.factResults(halo.context);
      return results.filter(({ id }) => alerts !== undefined || !id.startsWith('fact.ticket-'));
    },
  });
}

async function checkCredentials(halo: Halo): Promise<string> {
  const { count } = await firstPage(halo, { ...clientList({}), pageSize: 1 });
  return `Signed in at ${halo.config.baseUrl}; ${count} clients can be read.`;
}

function namesProof(halo: Halo, kind: NameKind): Proof {
  const id = `permission.${kind.replace(' ', '-')}`;
  const prove = async () => {
    const { length } = await halo.names.reread(halo, kind);
    if (length > 0) return `${length} ${kind} can be read.`;
    const fix = `Let the API application’s agent see them; until then ${kind} are shown as numbers.`;
    return [warningResult(id, `Halo shows no ${kind}.`, fix)];
  };
  return [id, prove];
}

async function checkHaloClients(halo: Halo, clientIds: readonly SourceId[]) {
  const clients = await readableRows(halo, clientList({ includeinactive: true }), ClientWire);
  const shown = new Map(clients.map(({ id, inactive }) => [id, inactive !== true]));
  return checkListed('Halo', 'client', clientNumbers(clientIds), shown);
}

/** One warning for each way in which Halo itself debits or sells a configured client's hours. */
async function nativeBlocks(halo: Halo, clientIds: readonly SourceId[]) {
  const results: CheckResult[] = [];
  const warn = (id: string, owner: string, balance: string | null | undefined): void => {
    const detail = `${owner} has pre-pay in Halo (balance ${balance ?? 0}): two systems would debit the same hour.`;
    results.push(warningResult(`native-${id}`, detail, endPrepay));
  };
  for (const clientId of clientIds) {
    const client = await readClient(halo, clientId);
    const { name, prepaybalance: balance, prepayrecurringhours: recurring } = client;
    if (!isZero(balance) || !isZero(recurring)) warn(`prepay.${clientId}`, name, balance);
    const topUp = findTopUp(client);
    if (topUp === null) continue;
    results.push(warningResult(`native-top-up.${clientId}`, topUp.detail, topUp.fix));
  }
  // Pre-pay may belong to a contract instead, whose list row does not show the balance.
  const list = { path: '/ClientContract', rows: 'contracts', query: { order: 'id' } };
  for (const { id, client_id } of await readableRows(halo, list, ContractWire)) {
    if (client_id == null || !clientIds.includes(client_id)) continue;
    const contract = await halo.get(`/ClientContract/${id}`, ContractWire);
    const { contract_prepaybalance: balance, ref } = contract;
    if (contract.allowprepay !== true && isZero(balance)) continue;
    warn(`contract.${id}`, `Contract ${ref ?? id} of client ${client_id}`, balance);
  }
  return results.length > 0 ? results : 'No configured client has pre-pay in Halo.';
}

/** Names that the config may use, for `check` to compare. */
export async function listNames(halo: Halo, clientIds: readonly SourceId[]): Promise<NameLists> {
  const namesOf = async (kind: NameKind) =>
    (await halo.names.reread(halo, kind)).map(({ id, name }) => ({ sourceId: id, name }));
  const [anyClient] = clientIds;
  const fields = anyClient === undefined ? null : await clientFields.read(halo, anyClient);
  const labels = fields?.flatMap(({ label, name }) => [label || [], name].flat());
  return {
    boards: await namesOf('teams'),
    ticketTypes: await namesOf('ticket types'),
    workTypes: await namesOf('charge types'),
    ...(labels && { clientFields: labels }),
  };
}
