/** Lists of names that rarely change, kept in the connection's memory so that a quiet run asks for none. */

import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/clock.ts';
import { parseRows } from '../http/rows.ts';
import { Id } from '../http/wire.ts';
import type { Api, Query } from './api.ts';
import { Named } from './schema.ts';

export type NameKind =
  | 'agents'
  | 'charge types'
  | 'ticket types'
  | 'teams'
  | 'outcomes'
  | 'statuses';

/** After a day a list is read again when it is next needed. */
const lifeMs = 86_400_000;

const sources: Record<NameKind, { path: string; query: Query }> = {
  agents: { path: '/Agent', query: { includeenabled: true, includedisabled: 'true' } },
  // The number of the look-up table that charge types are kept in.
  'charge types': { path: '/Lookup', query: { lookupid: 17 } },
  'ticket types': { path: '/TicketType', query: {} },
  teams: { path: '/Team', query: {} },
  outcomes: { path: '/Outcome', query: {} },
  statuses: { path: '/Status', query: {} },
};

/** Halo gives most short lists bare, and some with a count around them. */
const ShortList = z.union([
  z.array(z.unknown()),
  z
    .looseObject({ record_count: z.int() })
    .transform((envelope) => Object.values(envelope).find((value) => Array.isArray(value)))
    .pipe(z.array(z.unknown())),
]);

const NamedRow = z.union([
  Named,
  z.object({ id: Id, outcome: z.string() }).transform(({ id, outcome }) => ({ id, name: outcome })),
]);

const Stored = z.object({ readAtMs: z.number(), rows: z.array(Named) });

export interface Names {
  /** From memory where they are not too old, else read. */
  list(kind: NameKind, signal: AbortSignal): Promise<readonly Named[]>;
  /** Read anew, always. */
  reread(kind: NameKind, signal: AbortSignal): Promise<readonly Named[]>;
  /** Names by number, with these among them where Halo knows them. */
  byId(
    kind: NameKind,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
  /** The number of a name of the config; throws `config` where there is none. */
  idOf(kind: NameKind, name: string, signal: AbortSignal): Promise<number>;
}

export function createNames(api: Api): Names {
  const { memory } = api.context;

  /** Several tickets that lack a name at the same moment ask for it once. */
  const underWay = new Map<NameKind, Promise<readonly Named[]>>();

  function reread(kind: NameKind, signal: AbortSignal): Promise<readonly Named[]> {
    const asked =
      underWay.get(kind) ?? readNow(kind, signal).finally(() => void underWay.delete(kind));
    underWay.set(kind, asked);
    return asked;
  }

  async function readNow(kind: NameKind, signal: AbortSignal): Promise<readonly Named[]> {
    const { path, query } = sources[kind];
    const { rows } = parseRows(
      await api.get(path, query, ShortList, signal),
      NamedRow,
      (row) => row,
    );
    const stored = JSON.stringify({ readAtMs: api.context.now(), rows });
    await memory.set(`names.${kind}`, stored);
    return rows;
  }

  async function list(kind: NameKind, signal: AbortSignal): Promise<readonly Named[]> {
    const stored = Stored.safeParse(jsonOf(await memory.get(`names.${kind}`)));
    const isFresh = stored.success && isRecent(stored.data.readAtMs, api.context.now(), lifeMs);
    return isFresh ? stored.data.rows : reread(kind, signal);
  }

  /** Numbers that stay unknown are asked after once a process and no more. */
  const missing = new Set<string>();

  return {
    list,
    reread,
    async byId(kind, ids, signal) {
      if (ids.length === 0) return new Map();
      const known = new Map((await list(kind, signal)).map(({ id, name }) => [id, name]));
      const unknown = ids.filter((id) => !known.has(id) && !missing.has(`${kind} ${id}`));
      if (unknown.length === 0) return known;
      const renewed = new Map((await reread(kind, signal)).map(({ id, name }) => [id, name]));
      for (const id of unknown) if (!renewed.has(id)) missing.add(`${kind} ${id}`);
      return renewed;
    },
    async idOf(kind, name, signal) {
      const isIt = (row: Named): boolean => row.name === name;
      const found =
        (await list(kind, signal)).find(isIt) ?? (await reread(kind, signal)).find(isIt);
      if (found !== undefined) return Number(found.id);
      const names = (await list(kind, signal)).map((row) => row.name).slice(0, 20);
      throw new KindError('config', `Halo has no "${name}" among its ${kind}.`, {
        fix: `Write the name as Halo shows it. There are: ${names.join(', ') || 'none that we see'}.`,
      });
    },
  };
}

/** The number of an item, of which there may be thousands: they are looked through page by page. */
export async function itemNumber(api: Api, name: string, signal: AbortSignal): Promise<number> {
  const list = { path: '/Item', rows: 'items', query: { order: 'id' } };
  for await (const { rows } of api.pages(list, signal)) {
    const found = parseRows(rows, Named, (row) => row).rows.find((row) => row.name === name);
    if (found !== undefined) return Number(found.id);
  }
  throw new KindError('config', `Halo has no item called "${name}".`, {
    fix: 'Write the name as Halo shows it, or let the API application see items.',
  });
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
