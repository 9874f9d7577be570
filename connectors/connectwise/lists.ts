/** ConnectWise's lists, names of the config in them, and how what was written is found again. */
import { z } from 'zod';
import type { ClientRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import { allRows, findRow } from '../kit/lists.ts';
import { refuseOtherCurrency, type Sale } from '../kit/sales.ts';
import type { List, Psa } from './call.ts';
import { all, companyNumbers, isOneOf, isText, splitIds } from './conditions.ts';
import { type FactId, facts } from './facts.ts';
import { fromCompany } from './mapping.ts';
import {
  CompanyWire,
  companyFields,
  invoiceFields,
  projectTicketFields,
  serviceTicketFields,
  timeEntryFields,
} from './schema.ts';

/** A list that is read on every run, and where its permission is given. */
export interface ReadList extends Pick<List, 'path' | 'fields'> {
  /** The field that holds the company's id, in conditions. */
  companyField: 'id' | 'company/id';
  noun: string;
  module: string;
}

export const readLists = {
  companies: {
    path: '/company/companies',
    fields: companyFields,
    companyField: 'id',
    noun: 'Companies',
    module: 'Companies > Company Maintenance',
  },
  'service-tickets': {
    path: '/service/tickets',
    fields: serviceTicketFields,
    companyField: 'company/id',
    noun: 'Service tickets',
    module: 'Service Desk > Service Tickets',
  },
  'project-tickets': {
    path: '/project/tickets',
    fields: projectTicketFields,
    companyField: 'company/id',
    noun: 'Project tickets',
    module: 'Project > Project Tickets',
  },
  time: {
    path: '/time/entries',
    fields: timeEntryFields,
    companyField: 'company/id',
    noun: 'Time entries',
    module: 'Time & Expense > Time Entry',
  },
  invoices: {
    path: '/finance/invoices',
    fields: invoiceFields,
    companyField: 'company/id',
    noun: 'Invoices',
    module: 'Finance > Invoicing',
  },
} as const satisfies Record<string, ReadList>;

/** All that a URL holds besides its host, conditions and fields, at its longest. */
const fixedUrl = '/v4_6_release/apis/3.0?conditions=&fields=&pageSize=1000&pageId=2147483647';

/** The rows of which `idField` is one of the ids, in as many lists as the length of a URL needs. */
export function listsOf(
  { config }: Psa,
  { path, fields }: Pick<List, 'path' | 'fields'>,
  idField: string,
  ids: readonly SourceId[],
  ...conditions: readonly string[]
): (List & { conditions: string; ids: readonly SourceId[] })[] {
  const query = encodeURIComponent(all(...conditions, isOneOf(idField, [])) + fields);
  const otherLength = config.baseUrl.length + fixedUrl.length + query.length + 20;
  return splitIds(ids, otherLength).map((part) => ({
    ...{ path, fields, ids: part },
    conditions: all(...conditions, isOneOf(idField, part)),
  }));
}

export async function rowsOf<Wire>(
  psa: Psa,
  lists: readonly List[],
  schema: z.ZodType<Wire>,
): Promise<Wire[]> {
  const rows: Wire[] = [];
  for (const list of lists) rows.push(...(await allRows(psa, list, schema)));
  return rows;
}

export async function listClients(psa: Psa): Promise<ClientRow[]> {
  const { path, fields } = readLists.companies;
  const active = { path, fields, conditions: 'deletedFlag=false' };
  return (await allRows(psa, active, CompanyWire)).map(fromCompany);
}

/** How a record that bears our key is found. A filter only shortens the list; rows are compared here. */
export interface Search<Wire> extends Pick<List, 'path' | 'fields'> {
  schema: z.ZodType<Wire>;
  /** The field that holds our key, as conditions name it. */
  keyField: string;
  key: string;
  /** Whether conditions on that field are known to work here. */
  fact: FactId;
  /** Conditions that hold for the wanted row whatever the service does with `keyField`. */
  otherwise: string;
  isWanted(wire: Wire): boolean;
}

/** The row with this key, or null. Until the filter is known to work, the list is read without it. */
export async function findByKey<Wire>(psa: Psa, search: Search<Wire>): Promise<Wire | null> {
  const isFiltered = (await facts.readFact(psa.context, search.fact)) === 'yes';
  return findWith(psa, search, isFiltered ? byKey(search) : search.otherwise);
}

/** After a write: does the filter find what is now surely there? Verifies the fact, once. */
export async function verifyFilter<Wire>(psa: Psa, search: Search<Wire>): Promise<void> {
  if ((await facts.readFact(psa.context, search.fact)) !== null) return;
  const isFound = async () => (await findWith(psa, search, byKey(search))) !== null;
  await facts.verifyKept(psa.context, search.fact, false, isFound);
}

function byKey({ keyField, key }: Pick<Search<unknown>, 'keyField' | 'key'>): string {
  return isText(keyField, key);
}

function findWith<Wire>(psa: Psa, search: Search<Wire>, conditions: string): Promise<Wire | null> {
  const { path, fields, schema, isWanted } = search;
  return findRow(psa, { path, fields, conditions }, schema, isWanted);
}

/** What a name may be of; types and statuses belong to a board. */
export type NameKind = 'board' | 'type' | 'status' | 'product' | 'department';

interface Directory {
  /** What people call it. */
  noun: string;
  path(boardId: SourceId): string;
  nameField?: 'identifier';
  /** The field that tells that it is out of use. */
  inactiveField?: 'inactiveFlag' | 'inactive';
  /** Long lists are asked for the one name only. */
  isLong?: true;
}

const directories: Readonly<Record<NameKind, Directory>> = {
  board: {
    noun: 'service board',
    path: () => '/service/boards',
    inactiveField: 'inactiveFlag',
  },
  type: {
    noun: 'ticket type',
    path: (boardId) => `/service/boards/${boardId}/types`,
    inactiveField: 'inactiveFlag',
  },
  status: {
    noun: 'ticket status',
    path: (boardId) => `/service/boards/${boardId}/statuses`,
    inactiveField: 'inactive',
  },
  department: { noun: 'department', path: () => '/system/departments' },
  product: {
    noun: 'product',
    path: () => '/procurement/catalog',
    nameField: 'identifier',
    inactiveField: 'inactiveFlag',
    isLong: true,
  },
};

const Named = z.object({
  id: Id,
  name: z.string().nullish(),
  identifier: z.string().nullish(),
  inactiveFlag: z.boolean().nullish(),
  inactive: z.boolean().nullish(),
});

/** The id, from memory where it is known. `boardId` for types and statuses. */
export async function idOfName(
  psa: Psa,
  kind: NameKind,
  name: string,
  boardId: SourceId = '',
): Promise<SourceId> {
  const remembered = await psa.context.memory.get(memoryKey(kind, name, boardId));
  return remembered ?? lookUpName(psa, kind, name, boardId);
}

/** The id, asked for now and remembered; throws `config` when there is none, or it is out of use. */
export async function lookUpName(
  psa: Psa,
  kind: NameKind,
  name: string,
  boardId: SourceId = '',
): Promise<SourceId> {
  const { memory } = psa.context;
  const { noun, path, nameField = 'name', inactiveField, isLong } = directories[kind];
  const fields = ['id', nameField, ...(inactiveField === undefined ? [] : [inactiveField])];
  const filter = isLong ? { conditions: isText(nameField, name) } : {};
  const list = { path: path(boardId), fields: fields.join(','), ...filter };
  const rows = await allRows(psa, list, Named);
  const found = rows.find((row) => row[nameField] === name);
  const key = memoryKey(kind, name, boardId);
  if (found === undefined) {
    await memory.delete(key);
    const others = rows.map((row) => row[nameField]).slice(0, 20);
    const known = others.length === 0 ? ', capitals included' : `. There are: ${others.join(', ')}`;
    throw new KindError('config', `ConnectWise has no ${noun} called "${name}".`, {
      fix: `Write the name as ConnectWise shows it${known}.`,
    });
  }
  if (inactiveField !== undefined && found[inactiveField] === true) {
    await memory.delete(key);
    throw new KindError('config', `The ${noun} "${name}" is out of use in ConnectWise.`, {
      fix: 'Activate it there, or name another one.',
    });
  }
  await memory.set(key, found.id);
  return found.id;
}

/** The id of the product that the sale (else the config) names. */
export async function productOf(psa: Psa, sale: Sale): Promise<SourceId> {
  const name = sale.product ?? psa.config.billing.product;
  if (name !== undefined) return idOfName(psa, 'product', name);
  throw new KindError('config', `The offer "${sale.offer}" names no product to sell.`, {
    fix: 'Name one as the offer’s product, or as billing.product of the connection.',
  });
}

const Billed = z.object({ currency: z.object({ currencyCode: z.string().nullish() }).nullish() });

/** Throws `config` when ConnectWise would bill the client in another currency than the offer's. */
export async function refuseOtherBilling(psa: Psa, sale: Sale): Promise<void> {
  const { currency } = await psa.get(companyPath(sale.clientId), Billed, { fields: 'id,currency' });
  refuseOtherCurrency(sale, currency?.currencyCode ?? null);
}

export function companyPath(clientId: SourceId): string {
  return `/company/companies/${companyNumbers([clientId])[0]}`;
}

function memoryKey(kind: NameKind, name: string, boardId: SourceId): string {
  return `name.${kind}:${boardId}:${name}`;
}
