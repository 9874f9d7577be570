/** Reading whole lists, and finding in them by exact comparison; a filter only shortens the list. */
import type { ZodType } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { describeIssue } from '../http/issues.ts';
import type { Api, Query } from './api.ts';
import { everything } from './query.ts';

/** The first row of a list that is wanted, all pages read until there. */
export async function findInList<Wire>(
  api: Api,
  query: Query,
  schema: ZodType<Wire>,
  isWanted: (wire: Wire) => boolean,
  signal: AbortSignal,
): Promise<Wire | null> {
  for await (const { rows } of api.pages(query, signal)) {
    for (const raw of rows) {
      const wire = believeRow(query.entity, raw, schema);
      if (isWanted(wire)) return wire;
    }
  }
  return null;
}

/** A row that cannot be read might be the wanted one: nothing is concluded without it. */
export function believeRow<Wire>(entity: string, raw: unknown, schema: ZodType<Wire>): Wire {
  const wire = schema.safeParse(raw);
  if (wire.success) return wire.data;
  throw new KindError('contract', `${entity}: ${describeIssue(wire.error)}.`);
}

/** All rows of a short list. */
export async function readAll<Wire>(
  api: Api,
  query: Query,
  schema: ZodType<Wire>,
  signal: AbortSignal,
): Promise<Wire[]> {
  const all: Wire[] = [];
  const collect = (wire: Wire): boolean => {
    all.push(wire);
    return false;
  };
  await findInList(api, query, schema, collect, signal);
  return all;
}

/** Whether this API user is shown any row at all. */
export async function isAnyVisible(
  api: Api,
  entity: string,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { entity, filter: [everything], fields: ['id'], pageSize: 1 };
  for await (const { rows } of api.pages(query, signal)) return rows.length > 0;
  return false;
}

/**
 * Autotask answers an empty list to who may not read it. Every tenant has some of these rows, so none
 * at all is a lost permission and not "no data".
 */
export async function proveVisible(api: Api, entity: string, signal: AbortSignal): Promise<void> {
  if (!(await isAnyVisible(api, entity, signal))) throw hidden(entity);
}

/** The same of rows that a young tenant may not have yet: where some were seen once, some must be. */
export async function proveStillVisible(
  api: Api,
  entity: string,
  signal: AbortSignal,
): Promise<void> {
  if (await isAnyVisible(api, entity, signal)) return noteSeen(api.context, entity);
  if ((await api.context.memory.get(`seen.${entity}`)) !== null) throw hidden(entity);
}

export async function noteSeen({ memory }: ConnectorContext, entity: string): Promise<void> {
  const key = `seen.${entity}`;
  if ((await memory.get(key)) === null) await memory.set(key, 'yes');
}

function hidden(entity: string): KindError {
  return new KindError('permission', `Autotask shows this API user no ${entity} at all.`, {
    fix: `Let the API user’s security level see ${entity}; Autotask answers an empty list in place of a refusal.`,
  });
}
