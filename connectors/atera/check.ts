/** Everything that reading can prove, in the order in which a person would mend it. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { namesAlone } from '../http/rows.ts';
import { attemptsAt } from '../kit/checks.ts';
import { type Api, believeRow, idIn } from './api.ts';
import { compareZone, settleByReading } from './check-facts.ts';
import { type Contracts, nativeContracts } from './contracts.ts';
import { type FactId, factResult } from './facts.ts';
import { workTypes } from './mapping.ts';
import { contactOf } from './push-ticket.ts';
import { AccountWire, CustomerWire, FieldWire, TicketStanding } from './schema.ts';
import { isSameName } from './text.ts';

export const attempt = attemptsAt('Atera');

/** Read on every run, or for names. */
const lists = ['customers', 'tickets/noComments', 'workhours', 'contracts'];

const writtenFacts: FactId[] = ['ticket-title', 'action-id', 'ticket-times', 'note-audience'];

export async function checkConnection(
  api: Api,
  contracts: Contracts,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await attempt('auth', () => checkAccount(api, signal));
  if (auth.some(({ id, status }) => id === 'auth' && status === 'failed')) return auth;
  const results = [...auth];
  for (const list of lists) {
    const id = `permission.${list.replace(/\/.*/, '')}`;
    const look = async (): Promise<CheckResult[]> => {
      const { count } = await api.few({ path: `/${list}`, pageSize: 1 }, signal);
      return [{ id, status: 'ok', detail: `${count} are seen.` }];
    };
    results.push(...(await attempt(id, look)));
  }
  if (results.every(({ id, status }) => id === 'zone' || status !== 'failed')) {
    const work: [id: string, check: () => Promise<CheckResult[]>][] = [
      ['facts', () => settleByReading(api, clientIds, signal)],
      ['clients', () => checkClients(api, clientIds, signal)],
      ['closed-statuses', () => checkStatuses(api, signal)],
      ['technician', () => checkTechnician(api, signal)],
      ['native-contracts', () => nativeContracts(contracts, clientIds, signal)],
    ];
    for (const [id, check] of work) results.push(...(await attempt(id, check)));
  }
  results.push(...(await checkContacts(api, clientIds, signal)));
  for (const fact of writtenFacts) results.push(await factResult(api.context, fact));
  return results;
}

async function checkAccount(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const { CompanyName, TimeZoneName } = await api.get('/account', AccountWire, signal);
  const detail = `The key is that of ${CompanyName || 'an account without a name'}.`;
  return [
    { id: 'auth', status: 'ok', detail },
    ...(await compareZone(api, TimeZoneName || 'without a name')),
  ];
}

async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const seen = new Set<SourceId>();
  for await (const { rows } of api.pages({ path: '/customers' }, signal)) {
    for (const row of rows) seen.add(believeRow('/customers', row, CustomerWire).CustomerID);
  }
  const missing = clientIds.filter((id) => !seen.has(id));
  if (missing.length === 0) {
    return [{ id: 'clients', status: 'ok', detail: `All ${clientIds.length} clients are there.` }];
  }
  return missing.map((id) => ({
    id: `client.${id}`,
    status: 'failed',
    detail: `Atera shows no customer ${id}.`,
    fix: 'Correct the client’s id in the config: it is its CustomerID.',
  }));
}

/** Without any contact in the config nothing is pushed here, and nothing is missed. */
async function checkContacts(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  if (Object.keys(api.config.contacts).length === 0) return [];
  const results: CheckResult[] = [];
  for (const clientId of clientIds) {
    const id = `contact.${clientId}`;
    const look = async (): Promise<CheckResult[]> => {
      const contactId = await contactOf(api, clientId, signal);
      return [{ id, status: 'ok', detail: `Tickets are made for contact ${contactId}.` }];
    };
    results.push(...(await attempt(id, look)));
  }
  return results;
}

/** Atera has no list of statuses; a ticket in one proves its name. */
async function checkStatuses(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const status of api.config.closedStatuses) {
    const id = `name.closedStatuses.${status}`;
    const list = { path: '/tickets/noComments', query: { ticketStatus: status }, pageSize: 1 };
    const [row] = (await api.few(list, signal)).rows;
    const shown = row === undefined ? null : believeRow(list.path, row, TicketStanding);
    if (shown !== null && isSameName(shown.TicketStatus, status)) {
      results.push({ id, status: 'ok', detail: `There are tickets with status "${status}".` });
      continue;
    }
    const detail = `Atera shows no ticket with status "${status}".`;
    const fix = 'If tickets have it, correct its spelling in closedStatuses.';
    results.push({ id, status: 'warning', detail, fix });
  }
  return results;
}

const Technician = z.object({ TechnicianFullName: z.string().nullish() });

/** There is no list of technicians: those of the latest work hours are named. */
async function checkTechnician(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const id = 'technician';
  const wanted = String(api.config.technicianId ?? '');
  const seen = new Map<SourceId, string>();
  for (const row of (await api.few({ path: '/workhours' }, signal)).rows) {
    const technicianId = idIn(row, 'TechnicianContactID');
    const name = Technician.safeParse(row).data?.TechnicianFullName ?? '';
    if (technicianId !== null) seen.set(technicianId, name);
  }
  if (seen.has(wanted)) {
    return [{ id, status: 'ok', detail: `Notes are written by ${seen.get(wanted) || wanted}.` }];
  }
  const known = [...seen].map(([number, name]) => `${number} ${name}`.trim()).join(', ');
  const detail =
    wanted === ''
      ? 'No technicianId is set: no notes can be written.'
      : `Technician ${wanted} is seen in no recent work hours.`;
  const fix = `Seen are: ${known || 'none'}. Set one of them if notes go to this connection.`;
  return [{ id, status: 'warning', detail, fix }];
}

export async function listNames(
  api: Api,
  contracts: Contracts,
  signal: AbortSignal,
): Promise<NameLists> {
  const fields = await api.get('/customvalues/customfields', z.array(FieldWire), signal);
  const agreements = (await contracts.list(signal)).flatMap(({ ContractID, ContractName }) =>
    ContractName ? [{ sourceId: ContractID, name: ContractName }] : [],
  );
  return {
    ticketTypes: namesAlone(['Incident', 'Problem', 'Request', 'Change']),
    workTypes: namesAlone(Object.values(workTypes)),
    agreements,
    clientFields: fields.filter(({ Target }) => Target === 'Customer').map(({ Name }) => Name),
  };
}
