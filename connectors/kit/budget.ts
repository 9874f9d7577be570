/** An hourly limit that all integrations of a tenant share: this connection pauses at its share of it. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/answers/clock.ts';

const askAfterMs = 10 * 60_000;
const askAfterRequests = 250;
/** At the limit it is requested more often, since the window moves. */
const restMs = 60_000;
const hourMs = 60 * 60_000;

interface Budget {
  /** Display name of the vendor's product. */
  product: string;
  memoryKey: string;
  /** The limit, if the vendor's count cannot be read. */
  requestsPerHour: number;
  sharePercent: number;
  /** Requests of the last hour, and the limit, as the vendor counts them. */
  ask(signal: AbortSignal): Promise<{ count: number; limit: number }>;
}

const Count = z.object({
  atMs: z.number(),
  /** Start of the hour in which our requests are counted. */
  hourFromMs: z.number(),
  count: z.int(),
  limit: z.int(),
});
type Count = z.infer<typeof Count>;

/**
 * Counts one request; throws `rate-limited` at the share of the limit, since beyond it the vendor may block all
 * integrations. The vendor's own count is accurate to a few minutes and a few hundred of our requests.
 */
export function createBudget(
  { memory, now, log }: ConnectorContext,
  { product, memoryKey, requestsPerHour, sharePercent, ask }: Budget,
): (signal: AbortSignal) => Promise<void> {
  let known: Count | null = null;
  let spent = 0;
  let asking: Promise<void> | null = null;

  async function refresh(signal: AbortSignal): Promise<void> {
    const atMs = now();
    try {
      known = { atMs, hourFromMs: atMs, ...(await ask(signal)) };
    } catch (error) {
      // Refused or no response: the waiting request will fail the same way.
      if (!isKindError(error) || error.kind === 'rate-limited') throw error;
      const reason = error.message;
      log.debug('The request count could not be read; counting only our own.', { reason });
      const isNewHour = known === null || atMs - known.hourFromMs >= hourMs;
      if (isNewHour) known = { atMs, hourFromMs: atMs, count: 0, limit: requestsPerHour };
      else if (known !== null) known = { ...known, atMs, count: known.count + spent };
    }
    spent = 0;
    await memory.set(memoryKey, JSON.stringify(known));
  }

  return async (signal) => {
    known ??= Count.safeParse(JSON.parse((await memory.get(memoryKey)) ?? 'null')).data ?? null;
    const isOld = (after: number) => known === null || !isRecent(known.atMs, now(), after);
    const isOver = () =>
      known !== null && (known.count + spent) * 100 >= known.limit * sharePercent;
    if (isOld(askAfterMs) || spent >= askAfterRequests || (isOver() && isOld(restMs))) {
      asking ??= refresh(signal).finally(() => {
        asking = null;
      });
      await asking;
    }
    if (isOver()) {
      const message = `${product} received ${(known?.count ?? 0) + spent} of ${known?.limit} requests this hour from all integrations.`;
      const fix = `This connection pauses at ${sharePercent} % (requestShare) and resumes by itself.`;
      throw new KindError('rate-limited', message, { fix });
    }
    spent += 1;
  };
}
