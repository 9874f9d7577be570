/** Look-ups: names by ID, requested once and cached; whether anything is visible; contracts. */
import { z } from 'zod';
import type { InvoiceRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { allRows, firstPage } from '../kit/reading/lists.ts';
import { lookUpNames, type NamedRow, type NameSources } from '../kit/reading/names.ts';
import { resumableLists } from '../kit/reading/positions.ts';
import { type Autotask, companyNumbers, type List, listOf, readRows, where } from './call.ts';
import { fromCompany } from './mapping.ts';
import { CompanyWire, ContractWire, FieldInfo } from './schema.ts';

/** A charge of ours that was billed, with its key. */
export type BilledSale = Pick<InvoiceRow, 'saleId' | 'netMinor'> & { reference: string };

export function createCache() {
  const owners = () => new Map<SourceId, SourceId | null>();
  return {
    /** Companies of tickets and projects, projects of tasks; null: it has none. */
    owners: { Tickets: owners(), Tasks: owners(), Projects: owners() },
    /** Keeps billed items as they were billed, until billing is finished. */
    salesOfInvoice: new Map<SourceId, readonly BilledSale[]>(),
    /** The last sweep: its request, its filter, and how many of its rows were not requested. */
    sweep: { of: '', filter: [] as List['filter'], others: 0 },
  };
}

const Fields = z.object({ fields: z.array(FieldInfo) });

/** All values, active ones first: rows may show others, and the config means an active one. */
function picklist(path: string, field: string) {
  return async (api: Autotask): Promise<NamedRow[]> => {
    const read = () => api.get(`/${path}/entityInformation/fields`, Fields);
    const { fields } = await api.recent.share(`fields of ${path}`, read);
    const found = fields.find(({ name }) => name.toLowerCase() === field.toLowerCase());
    if (found === undefined) {
      const fix = 'The API may have changed its version, or hides fields from this API user.';
      throw new KindError('contract', `${path} in Autotask have no field ${field}.`, { fix });
    }
    return (found.picklistValues ?? [])
      .toSorted((a, b) => Number(a.isActive === false) - Number(b.isActive === false))
      .map(({ value, label }) => ({ id: value, name: label }));
  };
}

/** All records of a short list, since inactive ones have logged time. `fields`: what makes up the name, and the e-mail. */
function namesFrom(path: string, ...fields: readonly string[]) {
  const Named = z.object({ id: Id, ...optional(z.string(), ...fields) });
  return async (api: Autotask): Promise<NamedRow[]> => {
    const rows = await allRows(api, listOf(path, Named, where.everything), Named);
    // Rules by name must not silently stop because the permission to see names was lost.
    await proveVisible(api, path, rows.length > 0);
    return rows.map(({ id, ...texts }) => {
      const { email, ...names } = texts as Record<string, string | null | undefined>;
      const name = Object.values(names).filter(Boolean).join(' ') || unlistedName(id);
      return { id, email, name };
    });
  };
}

export const nameSources = {
  queues: picklist('Tickets', 'queueID'),
  priorities: picklist('Tickets', 'priority'),
  'ticket types': picklist('Tickets', 'ticketType'),
  'ticket statuses': picklist('Tickets', 'status'),
  'ticket sources': picklist('Tickets', 'source'),
  'note types': picklist('TicketNotes', 'noteType'),
  'publish levels': picklist('TicketNotes', 'publish'),
  'contract types': picklist('Contracts', 'contractType'),
  'contract statuses': picklist('Contracts', 'status'),
  'charge types': picklist('ContractCharges', 'chargeType'),
  'block statuses': picklist('ContractBlocks', 'status'),
  'billing codes': namesFrom('BillingCodes', 'name'),
  roles: namesFrom('Roles', 'name'),
  resources: namesFrom('Resources', 'firstName', 'lastName', 'email'),
} satisfies NameSources<Autotask, string>;
export type NameKind = keyof typeof nameSources;

/** The value for a configured label. */
export async function findValue(api: Autotask, kind: NameKind, label: string): Promise<number> {
  return Number(await api.names.idOf(api, kind, label));
}

/** Contracts are too many to list: only these. */
function readContractNames(api: Autotask, ids: readonly SourceId[]) {
  return lookUpNames(api, 'Contracts', ids, async (unknown) => {
    const Named = z.object({ id: Id, ...optional(z.string(), 'contractName') });
    const rows = await readRows(api, 'Contracts', Named, 'id', unknown);
    await proveVisible(api, 'Contracts', rows.length === unknown.length);
    return new Map(rows.map(({ id, contractName }) => [id, contractName || unlistedName(id)]));
  });
}

type IdsIn<Field extends string> = { [field in Field]?: SourceId | null | undefined };

/** The ID in a field of a row, with its name; null: there is none. */
export type NameIn<Field extends string> = (row: IdsIn<Field>, field: Field) => NamedRow | null;

/** The names for these fields of the rows, from picklists or from short records. */
export async function readNames<Field extends string>(
  api: Autotask,
  rows: readonly IdsIn<NoInfer<Field>>[],
  sources: Readonly<Record<Field, NameKind | 'contracts'>>,
): Promise<NameIn<Field>> {
  const names = new Map<Field, ReadonlyMap<SourceId, NamedRow>>();
  for (const field of Object.keys(sources) as Field[]) {
    const ids = [...new Set(rows.flatMap((row) => row[field] ?? []))];
    const source = sources[field];
    const read =
      source === 'contracts' ? readContractNames(api, ids) : api.names.byId(api, source, ids);
    names.set(field, await read);
  }
  return (row, field) => {
    const id = row[field] ?? null;
    return id && (names.get(field)?.get(id) ?? { id, name: unlistedName(id) });
  };
}

/** User-defined fields, filled in or not. */
export async function companyFieldNames(api: Autotask) {
  return (await api.get('/Companies/entityInformation/userDefinedFields', Fields)).fields;
}

export async function listClients(api: Autotask) {
  const list = listOf('Companies', CompanyWire, where.equals('isActive', true));
  return (await allRows(api, list, CompanyWire)).map(fromCompany);
}

/** Whether this API user sees any such row at all. */
export async function isAnyVisible(api: Autotask, path: string, filter = where.everything) {
  const list = { path, filter: [filter], fields: ['id'], pageSize: 1 };
  return (await firstPage(api, list)).rows.length > 0;
}

/** Every tenant has some of these. */
const everywhere = ['Companies', 'Tickets', 'TimeEntries'];

/**
 * Autotask returns an empty list to a user without permission. Of what every tenant has, or what there was once, none at
 * all is a lost permission and not "no data".
 */
async function proveVisible(api: Autotask, path: string, isSeen: boolean): Promise<void> {
  const { memory } = api.context;
  const key = `seen.${path}`;
  const isKnown = everywhere.includes(path) || (await memory.get(key)) !== null;
  if (isSeen || (await isAnyVisible(api, path)))
    return isKnown ? undefined : memory.set(key, 'yes');
  if (!isKnown) return;
  throw new KindError('permission', `Autotask shows this API user no ${path} at all.`, {
    fix: `Let the API user’s security level see ${path}; Autotask returns an empty list instead of an error.`,
  });
}

/** All pages of an entity's lists, each with the position from which a later pass resumes. */
export async function* streamPages(api: Autotask, lists: readonly List[], resume: string | null) {
  let isSeen = false;
  const read = (list: List, afterId: string | null) => api.pages({ ...list, afterId });
  for await (const page of resumableLists(lists, resume, read)) {
    isSeen ||= page.rows.length > 0;
    yield page;
  }
  for (const { path } of lists.slice(0, 1)) await proveVisible(api, path, isSeen);
}

export type Contract = Awaited<ReturnType<typeof readContracts>>[number];

/** All contracts of the companies, including ended ones. `type`: `Block Hours`, as the picklist shows it. */
export async function readContracts(api: Autotask, clientIds: readonly SourceId[]) {
  const ids = companyNumbers(clientIds);
  const wires = await readRows(api, 'Contracts', ContractWire, 'companyID', ids);
  const sources = { contractType: 'contract types', status: 'contract statuses' } as const;
  const nameIn = await readNames(api, wires, sources);
  const today = instantFromMs(api.context.now()).slice(0, 10);
  return wires.flatMap((wire) => {
    const { id, companyID: companyId, contractName: name } = wire;
    if (companyId == null || !ids.includes(companyId)) return [];
    const endsOn = (wire.endDate ?? '9999-12-31').slice(0, 10);
    const isActive = nameIn(wire, 'status')?.name !== 'Inactive' && endsOn >= today;
    const type = nameIn(wire, 'contractType')?.name ?? 'unknown';
    return [{ id, companyId, name, type, isActive, endsOn }];
  });
}
