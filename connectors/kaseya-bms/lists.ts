/** The lists and look-ups of BMS. */
import { z } from 'zod';
import type { ClientRow, ListedName, NameLists, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { requireSettings } from '../kit/call.ts';
import { allRows, firstPage, parseAll, readableRows } from '../kit/reading/lists.ts';
import { onlyOne } from '../kit/reading/names.ts';
import type { Bms, List } from './call.ts';
import {
  AccountWire,
  ContractWire,
  EmployeeWire,
  FieldWire,
  NamedWire,
  ProductWire,
  resultOf,
  TicketWire,
  UserWire,
} from './schema.ts';

export const lists = {
  tickets: { path: '/v2/servicedesk/tickets', query: { 'Filter.ExcludeCompleted': 0 } },
  time: { path: '/v2/timelogs', query: {} },
  invoices: { path: '/v2/finance/invoices/summary', query: {}, isUncounted: true },
  contracts: { path: '/v2/finance/contracts/summary', query: {} },
} as const satisfies Record<string, List>;

export type Listed = keyof typeof lists;

/** With extra parameters. */
export function listOf(name: Listed, query: List['query'] = {}): List {
  return { ...lists[name], query: { ...lists[name].query, ...query } };
}

/** Inactive ones too. */
export const accountList = {
  path: '/v2/crm/accounts/lookup',
  query: { 'Filter.WithInactiveAccounts': true },
  isUncounted: true,
} as const satisfies List;

export function fromAccount({ id, name }: AccountWire): ClientRow {
  return { sourceId: id, name };
}

export async function listClients(bms: Bms): Promise<ClientRow[]> {
  return (await readableRows(bms, accountList, AccountWire)).map(fromAccount);
}

/** Contracts of these clients. */
export async function readContracts(bms: Bms, clientIds: readonly SourceId[]) {
  const ours = (await listClients(bms)).filter(({ sourceId }) => clientIds.includes(sourceId));
  const names = new Set(ours.map(({ name }) => name));
  const contracts = await readableRows(bms, lists.contracts, ContractWire);
  return contracts.filter(({ accountname }) => names.has(accountname ?? ''));
}

export function readUser(bms: Bms) {
  return bms.get('/v2/security/userinfo', resultOf(UserWire));
}

/** Whether the IDs in time logs are theirs is not documented, so their names are compared too. */
export async function readEmails(bms: Bms) {
  const employees = { path: '/v2/hr/employees/searchselect', isUncounted: true } as const;
  const rows = await readableRows(bms, employees, EmployeeWire);
  return rows.map(({ id, firstname, lastname, emailaddress: email }) => {
    return { id, name: `${firstname} ${lastname}`, email };
  });
}

const lookUps = {
  queue: '/v2/system/queues/lookup',
  status: '/v2/system/statuses/lookup',
  priority: '/v2/system/priorities/lookup',
  'work type': '/v2/system/worktypes/lookup',
  role: '/v2/system/roles/lookup',
} as const;
export type NameKind = keyof typeof lookUps;

/** A look-up list has no pages. */
function readNamed(bms: Bms, path: string) {
  return bms.get(path, resultOf(z.array(NamedWire)));
}

/** Throws `config` unless exactly one active entry has this name. */
export async function findNumber(bms: Bms, kind: NameKind, name: string): Promise<number> {
  const list = await readNamed(bms, lookUps[kind]);
  const named = list.filter((entry) => entry.name === name && entry.isactive !== false);
  const known = list.map((entry) => entry.name ?? '').join(', ');
  const fix = `Write one name as BMS shows it: ${known}.`;
  return onlyOne(named, 'BMS', `active ${kind} called "${name}"`, fix).id;
}

/** BMS does not list ticket types or sources: both numbers are taken from a ticket of the type. */
export async function findTicketType(bms: Bms, name: string) {
  // First page only: with an ignored filter, this would read every ticket.
  const { rows } = await firstPage(bms, listOf('tickets', { 'Filter.TicketTypeNames': name }));
  const shown = parseAll(rows, TicketWire).find(
    ({ typename, typeid, sourceid }) => typename === name && typeid != null && sourceid != null,
  );
  if (shown !== undefined) {
    return { typeId: Number(shown.typeid), sourceId: Number(shown.sourceid) };
  }
  throw new KindError('config', `BMS shows no ticket of the type "${name}".`, {
    fix: 'Write the type’s name as BMS shows it, and create one ticket of this type by hand.',
  });
}

export async function findLocation(bms: Bms, accountId: SourceId): Promise<number> {
  const locations = await readNamed(bms, `/v2/crm/accounts/${accountId}/locations/lookup`);
  const location = locations.find(({ ismain }) => ismain === true) ?? locations[0];
  if (location !== undefined) return location.id;
  throw new KindError('config', `Account ${accountId} has no location, which tickets need.`, {
    fix: 'Add one to the account in BMS.',
  });
}

const productsPath = '/v2/inventory/products/searchselect';

export async function listProducts(bms: Bms) {
  const products = await allRows(bms, { path: productsPath }, ProductWire);
  return products.flatMap(({ productname }) => (productname ? [{ name: productname }] : []));
}

/** A product is listed once per stock location. */
export async function findProduct(bms: Bms, name: string): Promise<number> {
  const list = { path: productsPath, query: { 'Filter.ProductName': name } };
  const products = await allRows(bms, list, ProductWire);
  const named = products.filter(({ productname }) => productname === name);
  const ids = new Set(named.map(({ productindexid }) => productindexid));
  const fix = 'Write one name as BMS shows it.';
  return onlyOne([...ids], 'BMS', `active product called "${name}"`, fix);
}

/** `/22/7`: of the module of accounts. */
export function fieldsPath({ config }: Bms, kind: '' | '/data' = ''): string {
  const { moduleId } = requireSettings('BMS', 'balance', config.balance, '{ moduleId: NUMBER }');
  return `/v2/system/customFields${kind}/${moduleId}`;
}

export async function readFieldNames(bms: Bms): Promise<string[]> {
  const Fields = resultOf(z.array(FieldWire.pick({ name: true })));
  return (await bms.get(fieldsPath(bms), Fields)).flatMap(({ name }) => name ?? []);
}

/** Names that the config may use, for `check` to compare. */
export async function listNames(bms: Bms, clientIds: readonly SourceId[]): Promise<NameLists> {
  const namesOf = async (kind: NameKind): Promise<ListedName[]> =>
    (await readNamed(bms, lookUps[kind])).flatMap(({ id, name }) => listed(id, name));
  const fields = bms.config.balance === undefined ? null : await readFieldNames(bms);
  const contracts = clientIds.length === 0 ? null : await readContracts(bms, clientIds);
  const agreements = contracts?.flatMap(({ id, contractname }) => listed(id, contractname));
  return {
    boards: await namesOf('queue'),
    workTypes: await namesOf('work type'),
    roles: await namesOf('role'),
    ...(agreements && { agreements }),
    ...(fields && { clientFields: fields }),
  };
}

function listed(id: number | string, name: string | null | undefined): ListedName[] {
  return name ? [{ sourceId: String(id), name }] : [];
}
