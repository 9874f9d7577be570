/** ConnectWise's lists, their conditions, look-ups of configured names, and finding our own records. */
import { z } from 'zod';
import type { ClientRow, ListedProduct, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { Id } from '../http/answers/wire.ts';
import { allRows, numericIds, readableRows } from '../kit/reading/lists.ts';
import type { NameSources } from '../kit/reading/names.ts';
import { splitIds } from '../kit/reading/split-ids.ts';
import { refuseOtherCurrency, type Sale } from '../kit/writing/sales.ts';
import type { KeySearch } from '../kit/writing/search.ts';
import type { List, Psa } from './call.ts';
import type { FactId } from './facts.ts';
import { fromCompany } from './mapping.ts';
import {
  CompanyWire,
  Flag,
  fieldsOf,
  InvoiceWire,
  MemberWire,
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
export function readRowsByIds<Wire>(
  psa: Psa,
  path: string,
  schema: z.ZodObject & z.ZodType<Wire>,
  idField: string,
  ids: readonly SourceId[],
): Promise<Wire[]> {
  const lists = listsOf(psa, { path, ...fieldsOf(schema) }, idField, ids);
  return allRows<Wire, List>(psa, lists, schema);
}

export async function listClients(psa: Psa): Promise<ClientRow[]> {
  const active = { ...readLists.Companies, conditions: 'deletedFlag=false' };
  return (await allRows(psa, active, CompanyWire)).map(fromCompany);
}

export function companyPath(clientId: SourceId): string {
  return `/company/companies/${companyNumbers([clientId])[0]}`;
}

/** How a record is found by its key, in `keyField`. `otherwise`: conditions that match it whatever its key. */
export function searchFor<Wire>(
  path: string,
  schema: z.ZodObject & z.ZodType<Wire>,
  keyField: string,
  key: string,
  fact: FactId,
  otherwise: string,
  isOurs: (wire: Wire) => boolean,
): KeySearch<List, Wire, FactId> {
  const list = { path, ...fieldsOf(schema) };
  const filteredBy = (keys: readonly string[]) => {
    return { ...list, conditions: keys.map((one) => isText(keyField, one)).join(' or ') };
  };
  const lists = { filtered: filteredBy([key]), unfiltered: { ...list, conditions: otherwise } };
  return { schema, isOurs, fact, ...lists, together: { key, filteredBy } };
}

const Named = z.object({ id: Id, name: z.string(), inactiveFlag: Flag, inactive: Flag });

/** Active ones. `field`: how inactive ones are marked. */
function named(path: string, field: 'inactiveFlag' | 'inactive' | null) {
  return async (psa: Psa, boardId: SourceId) => {
    const fields = ['id', 'name', field ?? []].flat().join(',');
    const rows = await allRows(psa, { path: path.replace('BOARD', boardId), fields }, Named);
    return rows.filter((row) => field === null || row[field] !== true);
  };
}

export const nameSources = {
  'service boards': named('/service/boards', 'inactiveFlag'),
  'ticket types': named('/service/boards/BOARD/types', 'inactiveFlag'),
  'ticket statuses': named('/service/boards/BOARD/statuses', 'inactive'),
  departments: named('/system/departments', null),
  'work types': named('/time/workTypes', null),
  'work roles': named('/time/workRoles', null),
} satisfies NameSources<Psa, string>;
export type NameKind = keyof typeof nameSources;

/** Inactive ones too: they have logged time. */
export async function readEmails(psa: Psa) {
  const members = { path: '/system/members', ...fieldsOf(MemberWire) };
  return (await readableRows(psa, members, MemberWire)).map(({ id, primaryEmail, officeEmail }) => {
    return { id, email: primaryEmail || officeEmail };
  });
}

const Product = z.object({ id: Id, identifier: Text, description: Text, inactiveFlag: Flag });

async function activeProducts(psa: Psa, conditions: string) {
  const list = { path: '/procurement/catalog', ...fieldsOf(Product), conditions };
  return (await allRows(psa, list, Product)).filter(({ inactiveFlag }) => inactiveFlag !== true);
}

export async function listProducts(psa: Psa): Promise<ListedProduct[]> {
  const products = await activeProducts(psa, 'inactiveFlag=false');
  return products.flatMap(({ identifier, description }) =>
    identifier ? [{ name: identifier, description: description ?? '' }] : [],
  );
}

/** The ID of an active product, the first if it is listed twice. There may be thousands: only this one is requested. */
export async function productNumber(psa: Psa, name: string): Promise<SourceId> {
  const products = await activeProducts(psa, isText('identifier', name));
  const product = products.find(({ identifier }) => identifier === name);
  if (product !== undefined) return product.id;
  throw new KindError('config', `ConnectWise has no active product called "${name}".`, {
    fix: 'Write the name as ConnectWise shows it, including case, or activate it there.',
  });
}

/** The ID of the sale's product, else of the configured one. */
export async function findProduct(psa: Psa, sale: Sale): Promise<SourceId> {
  const name = sale.product ?? psa.config.billing.product;
  if (name !== undefined) {
    return psa.recent.share(`product ${name}`, () => productNumber(psa, name));
  }
  throw new KindError('config', `The offer "${sale.offer}" has no product.`, {
    fix: 'Set the offer’s product, or billing.product of the connection.',
  });
}

const Billed = z.object({ id: Id, currency: z.object({ currencyCode: Text }).nullish() });

/** Reads the currencies of several clients for `refuseOtherBilling`. */
export async function readBilling(psa: Psa, sales: readonly Sale[]): Promise<void> {
  const atMs = psa.context.now();
  const ids = companyNumbers(sales.map(({ clientId }) => clientId));
  const rows = await readRowsByIds(psa, readLists.Companies.path, Billed, 'id', ids);
  for (const { key, clientId } of sales) {
    const row = rows.find(({ id }) => id === clientId);
    if (row !== undefined) psa.recent.keep(key, 'billing', row, atMs);
  }
}

/** Throws `config` if ConnectWise would bill the client in another currency than the offer's. */
export async function refuseOtherBilling(psa: Psa, sale: Sale): Promise<void> {
  const known = psa.recent.take<z.infer<typeof Billed>>(sale.key, 'billing');
  const { currency } =
    known?.value ?? (await psa.get(companyPath(sale.clientId), Billed, fieldsOf(Billed)));
  refuseOtherCurrency(sale, currency?.currencyCode ?? null);
}

// ── Conditions ──────────────────────────────────────────────────────────────────────────────────

/** `externalXRef="key"`. A value with a quote, a backslash or a percent sign is refused. */
function isText(field: string, value: string): string {
  if (/["\\%\p{Cc}]/u.test(value)) {
    throw new KindError('config', `"${value}" cannot be looked up in ConnectWise by ${field}.`, {
      fix: 'Use letters, digits and _ . : - only.',
    });
  }
  return `${field}="${value}"`;
}

/** `lastUpdated>=[2026-03-02T09:00:00Z]`, truncated to the second so that nothing is missed. */
export function changedSince(since: Instant, psa: Psa): string {
  return `lastUpdated>=${timestamp(since, psa)}`;
}

/** `timeStart>=[2026-03-02T09:00:00Z] and timeStart<[…]`, of timestamps in whole seconds. */
export function startedWithin(from: Instant, to: Instant, psa: Psa): string {
  return all(`timeStart>=${timestamp(from, psa)}`, `timeStart<${timestamp(to, psa)}`);
}

function timestamp(at: Instant, { config }: Psa): string {
  return `[${at.slice(0, 19)}${config.naiveDateTimes ? '' : 'Z'}]`;
}

/** `company/id in (31,32)`. */
export function isOneOf(field: string, ids: readonly string[]): string {
  return `${field} in (${ids.join(',')})`;
}

export function ofCompany(clientId: SourceId): string {
  return isOneOf('company/id', companyNumbers([clientId]));
}

function all(...conditions: readonly string[]): string {
  return conditions.join(' and ');
}

/** Company IDs go into conditions unquoted, so they must be numbers. */
export function companyNumbers(clientIds: readonly SourceId[]): SourceId[] {
  return numericIds('ConnectWise', clientIds);
}
