/** Names behind ids: picklists of fields, and short records, each asked for once and kept for a while. */

import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/clock.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { noteSeen, proveStillVisible, readAll } from './look-up.ts';
import { inChunks, isOneOf } from './query.ts';
import { FieldInfo } from './schema.ts';

/** Names change rarely; a name that is unknown is asked for at once, but no more often than this. */
const keptMs = 3_600_000;
const askAgainMs = 60_000;

const Named = z.object({
  id: Id,
  name: z.string().nullish(),
  contractName: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
});

const nameFields = {
  BillingCodes: ['name'],
  Roles: ['name'],
  Contracts: ['contractName'],
  Resources: ['firstName', 'lastName'],
} as const;
export type NamedEntity = keyof typeof nameFields;

export type Names = ReadonlyMap<string, string>;

const Fields = z.object({ fields: z.array(FieldInfo) });

export interface Directory {
  /** The labels of a picklist by value; asked anew where one of the values is unknown. */
  labels(
    entity: string,
    field: string,
    values: readonly (string | null | undefined)[],
    signal: AbortSignal,
  ): Promise<Names>;
  /** The value that a label stands for; throws `config` when there is none, or it is out of use. */
  valueOf(entity: string, field: string, label: string, signal: AbortSignal): Promise<number>;
  fields(entity: string, signal: AbortSignal, freshMs?: number): Promise<readonly FieldInfo[]>;
  names(
    entity: NamedEntity,
    ids: readonly (string | null | undefined)[],
    signal: AbortSignal,
  ): Promise<Names>;
}

export function createDirectory(api: Api): Directory {
  const { context } = api;
  const fieldsOf = new Map<string, { atMs: number; fields: readonly FieldInfo[] }>();

  async function fields(
    entity: string,
    signal: AbortSignal,
    freshMs = keptMs,
  ): Promise<readonly FieldInfo[]> {
    const kept = fieldsOf.get(entity);
    if (kept !== undefined && isRecent(kept.atMs, context.now(), freshMs)) return kept.fields;
    const path = `${entity}/entityInformation/fields`;
    const answer = await api.get(path, Fields, signal);
    fieldsOf.set(entity, { atMs: context.now(), fields: answer.fields });
    return answer.fields;
  }

  async function picklist(entity: string, field: string, signal: AbortSignal, freshMs?: number) {
    const all = await fields(entity, signal, freshMs);
    const wanted = field.toLowerCase();
    const found = all.find(({ name }) => name.toLowerCase() === wanted);
    if (found !== undefined) return found.picklistValues ?? [];
    throw new KindError('contract', `${entity} in Autotask have no field ${field}.`, {
      fix: 'The API may have changed its version, or hides fields from this API user.',
    });
  }

  return {
    fields,
    async labels(entity, field, values, signal) {
      const wanted = withoutNulls(values);
      if (wanted.length === 0) return new Map();
      const read = async (freshMs?: number): Promise<Names> =>
        new Map(
          (await picklist(entity, field, signal, freshMs)).map(({ value, label }) => [
            value,
            label,
          ]),
        );
      const known = await read();
      return wanted.every((value) => known.has(value)) ? known : read(askAgainMs);
    },
    async valueOf(entity, field, label, signal) {
      const read = async (freshMs?: number) =>
        (await picklist(entity, field, signal, freshMs)).filter(
          ({ isActive }) => isActive !== false,
        );
      const known = await read();
      const isKnown = known.some((value) => value.label === label);
      const active = isKnown ? known : await read(askAgainMs);
      const found = active.find((value) => value.label === label);
      if (found !== undefined) return Number(found.value);
      const others = active.map((value) => value.label).slice(0, 20);
      throw new KindError('config', `${entity} in Autotask have no ${field} called "${label}".`, {
        fix: `Write the name as Autotask shows it. There are: ${others.join(', ') || 'none'}.`,
      });
    },
    names: createNames(api),
  };
}

function withoutNulls(values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value != null))];
}

/** Names of short records by id; those that are not known yet are asked for together, unlisted ones once. */
function createNames(api: Api): Directory['names'] {
  const { context } = api;
  const namesOf = new Map<
    NamedEntity,
    { atMs: number; names: Map<string, string>; unlisted: Set<string> }
  >();
  return async (entity, ids, signal) => {
    const wanted = withoutNulls(ids);
    let kept = namesOf.get(entity);
    if (kept === undefined || !isRecent(kept.atMs, context.now(), keptMs)) {
      kept = { atMs: context.now(), names: new Map(), unlisted: new Set() };
      namesOf.set(entity, kept);
    }
    const { names, unlisted } = kept;
    const unknown = wanted.filter((id) => !names.has(id) && !unlisted.has(id));
    for (const chunk of inChunks(unknown)) {
      const query = {
        entity,
        filter: [isOneOf('id', chunk)],
        fields: ['id', ...nameFields[entity]],
      };
      for (const row of await readAll(api, query, Named, signal)) {
        const person = [row.firstName, row.lastName].filter(Boolean).join(' ');
        const name = row.name ?? row.contractName ?? person;
        if (name !== '') names.set(row.id, name);
      }
    }
    const missing = unknown.filter((id) => !names.has(id));
    for (const id of missing) unlisted.add(id);
    // Rules by name must not fall silent because the right to see all names was lost.
    if (missing.length > 0) await proveStillVisible(api, entity, signal);
    else if (unknown.length > 0) await noteSeen(context, entity);
    return names;
  };
}
