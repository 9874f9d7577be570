/** Look-ups: names by ID, requested once and cached; whether anything is visible; contracts. */
import { z } from 'zod';
import type { PullRequest, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { allRows, firstPage } from '../kit/reading/lists.ts';
import { lookUpNames, type NameSources } from '../kit/reading/names.ts';
import { resumableLists } from '../kit/reading/positions.ts';
import { rememberEmails } from '../kit/reading/remembered.ts';
import { type Autotask, companyNumbers, type List, listOf, readRows, where } from './call.ts';
import { fromCompany } from './mapping.ts';
import type { BilledSale } from './pull.ts';
import { CompanyWire, ContractWire, FieldInfo } from './schema.ts';
import type { Sweep } from './time.ts';

export type Cache = ReturnType<typeof createCache>;

/** Companies of tickets and projects, projects of tasks; null: it has none. */
type Owners = Record<'Tickets' | 'Tasks' | 'Projects', Map<SourceId, SourceId | null>>;

export function createCache() {
  return {
    owners: { Tickets: new Map(), Tasks: new Map(), Projects: new Map() } as Owners,
    /** Keeps billed items as they were billed, until billing is finished. */
    salesOfInvoice: new Map<SourceId, readonly BilledSale[]>(),
    sweep: null as Sweep | null,
    addEmails: rememberEmails((api: Autotask) =>
      allRows(api, listOf('Resources', Resource, where.everything), Resource),
    ),
  };
}

// ── Picklists ───────────────────────────────────────────────────────────────────────────────────

const Fields = z.object({ fields: z.array(FieldInfo) });
const Resource = z.object({ id: Id, ...optional(z.string(), 'email') });

async function readFields(api: Autotask, path: string): Promise<readonly FieldInfo[]> {
  const known = api.fields.get(path);
  if (known !== undefined) return known;
  const { fields } = await api.get(`/${path}/entityInformation/fields`, Fields);
  api.fields.set(path, fields);
  return fields;
}

/** All values, active ones first: rows may show others, and the config means an active one. */
function picklist(path: string, field: string) {
  return async (api: Autotask) => {
    const found = (await readFields(api, path)).find(
      ({ name }) => name.toLowerCase() === field.toLowerCase(),
    );
    if (found === undefined) {
      throw new KindError('contract', `${path} in Autotask have no field ${field}.`, {
        fix: 'The API may have changed its version, or hides fields from this API user.',
      });
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

const nameFields = {
  BillingCodes: ['name'],
  Roles: ['name'],
  Contracts: ['contractName'],
  Resources: ['firstName', 'lastName'],
} as const;
type NamedEntity = keyof typeof nameFields;
type NameField = (typeof nameFields)[NamedEntity][number];

/** Names by ID. Some IDs are never listed (built-in roles), which is not "none". */
export function readEntityNames(api: Autotask, path: NamedEntity, ids: Iterable<SourceId>) {
  return lookUpNames(api, path, ids, async (unknown) => {
    const names = new Map<SourceId, string>();
    const fields: readonly NameField[] = nameFields[path];
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

type WithIds<Field extends string> = { [name in Field]?: SourceId | null | undefined };

/** The name for the ID in a field of a row; null if there is no ID. */
export type NameIn<Field extends string> = (row: WithIds<Field>, field: Field) => string | null;

/** The names for these fields of the rows, from picklists or from short records. */
export async function readNames<Field extends string>(
  api: Autotask,
  rows: readonly WithIds<NoInfer<Field>>[],
  sources: Readonly<Record<Field, NamedEntity | NameKind>>,
): Promise<NameIn<Field>> {
  const names = new Map<string, ReadonlyMap<SourceId, string>>();
  for (const [field, source] of Object.entries(sources) as [Field, NamedEntity | NameKind][]) {
    const ids = [...new Set(rows.flatMap((row) => row[field] ?? []))];
    const read = isPicklist(source)
      ? api.names.byId(api, source, ids)
      : readEntityNames(api, source, ids);
    names.set(field, await read);
  }
  return (row, field) => {
    const id = row[field] ?? null;
    return id === null ? null : (names.get(field)?.get(id) ?? unlistedName(id));
  };
}

function isPicklist(source: NamedEntity | NameKind): source is NameKind {
  return source in nameSources;
}

/** User-defined fields, filled in or not. */
export async function companyFieldNames(api: Autotask) {
  return (await api.get('/Companies/entityInformation/userDefinedFields', Fields)).fields;
}

export async function listClients(api: Autotask) {
  const list = listOf('Companies', CompanyWire, where.equals('isActive', true));
  return (await allRows(api, list, CompanyWire)).map(fromCompany);
}

// ── What is seen ────────────────────────────────────────────────────────────────────────────────

/** Whether this API user sees any row at all. */
export async function isAnyVisible(api: Autotask, path: string, filter = where.everything) {
  const list = { path, filter: [filter], fields: ['id'], pageSize: 1 };
  return (await firstPage(api, list)).rows.length > 0;
}

/**
 * Autotask returns an empty list to a user without permission. Every tenant has some of these rows, so
 * none at all is a lost permission and not "no data".
 */
export async function proveVisible(api: Autotask, path: string, isSeen = false): Promise<void> {
  if (!isSeen && !(await isAnyVisible(api, path))) throw hidden(path);
}

/** The same for rows that a new tenant may not have yet: if there were some once, there must be some now. */
export async function proveStillVisible(
  api: Autotask,
  path: string,
  isSeen = false,
): Promise<void> {
  const { memory } = api.context;
  const key = `seen.${path}`;
  const wasSeen = (await memory.get(key)) !== null;
  if (isSeen || (await isAnyVisible(api, path))) {
    if (!wasSeen) await memory.set(key, 'yes');
  } else if (wasSeen) throw hidden(path);
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

function hidden(path: string): KindError {
  return new KindError('permission', `Autotask shows this API user no ${path} at all.`, {
    fix: `Let the API user’s security level see ${path}; Autotask returns an empty list instead of an error.`,
  });
}

// ── Contracts ───────────────────────────────────────────────────────────────────────────────────

export type Contract = Awaited<ReturnType<typeof readContracts>>[number];

/** All contracts of the companies, including ended ones. `type`: `Block Hours`, as the picklist shows it. */
export async function readContracts(api: Autotask, clientIds: readonly SourceId[]) {
  const ids = companyNumbers(clientIds);
  const wires = await readRows(api, 'Contracts', ContractWire, 'companyID', ids);
  const nameIn = await readNames(api, wires, {
    contractType: 'contract types',
    status: 'contract statuses',
  });
  const today = instantFromMs(api.context.now()).slice(0, 10);
  return wires.flatMap((wire) => {
    const { id, companyID: companyId, contractName: name } = wire;
    if (companyId == null || !ids.includes(companyId)) return [];
    const endsOn = (wire.endDate ?? '9999-12-31').slice(0, 10);
    const isActive = nameIn(wire, 'status') !== 'Inactive' && endsOn >= today;
    const type = nameIn(wire, 'contractType') ?? 'unknown';
    return [{ id, companyId, name, type, isActive, endsOn }];
  });
}
