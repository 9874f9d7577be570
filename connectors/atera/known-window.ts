/**
 * Work hours are listed by the time of work: the API does not report what was logged or changed since a run. So
 * the look-back days are read each time, and a first page with the same count as before saves the rest. A change
 * with the same count is seen after `rereadHours`.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PullRequest } from '../../src/contract/connector.ts';
import {
  addDays,
  addSeconds,
  type DateText,
  dateInZone,
  instantFromMs,
} from '../../src/domain/time.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import type { ListPage } from '../kit/reading/lists.ts';
import { type Atera, idIn } from './call.ts';
import { readingsOf } from './wall-clock.ts';

const memoryKey = 'time.window';

/**
 * A pass that begins further back than the last reading asks for more than what is new; but while nothing new
 * comes, each run asks since the very same time, for up to a day.
 */
const recentSeconds = 1800;

const Known = z.object({
  from: z.string(),
  /** What the pass requested that read it. */
  since: z.string(),
  until: z.string(),
  clients: z.string(),
  count: z.int(),
  /** The first page; null where the window was read as part of a longer one. */
  head: z.string().nullable(),
  readAt: z.string(),
});
type Known = z.infer<typeof Known>;

interface WindowReading {
  /** First day of work that is requested. */
  from: DateText;
  /**
   * Whether the window holds what it held when it was read: as many rows with the same first page, or as many
   * by what is known, where the first page was not seen alone yet.
   */
  compare(firstPage: ListPage): 'same' | 'as-many' | 'unknown';
  note(page: ListPage): void;
  /** Once the last page is stored. */
  remember(): Promise<void>;
  /** Once the first page is stored of a window that holds as many. */
  rememberFirst(): Promise<void>;
}

/** First day of the window of a run that looks for changes since this time. */
function windowStart({ config, zone }: Atera, since: string): DateText {
  return addDays(dateInZone(since, zone), -config.lookBackDays);
}

export async function readWindow(atera: Atera, request: PullRequest): Promise<WindowReading> {
  const { config, context, shownIn, zone } = atera;
  const { since, until, isStored, whenStored } = request;
  const startedAt = instantFromMs(context.now());
  const nextFrom = windowStart(atera, startedAt);
  const clients = hashOf([...request.clientIds].sort());
  const stored = Known.safeParse(JSON.parse((await context.memory.get(memoryKey)) ?? 'null')).data;
  const known = stored !== undefined && isStored && holds(stored) ? stored : null;
  const from = known?.from ?? windowStart(atera, since);
  let head: string | null = null;
  let count = 0;
  let countAtEnd = 0;
  /** Rows of the window that the next run will ask for. */
  let inNext = 0;

  function holds(window: Known): boolean {
    const isAtRest = since === window.since && until > window.until;
    return (
      window.clients === clients &&
      (isAtRest || since >= addSeconds(window.readAt, -recentSeconds)) &&
      startedAt < addSeconds(window.readAt, config.rereadHours * 3600)
    );
  }

  /** A row whose day cannot be read makes the counts differ, and the next run reads all. */
  function isInNext(row: unknown): boolean {
    const readings = ifBelieved(() => readingsOf(idIn(row, 'StartWorkHour') ?? '', shownIn));
    return readings !== null && dateInZone(readings[0], zone) >= nextFrom;
  }

  return {
    from,
    compare(firstPage) {
      if (known === null || known.count !== firstPage.count) return 'unknown';
      if (known.head === null) return 'as-many';
      return known.head === hashOf(firstPage.rows) ? 'same' : 'unknown';
    },
    note(page) {
      if (head === null) count = page.count ?? 0;
      head ??= hashOf(page.rows);
      countAtEnd = page.count ?? 0;
      inNext += page.rows.filter(isInNext).length;
    },
    async remember() {
      // A row that came in meanwhile may have gone unseen, at a place that was read already.
      if (!isStored || from > nextFrom || countAtEnd !== count) return;
      const seen = from === nextFrom ? { count, head } : { count: inNext, head: null };
      await keep({ from: nextFrom, since, until, clients, readAt: startedAt, ...seen });
    },
    async rememberFirst() {
      if (known !== null) await keep({ ...known, head });
    },
  };

  async function keep(window: Known): Promise<void> {
    await whenStored();
    await context.memory.set(memoryKey, JSON.stringify(window));
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
