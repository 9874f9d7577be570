/** What `check` verifies by reading. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { namesAlone } from '../http/answers/rows.ts';
import {
  checkListed,
  listProofs,
  nativeContracts,
  okResult,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { believeRows, firstPage } from '../kit/reading/lists.ts';
import { type Atera, idIn } from './call.ts';
import { isSameName } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { workTypes } from './mapping.ts';
import { findContact } from './push.ts';
import { AccountWire, type ContractWire, FieldWire, TicketStanding } from './schema.ts';
import { compareZone, verifyByReading } from './verify.ts';

export function checkConnection(atera: Atera, clientIds: readonly SourceId[]) {
  let zone: CheckResult[] = [];
  const signIn = async (): Promise<string> => {
    const { CompanyName, TimeZoneName } = await atera.get('/account', AccountWire);
    zone = await compareZone(atera, TimeZoneName || 'without a name');
    return `The key is that of ${CompanyName || 'an account without a name'}.`;
  };
  // Without any configured contact nothing is pushed here, so none is needed.
  const contacts = Object.keys(atera.config.contacts).length === 0 ? [] : clientIds;
  return runChecks('Atera', {
    credentials: ['auth', signIn],
    lists: listProofs(atera, {
      customers: { path: '/customers', pageSize: 1 },
      tickets: { path: '/tickets/noComments', pageSize: 1 },
      workhours: { path: '/workhours', pageSize: 1 },
      contracts: { path: '/contracts', pageSize: 1 },
    }),
    clients: ['clients', () => checkCustomers(atera, clientIds)],
    facts: [
      ['facts', () => verifyByReading(atera, clientIds)],
      ['closed-statuses', () => checkStatuses(atera)],
      ['technician', () => checkTechnician(atera)],
    ],
    names: [
      ['zone', async () => zone],
      ...contacts.map((clientId): Proof => {
        const prove = async () =>
          `Tickets are made for contact ${await findContact(atera, clientId)}.`;
        return [`contact.${clientId}`, prove];
      }),
    ],
    native: ['native-contracts', () => checkContracts(atera, clientIds)],
    known: () => facts.factResults(atera.context),
  });
}

async function checkCustomers(atera: Atera, clientIds: readonly SourceId[]) {
  const customers = await listClients(atera);
  const shown = new Map(customers.map(({ sourceId }) => [sourceId, true]));
  return checkListed('Atera', 'customer', clientIds, shown);
}

/** Atera does not list statuses; a ticket in one proves that it exists. */
async function checkStatuses(atera: Atera): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const status of atera.config.closedStatuses) {
    const id = `name.closedStatuses.${status}`;
    const list = { path: '/tickets/noComments', query: { ticketStatus: status }, pageSize: 1 };
    const { rows } = await firstPage(atera, list);
    const [shown] = believeRows(list, rows.slice(0, 1), TicketStanding);
    if (shown !== undefined && isSameName(shown.TicketStatus, status)) {
      results.push(okResult(id, `There are tickets with status "${status}".`));
      continue;
    }
    const detail = `Atera shows no ticket with status "${status}".`;
    const fix = 'If tickets have it, correct its spelling in closedStatuses.';
    results.push(warningResult(id, detail, fix));
  }
  return results;
}

const Technician = z.object({ TechnicianFullName: z.string().nullish() });

/** There is no list of technicians: those of the latest work hours are shown. */
async function checkTechnician(atera: Atera): Promise<CheckResult[]> {
  const id = 'technician';
  const wanted = String(atera.config.technicianId ?? '');
  const seen = new Map<SourceId, string>();
  for (const row of (await firstPage(atera, { path: '/workhours' })).rows) {
    const technicianId = idIn(row, 'TechnicianContactID');
    const name = Technician.safeParse(row).data?.TechnicianFullName ?? '';
    if (technicianId !== null) seen.set(technicianId, name);
  }
  if (seen.has(wanted)) {
    return [okResult(id, `Notes are written by ${seen.get(wanted) || wanted}.`)];
  }
  const known = [...seen].map(([number, name]) => `${number} ${name}`.trim()).join(', ');
  const detail =
    wanted === ''
      ? 'No technicianId is set: no notes can be written.'
      : `Technician ${wanted} has no recent work hours.`;
  const fix = `Found: ${known || 'none'}. Set one of them if notes go to this connection.`;
  return [warningResult(id, detail, fix)];
}

/** Atera draws such contracts down when it bills, and does not show what is left of them. */
async function checkContracts(atera: Atera, clientIds: readonly SourceId[]) {
  const blocks = (await atera.contracts.list(atera)).filter(
    ({ Active, ContractType, CustomerID }) =>
      Active && clientIds.includes(CustomerID) && /^Block(?:Hours|Money)$/.test(ContractType),
  );
  const found = blocks.map((contract) => {
    const { ContractID: id, ContractName, CustomerID, CustomerName } = contract;
    const owner = CustomerName || `Customer ${CustomerID}`;
    const what = `${owner} has an active contract "${ContractName || id}" of ${sizeOf(contract)}`;
    return { id, what };
  });
  return nativeContracts(found, endContract);
}

const endContract =
  'Look up its remaining hours in Atera, enter them as an opening block and end it, or leave the client out.';

function sizeOf({ ContractType, BlockHoursContract, BlockMoneyContract }: ContractWire): string {
  const isHours = ContractType === 'BlockHours';
  const size = isHours ? BlockHoursContract?.HoursIncluded : BlockMoneyContract?.Amount;
  return `${size ?? 'an unknown number of'} ${isHours ? 'hours' : 'in money'}`;
}

export async function listNames(atera: Atera): Promise<NameLists> {
  const fields = await atera.get('/customvalues/customfields', z.array(FieldWire));
  const contracts = await atera.contracts.list(atera);
  return {
    ticketTypes: namesAlone(['Incident', 'Problem', 'Request', 'Change']),
    workTypes: namesAlone(Object.values(workTypes)),
    agreements: contracts.flatMap(({ ContractID, ContractName }) =>
      ContractName ? [{ sourceId: ContractID, name: ContractName }] : [],
    ),
    clientFields: fields.filter(({ Target }) => Target === 'Customer').map(({ Name }) => Name),
  };
}
