/** Look-ups: names by ID, requested once and cached; whether anything is visible; contracts. */
import { z } from 'zod';
import type { InvoiceRow, PullRequest, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { allRows, firstPage } from '../kit/reading/lists.ts';
import { lookUpNames, type NamedRow, type NameSources } from '../kit/reading/names.ts';
import { resumableLists } from '../kit/reading/positions.ts';
import { rememberEmails } from '../kit/reading/remembered.ts';
import { type Autotask, companyNumbers, type List, listOf, readRows, where } from './call.ts';
import { fromCompany } from './mapping.ts';
import { CompanyWire, ContractWire, FieldInfo } from './schema.ts';

export type Cache = ReturnType<typeof createCache>;

/** A charge of ours that was billed, with its key. */
export type BilledSale = Pick<InvoiceRow, 'saleId' | 'netMinor'> & { reference: string };

/** Companies of tickets and projects, projects of tasks; null: it has none. */
type Owners = Map<SourceId, SourceId | null>;

export function createCache() {
  const owners = (): Owners => new Map();
  return {
    owners: { Tickets: owners(), Tasks: owners(), Projects: owners() },
    /** Keeps billed items as they were billed, until billing is finished. */
    salesOfInvoice: new Map<SourceId, readonly BilledSale[]>(),
    /** The last sweep: its request, its filter, and how many of its rows were not requested. */
    sweep: { of: '', filter: [] as List['filter'], others: 0 },
    addEmails: rememberEmails((api: Autotask) =>
      allRows(api, listOf('Resources', Resource, where.everything), Resource),
    ),
  };
}

const Fields = z.object({ fields: z.array(FieldInfo) });
const Resource = z.object({ id: Id, ...optional(z.string(), 'email') });

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
} satisfies NameSources<Autotask, string>;
export type NameKind = keyof typeof nameSources;

/** The value for a configured label. */
export async function findValue(api: Autotask, kind: NameKind, label: string): Promise<number> {
  return Number(await api.names.idOf(api, kind, label));
}

/** The fields with the names of records that are too many to list. */
const nameFields = {
  BillingCodes: ['name'],
  Roles: ['name'],
  Contracts: ['contractName'],
  Resources: ['firstName', 'lastName'],
} as const;
type NamedEntity = keyof typeof nameFields;
type NameSource = NameKind | NamedEntity;

/** Names by ID. Some IDs are never listed (built-in roles), which is not "none". */
export function readEntityNames(api: Autotask, path: NamedEntity, ids: Iterable<SourceId>) {
  return lookUpNames(api, path, ids, async (unknown) => {
    const names = new Map<SourceId, string>();
    const fields: readonly (typeof nameFields)[NamedEntity][number][] = nameFields[path];
    const Named = z.object({ id: Id, ...optional(z.string(), ...fields) });
    for (const { id, ...texts } of await readRows(api, path, Named, 'id', unknown)) {
      const name = fields.flatMap((field) => texts[field] || []).join(' ');
      if (name !== '') names.set(id, name);
    }
    // Rules by name must not silently stop because the permission to see names was lost.
    await proveStillVisible(api, path, names.size === unknown.length);
    return names;
  });
}

type IdsIn<Field extends string> = { [field in Field]?: SourceId | null | undefined };

/** The ID in a field of a row, with its name; null: there is none. */
export type NameIn<Field extends string> = (
  row: IdsIn<Field>,
  field: Field,
) => { id: SourceId; name: string } | null;

/** The names for these fields of the rows, from picklists or from short records. */
export async function readNames<Field extends string>(
  api: Autotask,
  rows: readonly IdsIn<NoInfer<Field>>[],
  sources: Readonly<Record<Field, NameSource>>,
): Promise<NameIn<Field>> {
  const names = new Map<Field, ReadonlyMap<SourceId, string>>();
  for (const [field, source] of Object.entries(sources) as [Field, NameSource][]) {
    const ids = new Set(rows.flatMap((row) => row[field] ?? []));
    names.set(field, await readNamesOf(api, source, [...ids]));
  }
  return (row, field) => {
    const id = row[field] ?? null;
    return id === null ? null : { id, name: names.get(field)?.get(id) ?? unlistedName(id) };
  };
}

function readNamesOf(api: Autotask, source: NameSource, ids: readonly SourceId[]) {
  if (source in nameSources) return api.names.byId(api, source as NameKind, ids);
  return readEntityNames(api, source as NamedEntity, ids);
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

/**
 * Autotask returns an empty list to a user without permission. Every tenant has some of these rows, so
 * none at all is a lost permission and not "no data".
 */
export async function proveVisible(api: Autotask, path: string, isSeen = false): Promise<void> {
  if (isSeen || (await isAnyVisible(api, path))) return;
  throw new KindError('permission', `Autotask shows this API user no ${path} at all.`, {
    fix: `Let the API user’s security level see ${path}; Autotask returns an empty list instead of an error.`,
  });
}

/** The same for rows that a new tenant may not have yet: if there were some once, there must be some now. */
export async function proveStillVisible(api: Autotask, path: string, isSeen = false) {
  const { memory } = api.context;
  const key = `seen.${path}`;
  if ((await memory.get(key)) !== null) return proveVisible(api, path, isSeen);
  if (isSeen || (await isAnyVisible(api, path))) await memory.set(key, 'yes');
}

/** All pages of an entity's lists, each with the position from which a later pass resumes. */
export async function* streamPages(
  api: Autotask,
  path: string,
  lists: readonly List[],
  { resume }: Pick<PullRequest, 'resume'>,
  prove = proveVisible,
) {
  let isSeen = false;
  const read = (list: List, afterId: string | null) => api.pages({ ...list, afterId });
  for await (const page of resumableLists(lists, resume, read)) {
    isSeen ||= page.rows.length > 0;
    yield page;
  }
  await prove(api, path, isSeen);
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
