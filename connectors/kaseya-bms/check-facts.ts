/** What reading can settle of the facts that the vendor's documents leave open. */
import type { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addSeconds, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import type { Api, List, Query } from './api.ts';
import { seeCover, ticketChanges, timeChanges } from './changes.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import { isClosedTicket, spanOf } from './mapping.ts';
import { filterText, readableMoment } from './moments.ts';
import { readingOf } from './pull.ts';
import { TicketWire, TimeWire, type UserWire } from './schema.ts';
import { settleMomentsBy } from './zone-facts.ts';

const farFuture = '2099-01-01T00:00:00Z';
const farPast = '2000-01-01T00:00:00Z';
/** Of what was made or changed since. */
const sampleSeconds = 90 * 86_400;

interface Known {
  user: z.infer<typeof UserWire>;
  clientIds: readonly SourceId[];
}

/** One result a fact. What nothing was there to see by stays as it was known before. */
export async function settleByReading(
  api: Api,
  { user, clientIds }: Known,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const from = filterText(
    addSeconds(instantFromMs(api.context.now()), -sampleSeconds),
    api.zones.moments,
  );
  const time = (query: Query): List => ({ path: timeChanges.path, query, isCounted: true });
  const tickets = (query: Query): List => ({
    path: ticketChanges.path,
    query: { 'Filter.ExcludeCompleted': 0, ...query },
    isCounted: true,
  });
  const countOf = async (list: List) =>
    (await firstPage(api, { ...list, pageSize: 1 }, signal)).total;
  const isFutureEmpty =
    (await countOf(time({ [timeChanges.first.name]: farFuture }))) === 0 &&
    (await countOf(tickets({ [ticketChanges.first.name]: farFuture }))) === 0;
  const worked = await countOf(time({ 'Filter.StartDateFrom': farPast }));
  const isStartHonoured = (await countOf(time({ 'Filter.StartDateFrom': farFuture }))) === 0;
  const isAnyTime = (await countOf(time({}))) > 0;
  const isAnyCompleted = (await countOf(tickets({ 'Filter.CompletedDateFrom': farPast }))) > 0;
  const sample = (await firstPage(api, time({ 'Filter.CreatedOnFrom': from }), signal)).rows;
  const wires = sample.flatMap((row) => TimeWire.safeParse(row).data ?? []);
  const spans = wires.flatMap((wire) => spanOrNothing(api, wire));
  const answers: Partial<Record<FactId, boolean | null>> = {
    'change-filters': isFutureEmpty,
    'completed-listed': isAnyCompleted || null,
    'time-in-hours': isInHours(spans),
    'moments-zone': await settleMomentsBy(api, user.timestamp),
    'work-zone': isLoggedAfterwards(api, spans),
    'time-modified': await seeCover(api, { ...timeChanges, query: {} }, signal),
    'ticket-activity': await seeCover(
      api,
      { ...ticketChanges, query: { 'Filter.ExcludeCompleted': 0 } },
      signal,
    ),
    'closed-by-date': isClosedByDate(
      api,
      (await firstPage(api, tickets({ [ticketChanges.second.name]: from }), signal)).rows,
    ),
    'account-ids': await areAccountsListed(clientIds, (ids) =>
      countOf(tickets({ 'Filter.AccountIds': ids })),
    ),
    'page-order': await orNo(() => isSorted(api, [time({}), tickets({})], signal)),
    'start-filter': isAnyTime ? isStartHonoured && worked > 0 : null,
    overtime: isOvertimeIncluded(spans),
  };
  const results: CheckResult[] = [];
  for (const [id, isSo] of Object.entries(answers) as [FactId, boolean | null][]) {
    if (isSo !== null) await verifyFact(api.context, id, isSo);
    results.push(await factResult(api.context, id));
  }
  return results;
}

async function firstPage(api: Api, list: List, signal: AbortSignal) {
  for await (const { rows, total } of api.pages(list, signal)) return { rows, total: total ?? 0 };
  return { rows: [], total: 0 };
}

interface Spent {
  wire: TimeWire;
  seconds: number;
  endMs: number;
}

/** Entries without a start and an end, or with unreadable ones, show nothing. */
function spanOrNothing({ zones }: Api, wire: TimeWire): Spent[] {
  try {
    const span = spanOf(wire, zones);
    const seconds = span === null ? 0 : (span.endMs - span.startMs) / 1000;
    return span === null || seconds === 0 ? [] : [{ wire, seconds, endMs: span.endMs }];
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return [];
  }
}

/** To the hundredth of an hour, since that is what people round to. */
function isAbout(seconds: number, wanted: number): boolean {
  return Math.abs(seconds - wanted) <= 36;
}

function isInHours(spans: readonly Spent[]): boolean | null {
  const comesTo = (unitSeconds: number) =>
    spans.some(({ wire, seconds }) => isAbout(Number(wire.timespent) * unitSeconds, seconds));
  if (comesTo(3600)) return true;
  return comesTo(60) ? false : null;
}

function isOvertimeIncluded(spans: readonly Spent[]): boolean | null {
  const verdicts = spans.flatMap(({ wire, seconds }) => {
    const overtime = Number(wire.overtimespent ?? '0') * 3600;
    const spent = Number(wire.timespent) * 3600;
    if (isAbout(overtime, 0)) return [];
    return isAbout(spent, seconds) ? [true] : isAbout(spent + overtime, seconds) ? [false] : [];
  });
  return verdicts.length === 0 ? null : verdicts.every((isIncluded) => isIncluded);
}

const soonMs = 30 * 60_000;
const earlyMs = 5 * 60_000;

/**
 * Work is logged when it is done: read in a zone too far west, it would end after it was logged; in one
 * too far east, nobody would ever have logged anything soon afterwards.
 */
function isLoggedAfterwards({ zones }: Api, spans: readonly Spent[]): boolean | null {
  const gaps = spans.flatMap(({ wire, endMs }) => {
    const loggedAt = readableMoment(wire.createdon, zones.moments);
    return loggedAt === null ? [] : [msFromInstant(loggedAt) - endMs];
  });
  const early = gaps.filter((gap) => gap < -earlyMs);
  if (early.length * 2 > gaps.length) return false;
  return gaps.some((gap) => gap >= -earlyMs && gap <= soonMs) ? true : null;
}

function isClosedByDate(api: Api, rows: readonly unknown[]): boolean | null {
  const reading = { ...readingOf(api), closedStatuses: undefined };
  const wires = rows.flatMap((row) => TicketWire.safeParse(row).data ?? []);
  const statuses = (isClosed: boolean) =>
    wires
      .filter((wire) => isClosedTicket(wire, reading) === isClosed)
      .map((wire) => wire.statusname);
  const closed = new Set(statuses(true));
  if (closed.size === 0) return null;
  return statuses(false).every((status) => !closed.has(status));
}

async function areAccountsListed(
  clientIds: readonly SourceId[],
  countOf: (ids: string) => Promise<number>,
): Promise<boolean | null> {
  const [one, other] = clientIds;
  if (one === undefined || other === undefined) return null;
  const [first, second] = [await countOf(one), await countOf(other)];
  if (first === 0 || second === 0) return null;
  return orNo(async () => (await countOf(`${one},${other}`)) === first + second);
}

/** What BMS cannot make sense of may be refused, or break it: then it is not so. */
async function orNo(ask: () => Promise<boolean | null>): Promise<boolean | null> {
  try {
    return await ask();
  } catch (error) {
    if (!isKindError(error, 'rejected', 'contract', 'transient')) throw error;
    return false;
  }
}

/** Fewer may be in order by chance. */
const rowsToSeeOrder = 3;
const rowsToSee = 100;

async function isSorted(
  api: Api,
  lists: readonly List[],
  signal: AbortSignal,
): Promise<boolean | null> {
  let isSeen = true;
  for (const list of lists) {
    const sorted = { ...list, query: { ...list.query, Sort: 'Id' }, pageSize: rowsToSee };
    for await (const { rows, place } of api.pages(sorted, signal)) {
      if (place === null) return false;
      isSeen &&= rows.length >= rowsToSeeOrder;
      break;
    }
  }
  return isSeen ? true : null;
}
