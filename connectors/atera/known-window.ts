/**
 * Work hours are listed by the time of work: what was logged or changed since a run is told nowhere. So the
 * days of the look-back are read each time, and a first page that shows the same count as before spares
 * the rest. What changed without changing the count is seen when `rereadHours` are over.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isKindError } from '../../src/domain/errors.ts';
import {
  addDays,
  addSeconds,
  type DateText,
  dateInZone,
  instantFromMs,
} from '../../src/domain/time.ts';
import type { PullRequest } from '../contract.ts';
import { type Api, idIn, type ListPage } from './api.ts';
import { readingsOf } from './wall-clock.ts';

const memoryKey = 'time.window';

/** A pass that begins further back than the last reading asks for more than what is new. */
const recentSeconds = 1800;

const Known = z.object({
  from: z.string(),
  clients: z.string(),
  count: z.int(),
  /** The first page; null where the window was read as part of a longer one. */
  head: z.string().nullable(),
  readAt: z.string(),
});
type Known = z.infer<typeof Known>;

export interface WindowReading {
  /** First day of work that is asked for. */
  from: DateText;
  /** Whether the window is known to hold what it held when it was read. */
  isKnown(firstPage: ListPage): Promise<boolean>;
  note(page: ListPage): void;
  /** After the last page was stored. */
  remember(): Promise<void>;
}

/** First day of the window of a run that looks for changes since this moment. */
function windowStart({ config, zone }: Api, since: string): DateText {
  return addDays(dateInZone(since, zone), -config.lookBackDays);
}

export function readWindow(api: Api, request: PullRequest): WindowReading {
  const { config, context, shownIn, zone } = api;
  const startedAt = instantFromMs(context.now());
  const from = windowStart(api, request.since);
  const nextFrom = windowStart(api, startedAt);
  const clients = hashOf([...request.clientIds].sort());
  let pages = 0;
  let head = '';
  let count = 0;
  /** Rows of the window that the next run will ask for. */
  let inNext = 0;

  /** A row whose day cannot be read makes the counts differ, and the next run reads all. */
  function isInNext(row: unknown): boolean {
    try {
      const [startedAt] = readingsOf(idIn(row, 'StartWorkHour') ?? '', shownIn);
      return dateInZone(startedAt, zone) >= nextFrom;
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      return false;
    }
  }

  return {
    from,
    async isKnown(firstPage) {
      const stored = await context.memory.get(memoryKey);
      const known = stored === null ? null : (Known.safeParse(JSON.parse(stored)).data ?? null);
      return (
        known !== null &&
        known.from === from &&
        known.clients === clients &&
        known.count === firstPage.count &&
        (known.head === null || known.head === hashOf(firstPage.rows)) &&
        request.since >= addSeconds(known.readAt, -recentSeconds) &&
        startedAt < addSeconds(known.readAt, config.rereadHours * 3600)
      );
    },
    note(page) {
      pages += 1;
      if (pages === 1) head = hashOf(page.rows);
      count = page.count;
      inNext += page.rows.filter(isInNext).length;
    },
    async remember() {
      if (from > nextFrom) return;
      const isSame = from === nextFrom;
      const known: Known = {
        ...{ from: nextFrom, clients, readAt: startedAt },
        ...(isSame ? { count, head } : { count: inNext, head: null }),
      };
      await context.memory.set(memoryKey, JSON.stringify(known));
    },
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
