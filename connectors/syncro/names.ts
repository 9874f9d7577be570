/** Names of technicians and labor products, kept in the connection's memory so that a quiet run asks for none. */

import { z } from 'zod';
import type { SourceId } from '../../src/contract/connector.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { isRecent } from '../http/clock.ts';
import type { Api } from './api.ts';
import type { TimeNames } from './mapping.ts';
import { NumberId, ProductWire, type TimerWire } from './schema.ts';

/** After a day names are read again when they are next needed. */
const lifeMs = 86_400_000;

const Stored = z.object({ readAtMs: z.number(), names: z.record(z.string(), z.string()) });
type Stored = z.infer<typeof Stored>;

/** `[[1, "Joe Doe"]]` */
const Users = z.object({ users: z.array(z.tuple([NumberId, z.string()]).rest(z.unknown())) });

const Product = z.object({ product: ProductWire });

export interface Names {
  /** The names that these timers need. */
  forTimers(timers: readonly TimerWire[], signal: AbortSignal): Promise<TimeNames>;
}

export function createNames(api: Api): Names {
  const { memory, now } = api.context;

  /** Users that stay unknown are asked after once a process and no more. */
  const missing = new Set<string>();

  async function read(kind: 'users' | 'products'): Promise<Stored> {
    const fresh: Stored = { readAtMs: now(), names: {} };
    const text = await memory.get(`names.${kind}`);
    if (text === null) return fresh;
    const stored = Stored.parse(JSON.parse(text));
    return isRecent(stored.readAtMs, now(), lifeMs) ? stored : fresh;
  }

  async function users(ids: ReadonlySet<string>, signal: AbortSignal) {
    const { names } = await read('users');
    if ([...ids].every((id) => id in names || missing.has(id))) return names;
    const { users: pairs } = await api.get('/users', Users, signal);
    const renewed = Object.fromEntries(pairs.map(([id, name]) => [id, name]));
    await memory.set('names.users', JSON.stringify({ readAtMs: now(), names: renewed }));
    for (const id of ids) if (!(id in renewed)) missing.add(id);
    return renewed;
  }

  async function products(ids: ReadonlySet<string>, signal: AbortSignal) {
    const stored = await read('products');
    const unknown = [...ids].filter((id) => !(id in stored.names));
    for (const id of unknown) {
      const found = await api.getIfThere(`/products/${id}`, Product, signal);
      stored.names[id] = found?.product.name ?? unlistedName(id);
    }
    if (unknown.length > 0) await memory.set('names.products', JSON.stringify(stored));
    return stored.names;
  }

  return {
    async forTimers(timers, signal) {
      const userIds = new Set(timers.flatMap((timer) => timer.user_id ?? []));
      const productIds = new Set(timers.flatMap((timer) => timer.product_id ?? []));
      const userNames = await users(userIds, signal);
      const productNames = await products(productIds, signal);
      return {
        technician: (id: SourceId) => userNames[id] ?? unlistedName(id),
        product: (id: SourceId) => productNames[id] ?? unlistedName(id),
      };
    },
  };
}
