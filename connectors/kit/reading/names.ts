/** Lists of names that rarely change, cached in the connection's memory so that a quiet run requests none. */
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

/**
 * Reads the whole list of each kind of name. Kinds are named in the plural, as in messages. `of`: ID of the record that
 * the list belongs to (the statuses of a board), else empty.
 */
export type NameSources<C, Kind extends string> = Readonly<
  Record<Kind, (call: C, of: string) => Promise<readonly NamedRow[]>>
>;

export interface Names<C, Kind extends string> {
  /** From memory unless too old. */
  list(call: C, kind: Kind, of?: string): Promise<readonly NamedRow[]>;
  /** Always read. */
  reread(call: C, kind: Kind, of?: string): Promise<readonly NamedRow[]>;
  /** Names by ID, including these if the vendor knows them. */
  byId(call: C, kind: Kind, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The ID of a name in the config; throws `config` if there is none. */
  idOf(call: C, kind: Kind, name: string, of?: string): Promise<string>;
}

/** `product`: display name of the vendor's product. */
export function createNames<C extends HasContext, Kind extends string>(
  product: string,
  sources: NameSources<C, Kind>,
): Names<C, Kind> {
  /** Concurrent look-ups of a list share one request. */
  const underWay = new Map<string, Promise<readonly NamedRow[]>>();
  /** IDs that stay unknown are requested once per process. */
  const missing = new Set<string>();

  const keyOf = (kind: Kind, of: string): string => (of === '' ? kind : `${kind}:${of}`);

  function reread(call: C, kind: Kind, of = ''): Promise<readonly NamedRow[]> {
    const key = keyOf(kind, of);
    const asked =
      underWay.get(key) ?? readNow(call, kind, of).finally(() => void underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  async function readNow(call: C, kind: Kind, of: string): Promise<readonly NamedRow[]> {
    const rows = [...(await sources[kind](call, of))];
    await store(call, keyOf(kind, of), { readAtMs: call.context.now(), rows });
    return rows;
  }

  async function list(call: C, kind: Kind, of = ''): Promise<readonly NamedRow[]> {
    return (await readStored(call, keyOf(kind, of)))?.rows ?? reread(call, kind, of);
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
    async idOf(call, kind, name, of) {
      const isIt = (row: NamedRow): boolean => row.name === name;
      const found =
        (await list(call, kind, of)).find(isIt) ?? (await reread(call, kind, of)).find(isIt);
      if (found !== undefined) return found.id;
      throw unknownName(product, kind, name, await list(call, kind, of));
    },
  };
}

/** Names looked up one by one, if there may be thousands; an unknown one is shown as its number. */
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

/** Null if nothing is stored, or it is too old. */
async function readStored({ context }: HasContext, kind: string): Promise<Stored | null> {
  const { success, data } = Stored.safeParse(jsonOrNull(await context.memory.get(`names.${kind}`)));
  return success && isRecent(data.readAtMs, context.now(), lifeMs) ? data : null;
}

function store({ context }: HasContext, kind: string, stored: Stored): Promise<void> {
  return context.memory.set(`names.${kind}`, JSON.stringify(stored));
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

function mapOf(rows: readonly NamedRow[]): Map<string, string> {
  return new Map(rows.map(({ id, name }) => [id, name]));
}
