/** ConnectWise's lists, look-ups of configured names, and finding our own records. */
import { z } from 'zod';
import type { ClientRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/answers/wire.ts';
import { allRows, findRow } from '../kit/reading/lists.ts';
import { refuseOtherCurrency, type Sale } from '../kit/writing/sales.ts';
import type { List, Psa } from './call.ts';
import { all, companyNumbers, isOneOf, isText, splitIds } from './conditions.ts';
import { type FactId, facts } from './facts.ts';
import { fromCompany } from './mapping.ts';
import {
  CompanyWire,
  Flag,
  fieldsOf,
  InvoiceWire,
  ProjectTicketWire,
  Text,
  TicketWire,
  TimeEntryWire,
} from './schema.ts';

export interface ReadList extends List {
  /** The field with the company's ID, for conditions. */
  companyField: 'id' | 'company/id';
  /** Where to grant its permission. */
  module: string;
}

/** The lists that are read on every run. */
export const readLists = {
  Companies: readList('/company/companies', CompanyWire, 'Companies > Company Maintenance'),
  'Service tickets': readList('/service/tickets', TicketWire, 'Service Desk > Service Tickets'),
  'Project tickets': readList('/project/tickets', ProjectTicketWire, 'Project > Project Tickets'),
  Time: readList('/time/entries', TimeEntryWire, 'Time & Expense > Time Entry'),
  Invoices: readList('/finance/invoices', InvoiceWire, 'Finance > Invoicing'),
};

function readList(path: string, schema: z.ZodObject, module: string): ReadList {
  const companyField = schema === CompanyWire ? 'id' : 'company/id';
  return { path, ...fieldsOf(schema), module, companyField };
}

/** Maximum length of a URL without its host, conditions and fields. */
const fixedUrl = '/v4_6_release/apis/3.0?conditions=&fields=&pageSize=1000&pageId=2147483647';

/** The rows whose `idField` is one of the IDs, split into lists by URL length. */
export function listsOf(
  { config }: Psa,
  { path, fields }: List,
  idField: string,
  ids: readonly SourceId[],
  ...more: readonly string[]
): (List & { conditions: string; ids: readonly SourceId[] })[] {
  const conditionsOf = (part: readonly SourceId[]) => all(...more, isOneOf(idField, part));
  const query = encodeURIComponent(conditionsOf([]) + fields);
  const otherLength = config.baseUrl.length + fixedUrl.length + query.length + 20;
  return splitIds(ids, otherLength).map((part) => {
    return { path, fields, ids: part, conditions: conditionsOf(part) };
  });
}

/** All rows whose `idField` is one of the IDs. */
export async function readRowsByIds<Wire>(
  psa: Psa,
  path: string,
  schema: z.ZodObject & z.ZodType<Wire>,
  idField: string,
  ids: readonly SourceId[],
): Promise<Wire[]> {
  const rows: Wire[] = [];
  for (const list of listsOf(psa, { path, ...fieldsOf(schema) }, idField, ids)) {
    rows.push(...(await allRows(psa, list, schema)));
  }
  return rows;
}

export async function listClients(psa: Psa): Promise<ClientRow[]> {
  const active = { ...readLists.Companies, conditions: 'deletedFlag=false' };
  return (await allRows(psa, active, CompanyWire)).map(fromCompany);
}

export function companyPath(clientId: SourceId): string {
  return `/company/companies/${companyNumbers([clientId])[0]}`;
}

/** How a record with our key is found. A filter only shortens the list; rows are compared here. */
export interface Search<Wire> {
  path: string;
  schema: z.ZodObject & z.ZodType<Wire>;
  /** The field with our key, as in conditions, and the fact that they work on it. */
  keyField: string;
  fact: FactId;
  key: string;
  /** Conditions that match the wanted row regardless of `keyField`. */
  otherwise: string;
  isWanted(wire: Wire): boolean;
}

/** The row with this key, or null. Until the filter is verified, the list is read without it. */
export async function findByKey<Wire>(psa: Psa, search: Search<Wire>): Promise<Wire | null> {
  return findWith(psa, search, (await facts.readFact(psa.context, search.fact)) === 'yes');
}

/** After a write: does the filter find the new record? Verifies the fact, once. */
export async function verifyFilter<Wire>(psa: Psa, search: Search<Wire>): Promise<void> {
  if ((await facts.readFact(psa.context, search.fact)) !== null) return;
  const isFound = async () => (await findWith(psa, search, true)) !== null;
  await facts.verifyKept(psa.context, search.fact, false, isFound);
}

function findWith<Wire>(psa: Psa, search: Search<Wire>, isByKey: boolean): Promise<Wire | null> {
  const { path, schema, keyField, key, otherwise, isWanted } = search;
  const conditions = isByKey ? isText(keyField, key) : otherwise;
  return findRow(psa, { path, ...fieldsOf(schema), conditions }, schema, isWanted);
}

/** Kinds of configured names, with their list and the field that marks inactive ones. */
const directories = {
  board: ['service board', '/service/boards', 'inactiveFlag'],
  type: ['ticket type', '/service/boards/BOARD/types', 'inactiveFlag'],
  status: ['ticket status', '/service/boards/BOARD/statuses', 'inactive'],
  department: ['department', '/system/departments', null],
  product: ['product', '/procurement/catalog', 'inactiveFlag'],
} as const;
export type NameKind = keyof typeof directories;

const Named = z.object({
  id: Id,
  name: Text,
  identifier: Text,
  inactiveFlag: Flag,
  inactive: Flag,
});

/** The ID, from memory if known. `boardId` for types and statuses. */
export async function idOfName(
  psa: Psa,
  kind: NameKind,
  name: string,
  boardId: SourceId = '',
): Promise<SourceId> {
  const remembered = await psa.context.memory.get(memoryKey(kind, name, boardId));
  return remembered ?? lookUpName(psa, kind, name, boardId);
}

/** The ID, requested now and remembered; throws `config` if there is none, or it is inactive. */
export async function lookUpName(
  psa: Psa,
  kind: NameKind,
  name: string,
  boardId: SourceId = '',
): Promise<SourceId> {
  const { memory } = psa.context;
  const [noun, path, inactiveField] = directories[kind];
  // There may be thousands of products: only this one is requested.
  const nameField = kind === 'product' ? 'identifier' : 'name';
  const filter = kind === 'product' ? { conditions: isText(nameField, name) } : {};
  const fields = ['id', nameField, inactiveField ?? []].flat().join(',');
  const list = { path: path.replace('BOARD', boardId), fields, ...filter };
  const rows = await allRows(psa, list, Named);
  const found = rows.find((row) => row[nameField] === name);
  const isInactive = inactiveField !== null && found?.[inactiveField] === true;
  if (found !== undefined && !isInactive) {
    await memory.set(memoryKey(kind, name, boardId), found.id);
    return found.id;
  }
  await memory.delete(memoryKey(kind, name, boardId));
  if (isInactive) {
    throw new KindError('config', `The ${noun} "${name}" is inactive in ConnectWise.`, {
      fix: 'Activate it there, or use another one.',
    });
  }
  const others = rows.map((row) => row[nameField]).slice(0, 20);
  const known = others.length === 0 ? ', including case' : `. Available: ${others.join(', ')}`;
  throw new KindError('config', `ConnectWise has no ${noun} called "${name}".`, {
    fix: `Write the name as ConnectWise shows it${known}.`,
  });
}

function memoryKey(kind: NameKind, name: string, boardId: SourceId): string {
  return `name.${kind}:${boardId}:${name}`;
}

/** The ID of the sale's product, else of the configured one. */
export async function findProduct(psa: Psa, sale: Sale): Promise<SourceId> {
  const name = sale.product ?? psa.config.billing.product;
  if (name !== undefined) return idOfName(psa, 'product', name);
  throw new KindError('config', `The offer "${sale.offer}" has no product.`, {
    fix: 'Set the offer’s product, or billing.product of the connection.',
  });
}

const Billed = z.object({ id: Id, currency: z.object({ currencyCode: Text }).nullish() });

/** Throws `config` if ConnectWise would bill the client in another currency than the offer's. */
export async function refuseOtherBilling(psa: Psa, sale: Sale): Promise<void> {
  const { currency } = await psa.get(companyPath(sale.clientId), Billed, fieldsOf(Billed));
  refuseOtherCurrency(sale, currency?.currencyCode ?? null);
}
