/** An address, or part of one, that the vendor reports and may change: a database's zone, a codebase in the path. */
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isRecent } from '../http/answers/clock.ts';

/** A refusal may be genuine, so discovery is repeated no more often than this. */
const askAgainAfterMs = 60_000;

export type Discovery = ReturnType<typeof createDiscovery>;

/** `movedMessage`: log message for a change. */
export function createDiscovery(
  { memory, now, log }: ConnectorContext,
  memoryKey: string,
  movedMessage: string,
  ask: (signal: AbortSignal) => Promise<string>,
) {
  let known: Promise<string> | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let movedAtMs = Number.NEGATIVE_INFINITY;

  async function askNow(signal: AbortSignal): Promise<string> {
    askedAtMs = now();
    const answer = await ask(signal);
    await memory.set(memoryKey, answer);
    return answer;
  }

  return {
    /** One request the first time, then from memory. */
    async current(signal: AbortSignal): Promise<string> {
      known ??= memory.get(memoryKey).then((stored) => stored ?? askNow(signal));
      try {
        return await known;
      } catch (error) {
        known = null;
        throw error;
      }
    },
    /** After a refusal: true if the address has changed, so the request may be sent again. */
    async hasMoved(signal: AbortSignal): Promise<boolean> {
      if (known === null) return false;
      const nowMs = now();
      // Requests in flight during the move fail after it was noticed.
      if (isRecent(askedAtMs, nowMs, askAgainAfterMs)) {
        return isRecent(movedAtMs, nowMs, askAgainAfterMs);
      }
      const before = await known;
      const after = await askNow(signal);
      if (after === before) return false;
      log.info(movedMessage, { before, after });
      known = Promise.resolve(after);
      movedAtMs = nowMs;
      return true;
    },
  };
}
