/** Lists that rarely change, kept in the connection's memory so that a quiet run asks for none. */

import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isRecent } from '../http/clock.ts';

/** After a day a list is read again when it is next needed: names and places change. */
const lifeMs = 86_400_000;
/** Many unknown ids in one pass are one question, not many. */
const justReadMs = 60_000;

export interface Remembered<Row> {
  /** From memory where it is not too old, else read. */
  get(signal: AbortSignal): Promise<readonly Row[]>;
  /** Reads anew, unless this process did so within the minute: for an id that the list lacks. */
  renew(signal: AbortSignal): Promise<readonly Row[]>;
  /** Reads anew, always. */
  reread(signal: AbortSignal): Promise<readonly Row[]>;
}

/** `key` names the list in memory; `schema` guards against what an older version wrote there. */
export function createRemembered<Row>(
  context: ConnectorContext,
  key: string,
  schema: z.ZodType<Row>,
  read: (signal: AbortSignal) => Promise<readonly Row[]>,
): Remembered<Row> {
  const Stored = z.object({ readAtMs: z.number(), rows: z.array(schema) });
  let held: { readAtMs: number; rows: readonly Row[] } | null = null;
  let readHereMs: number | null = null;

  let underWay: Promise<readonly Row[]> | null = null;

  /** Several that lack the list at the same moment ask for it once. */
  function reread(signal: AbortSignal): Promise<readonly Row[]> {
    underWay ??= readNow(signal).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  async function readNow(signal: AbortSignal): Promise<readonly Row[]> {
    const rows = await read(signal);
    held = { readAtMs: context.now(), rows };
    readHereMs = held.readAtMs;
    await context.memory.set(key, JSON.stringify(held));
    return rows;
  }

  return {
    async get(signal) {
      if (held === null) {
        const stored = Stored.safeParse(parsed(await context.memory.get(key)));
        if (stored.success) held = stored.data;
      }
      const isFresh = held !== null && isRecent(held.readAtMs, context.now(), lifeMs);
      return held !== null && isFresh ? held.rows : reread(signal);
    },
    async renew(signal) {
      const wasJustRead = readHereMs !== null && isRecent(readHereMs, context.now(), justReadMs);
      return held !== null && wasJustRead ? held.rows : reread(signal);
    },
    reread,
  };
}

export function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
