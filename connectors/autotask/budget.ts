/**
 * The hourly limit that all integrations of a tenant share: past it, Autotask shuts all of them out.
 * Before a request leaves, the vendor's own count is known to within a few minutes and a few hundred
 * requests of ours; at the configured share of the limit this connection rests, for others' sake.
 */

import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/clock.ts';
import { requestsPerHour } from './limits.ts';

const askAfterMs = 10 * 60_000;
const askAfterRequests = 250;
/** At the limit it is asked more often, since the window moves on. */
const restMs = 60_000;
const hourMs = 60 * 60_000;
const memoryKey = 'threshold';

/** Its fields are in no published schema: without them our own requests alone are counted. */
export const Threshold = z.object({
  currentTimeframeRequestCount: z.int().min(0),
  externalRequestThreshold: z.int().min(1).default(requestsPerHour),
});
export type Threshold = z.infer<typeof Threshold>;

const Known = z.object({
  atMs: z.number(),
  /** Where the hour began in which requests of ours are counted. */
  hourFromMs: z.number(),
  count: z.int(),
  limit: z.int(),
});
type Known = z.infer<typeof Known>;

export interface Budget {
  /** Counts one request; throws `rate-limited` where the share is used up. */
  spend(signal: AbortSignal): Promise<void>;
}

export function createBudget(
  context: ConnectorContext,
  sharePercent: number,
  ask: (signal: AbortSignal) => Promise<Threshold>,
): Budget {
  let known: Known | null = null;
  let spent = 0;
  let asking: Promise<Known> | null = null;

  async function refresh(signal: AbortSignal): Promise<Known> {
    const atMs = context.now();
    try {
      const { currentTimeframeRequestCount: count, externalRequestThreshold: limit } =
        await ask(signal);
      known = { atMs, hourFromMs: atMs, count, limit };
    } catch (error) {
      // Whether the answer is no, or none: the request that waits for this will meet the same fault.
      if (!isKindError(error) || error.kind === 'rate-limited') throw error;
      context.log.debug('The count of requests could not be read; ours are counted alone.', {
        reason: error.message,
      });
      known = countedByUs(known, atMs, spent);
    }
    spent = 0;
    await context.memory.set(memoryKey, JSON.stringify(known));
    return known;
  }

  async function stored(): Promise<Known | null> {
    const text = await context.memory.get(memoryKey);
    return text === null ? null : (Known.safeParse(JSON.parse(text)).data ?? null);
  }

  return {
    async spend(signal) {
      known ??= await stored();
      const isOld = (after: number) =>
        known === null || !isRecent(known.atMs, context.now(), after);
      const isOver = () =>
        known !== null && (known.count + spent) * 100 >= known.limit * sharePercent;
      if (isOld(askAfterMs) || spent >= askAfterRequests || (isOver() && isOld(restMs))) {
        asking ??= refresh(signal).finally(() => {
          asking = null;
        });
        await asking;
      }
      if (isOver()) {
        throw new KindError(
          'rate-limited',
          `Autotask has had ${(known?.count ?? 0) + spent} of ${known?.limit} requests this hour, of all integrations.`,
          {
            fix: `This connection rests at ${sharePercent} % (requestShare) and goes on by itself.`,
          },
        );
      }
      spent += 1;
    },
  };
}

/** Without the vendor's count: our requests since the hour began, and from nothing in the next. */
function countedByUs(before: Known | null, atMs: number, spent: number): Known {
  if (before === null || atMs - before.hourFromMs >= hourMs) {
    return { atMs, hourFromMs: atMs, count: 0, limit: requestsPerHour };
  }
  return { ...before, atMs, count: before.count + spent };
}
