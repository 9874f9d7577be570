/** What `check` verifies by reading. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { namesAlone } from '../http/answers/rows.ts';
import {
  checkClients,
  listProofs,
  okResult,
  type Proof,
  runChecks,
} from '../kit/checking/checks.ts';
import { allRows, believeRows, firstPage } from '../kit/reading/lists.ts';
import { type Atera, idIn } from './call.ts';
import { isSameName } from './config.ts';
import { type FactId, facts } from './facts.ts';
import { customerList } from './lists.ts';
import { workTypes } from './mapping.ts';
import { findContact } from './push.ts';
import {
  AccountWire,
  type ContractWire,
  CustomerWire,
  FieldWire,
  TicketStanding,
} from './schema.ts';
import { compareZone, verifyByReading } from './verify.ts';

const writtenFacts: FactId[] = ['ticket-title', 'action-id', 'ticket-times', 'note-audience'];

export function checkConnection(
  atera: Atera,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const { context, config } = atera;
  let zone: CheckResult[] = [];
  const signIn = async (): Promise<string> => {
    const { CompanyName, TimeZoneName } = await atera.get('/account', AccountWire);
    zone = await compareZone(atera, TimeZoneName || 'without a name');
    return `The key is that of ${CompanyName || 'an account without a name'}.`;
  };
  // Without any configured contact nothing is pushed here, so none is needed.
  const contacts = Object.keys(config.contacts).length === 0 ? [] : clientIds;
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
    native: ['native-contracts', () => nativeContracts(atera, clientIds)],
    known: () => Promise.all(writtenFacts.map((id) => facts.factResult(context, id))),
  });
}

async function checkCustomers(
  atera: Atera,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const customers = await allRows(atera, { path: customerList.path }, CustomerWire);
  const seen = new Set(customers.map(({ CustomerID }) => CustomerID));
  return checkClients('Atera', clientIds, async (id) => {
    if (seen.has(id)) return null;
    const fix = 'Correct the client’s ID in the config: it is its CustomerID.';
    return { detail: `Atera shows no customer ${id}.`, fix };
  });
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
    results.push({ id, status: 'warning', detail, fix });
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
  return [{ id, status: 'warning', detail, fix }];
}

/** Atera draws such contracts down when it bills, and does not show what is left of them. */
async function nativeContracts(
  atera: Atera,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const blocks = (await atera.contracts.list(atera)).filter(
    ({ Active, ContractType, CustomerID }) =>
      Active &&
      clientIds.includes(CustomerID) &&
      (ContractType === 'BlockHours' || ContractType === 'BlockMoney'),
  );
  if (blocks.length === 0) {
    const detail = 'No configured client has an active contract of block hours or block money.';
    return [okResult('native-contracts', detail)];
  }
  return blocks.map((contract) => {
    const { ContractID, ContractName, CustomerID, CustomerName } = contract;
    return {
      id: `native-contract.${ContractID}`,
      status: 'warning',
      detail: `${CustomerName || `Customer ${CustomerID}`} has an active contract "${ContractName || ContractID}" of ${sizeOf(contract)}: two systems would debit the same hour. Atera does not show how much of it is used.`,
      fix: 'Look up its remaining hours in Atera, enter them as an opening block and end it, or leave the client out.',
    };
  });
}

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
