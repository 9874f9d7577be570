/** Lists of names that rarely change, kept in the connection's memory so that a quiet run asks for none. */
import { z } from 'zod';
import type { ConnectorContext } from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { unlistedName } from '../../../src/domain/records/unlisted-names.ts';
import { isRecent } from '../../http/answers/clock.ts';
import { jsonOrNull } from '../../http/answers/json.ts';

export const NamedRow = z.object({ id: z.string(), name: z.string() });
export type NamedRow = z.infer<typeof NamedRow>;

/** After a day a list is read again when it is next needed. */
const lifeMs = 86_400_000;

const Stored = z.object({ readAtMs: z.number(), rows: z.array(NamedRow) });
type Stored = z.infer<typeof Stored>;

interface HasContext {
  context: ConnectorContext;
}

/** How each kind of names is read, whole. Kinds are called what messages call them, in the plural. */
export type NameSources<C, Kind extends string> = Readonly<
  Record<Kind, (call: C) => Promise<readonly NamedRow[]>>
>;

export interface Names<C, Kind extends string> {
  /** From memory where they are not too old, else read. */
  list(call: C, kind: Kind): Promise<readonly NamedRow[]>;
  /** Always read. */
  reread(call: C, kind: Kind): Promise<readonly NamedRow[]>;
  /** Names by id, with these among them where the vendor knows them. */
  byId(call: C, kind: Kind, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The id of a name of the config; throws `config` where there is none. */
  idOf(call: C, kind: Kind, name: string): Promise<string>;
}

/** `product`: what people call the vendor's product. */
export function createNames<C extends HasContext, Kind extends string>(
  product: string,
  sources: NameSources<C, Kind>,
): Names<C, Kind> {
  /** Several rows that lack a name at the same time ask for it once. */
  const underWay = new Map<Kind, Promise<readonly NamedRow[]>>();
  /** Ids that stay unknown are asked for once a process and no more. */
  const missing = new Set<string>();

  function reread(call: C, kind: Kind): Promise<readonly NamedRow[]> {
    const asked =
      underWay.get(kind) ?? readNow(call, kind).finally(() => void underWay.delete(kind));
    underWay.set(kind, asked);
    return asked;
  }

  async function readNow(call: C, kind: Kind): Promise<readonly NamedRow[]> {
    const rows = [...(await sources[kind](call))];
    await store(call, kind, { readAtMs: call.context.now(), rows });
    return rows;
  }

  async function list(call: C, kind: Kind): Promise<readonly NamedRow[]> {
    return (await readStored(call, kind))?.rows ?? reread(call, kind);
  }

  return {
    list,
    reread,
    async byId(call, kind, ids) {
      if (ids.length === 0) return new Map();
      const stored = await readStored(call, kind);
      const known = mapOf(stored?.rows ?? []);
      const unknown = ids.filter((id) => !known.has(id) && !missing.has(`${kind} ${id}`));
      if (stored !== null && unknown.length === 0) return known;
      const renewed = mapOf(await reread(call, kind));
      for (const id of unknown) if (!renewed.has(id)) missing.add(`${kind} ${id}`);
      return renewed;
    },
    async idOf(call, kind, name) {
      const isIt = (row: NamedRow): boolean => row.name === name;
      const found = (await list(call, kind)).find(isIt) ?? (await reread(call, kind)).find(isIt);
      if (found !== undefined) return found.id;
      throw unknownName(product, kind, name, await list(call, kind));
    },
  };
}

/** Names looked up one by one, where there may be thousands; one that the vendor does not know is its number. */
export async function lookUpNames(
  call: HasContext,
  kind: string,
  ids: Iterable<string>,
  read: (id: string) => Promise<string | null>,
): Promise<ReadonlyMap<string, string>> {
  const { readAtMs, rows } = (await readStored(call, kind)) ?? {
    readAtMs: call.context.now(),
    rows: [],
  };
  const names = mapOf(rows);
  const unknown = [...new Set(ids)].filter((id) => !names.has(id));
  for (const id of unknown) names.set(id, (await read(id)) ?? unlistedName(id));
  const all = [...names].map(([id, name]) => ({ id, name }));
  if (unknown.length > 0) await store(call, kind, { readAtMs, rows: all });
  return names;
}

/** Null where nothing is stored, or it is too old. */
async function readStored({ context }: HasContext, kind: string): Promise<Stored | null> {
  const { success, data } = Stored.safeParse(jsonOrNull(await context.memory.get(`names.${kind}`)));
  return success && isRecent(data.readAtMs, context.now(), lifeMs) ? data : null;
}

function store({ context }: HasContext, kind: string, stored: Stored): Promise<void> {
  return context.memory.set(`names.${kind}`, JSON.stringify(stored));
}

/** `config`: a name of the settings that the vendor does not have, with those that it has. */
export function unknownName(
  product: string,
  kind: string,
  name: string,
  rows: readonly { name: string }[],
): KindError {
  const known = rows.map((row) => row.name).slice(0, 20);
  return new KindError('config', `${product} has no "${name}" among its ${kind}.`, {
    fix: `Write the name as ${product} shows it. There are: ${known.join(', ') || 'none that we see'}.`,
  });
}

/** The only one of these. `what` continues "OWNER has no"; throws `config` where there is none, or another. */
export function onlyOne<T>(found: readonly T[], owner: string, what: string, fix: string): T {
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  const count = only === undefined ? 'no' : 'more than one';
  throw new KindError('config', `${owner} has ${count} ${what}.`, { fix });
}

function mapOf(rows: readonly NamedRow[]): Map<string, string> {
  return new Map(rows.map(({ id, name }) => [id, name]));
}
