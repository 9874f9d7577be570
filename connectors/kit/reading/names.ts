/** Lists of names that rarely change, cached in the connection's memory so that a quiet run requests none. */
import { z } from 'zod';
import type { NameIds, SourceId } from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { unlistedName } from '../../../src/domain/records/unlisted-names.ts';
import { isRecent } from '../../http/answers/clock.ts';
import { jsonOrNull } from '../../http/answers/json.ts';
import { presentIds } from '../../http/answers/rows.ts';
import { type HasContext, lifeMs, type Remembered, remember } from './remembered.ts';

export const NamedRow = z.object({ id: z.string(), name: z.string(), email: z.string().nullish() });
export type NamedRow = z.infer<typeof NamedRow>;

const Stored = z.object({ readAtMs: z.number(), rows: z.array(NamedRow) });

/**
 * Reads the whole list of each kind of name. Kinds are named in the plural, as in messages. `of`: ID of the record that
 * the list belongs to (the statuses of a board), else empty.
 */
export type NameSources<C, Kind extends string> = Readonly<
  Record<Kind, (call: C, of: string) => Promise<readonly NamedRow[]>>
>;

export type Names<C extends HasContext, Kind extends string> = ReturnType<
  typeof createNames<C, Kind>
>;

/** `product`: display name of the vendor's product. */
export function createNames<C extends HasContext, Kind extends string>(
  product: string,
  sources: NameSources<C, Kind>,
) {
  const lists = new Map<string, Remembered<C, NamedRow>>();
  /** IDs that stay unknown are requested once per process. */
  const missing = new Set<string>();

  function listOf(kind: Kind, of = ''): Remembered<C, NamedRow> {
    const key = of === '' ? kind : `${kind}:${of}`;
    const read = (call: C) => sources[kind](call, of);
    const list = lists.get(key) ?? remember(`names.${key}`, NamedRow, read);
    lists.set(key, list);
    return list;
  }

  return {
    /** From memory unless too old. */
    list: (call: C, kind: Kind, of?: string) => listOf(kind, of).list(call),
    /** Always read. */
    reread: (call: C, kind: Kind, of?: string) => listOf(kind, of).reread(call),
    /** Rows by ID, including these if the vendor knows them. */
    async byId(
      call: C,
      kind: Kind,
      ids: readonly string[],
    ): Promise<ReadonlyMap<string, NamedRow>> {
      if (ids.length === 0) return new Map();
      const stored = await listOf(kind).stored(call);
      const known = rowsById(stored ?? []);
      const unknown = ids.filter((id) => !known.has(id) && !missing.has(`${kind} ${id}`));
      if (stored !== null && unknown.length === 0) return known;
      const renewed = rowsById(await listOf(kind).reread(call));
      for (const id of unknown) if (!renewed.has(id)) missing.add(`${kind} ${id}`);
      return renewed;
    },
    /** The ID of a name in the config; throws `config` if there is none. */
    async idOf(call: C, kind: Kind, name: string, of?: string): Promise<string> {
      const { list, reread } = listOf(kind, of);
      const isIt = (row: NamedRow): boolean => row.name === name;
      const found = (await list(call)).find(isIt) ?? (await reread(call)).find(isIt);
      if (found !== undefined) return found.id;
      throw unknownName(product, kind, name, await list(call));
    },
  };
}

/** Only the names of these IDs, if there may be thousands; an unknown one is shown as its number. */
export async function lookUpNames(
  call: HasContext,
  kind: string,
  ids: Iterable<string>,
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, NamedRow>> {
  const { memory, now } = call.context;
  const key = `names.${kind}`;
  const { data } = Stored.safeParse(jsonOrNull(await memory.get(key)));
  const isKnown = data !== undefined && isRecent(data.readAtMs, now(), lifeMs);
  const { readAtMs, rows } = isKnown ? data : { readAtMs: now(), rows: [] };
  const names = rowsById(rows);
  const unknown = [...new Set(ids)].filter((id) => !names.has(id));
  if (unknown.length === 0) return names;
  const found = await read(unknown);
  for (const id of unknown) names.set(id, { id, name: found.get(id) ?? unlistedName(id) });
  await memory.set(key, JSON.stringify({ readAtMs, rows: [...names.values()] }));
  return names;
}

/** `config`: a configured name that the vendor does not have; lists those that it has. */
export function unknownName(
  product: string,
  kind: string,
  name: string,
  rows: readonly { name: string }[],
): KindError {
  const known = rows.map((row) => row.name).slice(0, 20);
  return new KindError('config', `${product} has no "${name}" among its ${kind}.`, {
    fix: `Write the name as ${product} shows it. Available: ${known.join(', ') || 'none visible'}.`,
  });
}

/** The only one of these; throws `config` for none or several. `what` continues "OWNER has no". */
export function onlyOne<T>(found: readonly T[], owner: string, what: string, fix: string): T {
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  const count = only === undefined ? 'no' : 'more than one';
  throw new KindError('config', `${owner} has ${count} ${what}.`, { fix });
}

function rowsById(rows: readonly NamedRow[]): Map<string, NamedRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

type Reference = { id?: SourceId | null | undefined; name?: string | null | undefined };

/** Names of references with their IDs; one without a name is not "none". */
export function namesOf<Field extends keyof NameIds>(
  references: Record<Field, Reference | null | undefined>,
): Record<Field, string | null> & { ids: NameIds } {
  const entries = Object.entries<Reference | null | undefined>(references);
  const names = entries.map(([field, found]) => {
    const { id, name } = found ?? {};
    return [field, name || (id == null ? null : unlistedName(id))];
  });
  const ids = Object.fromEntries(entries.map(([field, found]) => [field, found?.id]));
  return { ...(Object.fromEntries(names) as Record<Field, string | null>), ids: presentIds(ids) };
}
