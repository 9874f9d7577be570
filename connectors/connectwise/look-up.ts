/** Finding what a push has already written, by exact comparison; a filter only shortens the list. */
import type { ZodType } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/if-there.ts';
import { describeIssue } from '../http/issues.ts';
import type { Api, List } from './api.ts';
import { isText } from './conditions.ts';
import { type FactId, readFact, verifyKept } from './facts.ts';

export interface Search<Wire> {
  path: string;
  fields: string;
  schema: ZodType<Wire>;
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
export async function findByKey<Wire>(
  api: Api,
  search: Search<Wire>,
  signal: AbortSignal,
): Promise<Wire | null> {
  const isFiltered = (await readFact(api.context, search.fact)) === 'yes';
  const conditions = isFiltered ? isText(search.keyField, search.key) : search.otherwise;
  return findInList(api, { ...search, conditions }, search, signal);
}

/** After a write: does the filter find what now surely stands there? Settles the fact, once. */
export async function settleFilter<Wire>(
  api: Api,
  search: Search<Wire>,
  signal: AbortSignal,
): Promise<void> {
  if ((await readFact(api.context, search.fact)) !== null) return;
  const conditions = isText(search.keyField, search.key);
  const found = await findInList(api, { ...search, conditions }, search, signal);
  await verifyKept(api.context, search.fact, false, async () => found !== null);
}

/** The first row of a list that is wanted, all pages read until there. */
export async function findInList<Wire>(
  api: Api,
  list: List,
  wanted: { schema: ZodType<Wire>; isWanted(wire: Wire): boolean },
  signal: AbortSignal,
): Promise<Wire | null> {
  for await (const { rows } of api.pages(list, signal)) {
    for (const raw of rows) {
      const wire = wanted.schema.safeParse(raw);
      // An unreadable row might be the wanted one: taking it for another would write twice.
      if (!wire.success) {
        throw new KindError('contract', `GET ${list.path}: ${describeIssue(wire.error)}.`);
      }
      if (wanted.isWanted(wire.data)) return wire.data;
    }
  }
  return null;
}

/** The row with this id; null: it is there no more. */
export async function getIfThere<Wire>(
  api: Api,
  path: string,
  fields: string,
  schema: ZodType<Wire>,
  signal: AbortSignal,
): Promise<Wire | null> {
  return ifThere(api.get(path, fields, schema, signal));
}

/** All rows of a short list, such as the boards. */
export async function readAll<Wire>(
  api: Api,
  list: List,
  schema: ZodType<Wire>,
  signal: AbortSignal,
): Promise<Wire[]> {
  const all: Wire[] = [];
  const collect = {
    schema,
    isWanted: (wire: Wire) => {
      all.push(wire);
      return false;
    },
  };
  await findInList(api, list, collect, signal);
  return all;
}
