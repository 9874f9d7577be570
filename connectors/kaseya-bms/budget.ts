/**
 * The hourly limit on each endpoint. BMS tells nobody how many requests it has had, so ours are counted
 * here, and at the configured share of the limit this connection rests on that endpoint.
 */

import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/clock.ts';
import type { HttpRequest } from '../http/types.ts';
import { hourlyLimit } from './limits.ts';

const hourMs = 3_600_000;
/** Requests are counted by such parts of an hour; a whole part must have passed to be forgotten. */
const partMs = 300_000;
/** A process that ends has stored all but the last few. */
const storeAfterRequests = 10;
const memoryKey = 'requests';

/** By endpoint: the beginnings of parts of an hour, with the requests in each. */
const Counts = z.record(z.string(), z.record(z.string(), z.int().min(0)));
type Counts = z.infer<typeof Counts>;

export interface Budget {
  /** Throws `rate-limited` where the share of this endpoint is used up. */
  refuseIfSpent(request: Pick<HttpRequest, 'method' | 'path'>): Promise<void>;
  /** One request has been answered. */
  count(request: Pick<HttpRequest, 'method' | 'path'>): Promise<void>;
}

export function createBudget(context: ConnectorContext, sharePercent: number): Budget {
  let loading: Promise<Counts> | null = null;
  let unstored = 0;
  let isFirst = true;

  async function load(): Promise<Counts> {
    const text = await context.memory.get(memoryKey);
    return text === null ? {} : (Counts.safeParse(JSON.parse(text)).data ?? {});
  }

  return {
    async refuseIfSpent(request) {
      loading ??= load();
      const endpoint = endpointOf(request);
      const spent = withinHour((await loading)[endpoint] ?? {}, context.now());
      const total = Object.values(spent).reduce((sum, requests) => sum + requests, 0);
      if (total * 100 < hourlyLimit.requests * sharePercent) return;
      throw new KindError(
        'rate-limited',
        `${endpoint} has had ${total} requests of ours in an hour, of ${hourlyLimit.requests} that BMS takes.`,
        {
          fix: `This connection rests at ${sharePercent} % (requestShare) and goes on by itself.`,
        },
      );
    },
    async count(request) {
      loading ??= load();
      const counts = await loading;
      const nowMs = context.now();
      const endpoint = endpointOf(request);
      const part = String(nowMs - (nowMs % partMs));
      const parts = withinHour(counts[endpoint] ?? {}, nowMs);
      counts[endpoint] = { ...parts, [part]: (parts[part] ?? 0) + 1 };
      unstored += 1;
      if (!isFirst && unstored < storeAfterRequests) return;
      isFirst = false;
      unstored = 0;
      await context.memory.set(memoryKey, JSON.stringify(counts));
    },
  };
}

/** `GET /v2/servicedesk/tickets/{id}/notes` */
function endpointOf({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string {
  return `${method} ${path.replace(/\?.*$/s, '').replace(/\/\d+(?=\/|$)/g, '/{id}')}`;
}

function withinHour(parts: Readonly<Record<string, number>>, nowMs: number) {
  return Object.fromEntries(
    Object.entries(parts).filter(([from]) => isRecent(Number(from), nowMs, hourMs + partMs)),
  );
}
