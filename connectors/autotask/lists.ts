/** Look-ups: names by ID, requested once and cached; whether anything is visible; contracts. */
import { z } from 'zod';
import type { SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { isRecent } from '../http/answers/clock.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { allRows, firstPage } from '../kit/reading/lists.ts';
import { unknownName } from '../kit/reading/names.ts';
import { type Autotask, companyNumbers, listOf, readRows, splitList, where } from './call.ts';
import { fromCompany } from './mapping.ts';
import type { BilledSale } from './pull.ts';
import { CompanyWire, ContractWire, FieldInfo } from './schema.ts';
import type { Sweep } from './time.ts';

/** Names change rarely; an unknown one is requested at once, but no more often than this. */
const keptMs = 3_600_000;
const askAgainMs = 60_000;

export type Cache = ReturnType<typeof createCache>;

export function createCache() {
  return {
    fields: new Map<string, { atMs: number; rows: readonly FieldInfo[] }>(),
    /** `null`: in no list. */
    names: new Map<NamedEntity, { atMs: number; names: Map<SourceId, string | null> }>(),
    companyOfTicket: new Map<SourceId, SourceId | null>(),
    projectOfTask: new Map<SourceId, SourceId | null>(),
    companyOfProject: new Map<SourceId, SourceId | null>(),
    /** Keeps billed items as they were billed, until billing is finished. */
    salesOfInvoice: new Map<SourceId, readonly BilledSale[]>(),
    sweep: null as Sweep | null,
  };
}

// ── Picklists ───────────────────────────────────────────────────────────────────────────────────

const Fields = z.object({ fields: z.array(FieldInfo) });

/** The fields of an entity, with their picklists. */
export async function readFields(api: Autotask, path: string, freshMs = keptMs) {
  const { cache, context } = api;
  const kept = cache.fields.get(path);
  if (kept !== undefined && isRecent(kept.atMs, context.now(), freshMs)) return kept.rows;
  const { fields } = await api.get(`/${path}/entityInformation/fields`, Fields);
  cache.fields.set(path, { atMs: context.now(), rows: fields });
  return fields;
}

/** All values, including inactive ones. */
export async function readPicklist(api: Autotask, path: string, field: string, freshMs?: number) {
  const wanted = field.toLowerCase();
  const fields = await readFields(api, path, freshMs);
  const found = fields.find(({ name }) => name.toLowerCase() === wanted);
  if (found !== undefined) return found.picklistValues ?? [];
  throw new KindError('contract', `${path} in Autotask have no field ${field}.`, {
    fix: 'The API may have changed its version, or hides fields from this API user.',
  });
}

/** The labels of these values; read again if one is unknown. */
async function readLabels(api: Autotask, path: string, field: string, ids: readonly SourceId[]) {
  if (ids.length === 0) return new Map<SourceId, string>();
  const read = async (freshMs?: number) => {
    const values = await readPicklist(api, path, field, freshMs);
    return new Map(values.map(({ value, label }) => [value, label]));
  };
  const known = await read();
  return ids.every((id) => known.has(id)) ? known : read(askAgainMs);
}

/** The value for a configured label; throws `config` if there is no active one. */
export async function findValue(api: Autotask, path: string, field: string, label: string) {
  const read = async (freshMs?: number) =>
    (await readPicklist(api, path, field, freshMs)).filter((one) => one.isActive !== false);
  const isIt = (one: { label: string }): boolean => one.label === label;
  const found = (await read()).find(isIt) ?? (await read(askAgainMs)).find(isIt);
  if (found !== undefined) return Number(found.value);
  const labels = (await read()).map((one) => ({ name: one.label }));
  throw unknownName('Autotask', `${field} values of ${path}`, label, labels);
}

// ── Names ───────────────────────────────────────────────────────────────────────────────────────

const nameFields = {
  BillingCodes: ['name'],
  Roles: ['name'],
  Contracts: ['contractName'],
  Resources: ['firstName', 'lastName'],
} as const;
type NamedEntity = keyof typeof nameFields;

const Named = z.object({
  id: Id,
  ...optional(z.string(), 'name', 'contractName', 'firstName', 'lastName'),
});

/** Names by ID; unknown ones are requested together, unlisted ones once. */
export async function readEntityNames(api: Autotask, path: NamedEntity, ids: readonly SourceId[]) {
  const nowMs = api.context.now();
  const last = api.cache.names.get(path);
  const isKept = last !== undefined && isRecent(last.atMs, nowMs, keptMs);
  const kept = isKept ? last : { atMs: nowMs, names: new Map<SourceId, string | null>() };
  api.cache.names.set(path, kept);
  const { names } = kept;
  const unknown = ids.filter((id) => !names.has(id));
  const fields = ['id', ...nameFields[path]];
  for (const list of splitList({ path, filter: [], fields }, 'id', unknown)) {
    for (const row of await allRows(api, list, Named)) {
      const person = [row.firstName, row.lastName].filter(Boolean).join(' ');
      const name = row.name ?? row.contractName ?? person;
      if (name !== '') names.set(row.id, name);
    }
  }
  const missing = unknown.filter((id) => !names.has(id));
  for (const id of missing) names.set(id, null);
  // Rules by name must not silently stop because the permission to see names was lost.
  if (missing.length > 0) await proveStillVisible(api, path);
  else if (unknown.length > 0) await noteSeen(api, path);
  return names;
}

type WithIds<Field extends string> = { [name in Field]?: SourceId | null | undefined };

/** The name for the ID in a field of a row; null if there is no ID. */
export type NameIn<Field extends string> = (row: WithIds<Field>, field: Field) => string | null;

/**
 * The names for these fields of the rows, from the picklist of an entity or from short records. Some IDs are never
 * listed (built-in roles), which is not "none".
 */
export async function readNames<Field extends string>(
  api: Autotask,
  rows: readonly WithIds<NoInfer<Field>>[],
  sources: Readonly<Record<Field, NamedEntity | { picklistOf: string }>>,
): Promise<NameIn<Field>> {
  const names = new Map<string, ReadonlyMap<SourceId, string | null>>();
  for (const [field, source] of Object.entries(sources) as [Field, (typeof sources)[Field]][]) {
    const ids = [...new Set(rows.flatMap((row) => row[field] ?? []))];
    const isPicklist = typeof source === 'object';
    const read = isPicklist
      ? readLabels(api, source.picklistOf, field, ids)
      : readEntityNames(api, source, ids);
    names.set(field, await read);
  }
  return (row, field) => {
    const id = row[field] ?? null;
    return id === null ? null : (names.get(field)?.get(id) ?? unlistedName(id));
  };
}

const FieldNames = z.object({ fields: z.array(z.object({ name: z.string() })) });

/** The user-defined fields, filled in or not. */
export async function userDefinedFields(api: Autotask, path: 'Companies' | 'Tickets') {
  return (await api.get(`/${path}/entityInformation/userDefinedFields`, FieldNames)).fields;
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
export async function proveVisible(api: Autotask, path: string): Promise<void> {
  if (!(await isAnyVisible(api, path))) throw hidden(path);
}

/** The same for rows that a new tenant may not have yet: if there were some once, there must be some now. */
export async function proveStillVisible(api: Autotask, path: string): Promise<void> {
  if (await isAnyVisible(api, path)) return noteSeen(api, path);
  if ((await api.context.memory.get(`seen.${path}`)) !== null) throw hidden(path);
}

export async function noteSeen({ context: { memory } }: Autotask, path: string): Promise<void> {
  const key = `seen.${path}`;
  if ((await memory.get(key)) === null) await memory.set(key, 'yes');
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
  const picklist = { picklistOf: 'Contracts' };
  const nameIn = await readNames(api, wires, { contractType: picklist, status: picklist });
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
