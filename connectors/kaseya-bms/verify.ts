/**
 * How each fact is verified: filters and units by reading; the rest by writing to a test client,
 * reading back and removing.
 */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import type { Query } from '../kit/call.ts';
import {
  fieldStep,
  type ProbeStep,
  runProbe,
  testBody,
  testSale,
  testSubject,
} from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { Bms } from './call.ts';
import { readCover, ticketChanges, timeChanges } from './changes.ts';
import { type FactId, facts } from './facts.ts';
import { type Listed, listOf } from './lists.ts';
import { filterDaysAgo, readableMs, verifyZone } from './local-times.ts';
import { isClosedTicket, spanOf } from './mapping.ts';
import {
  accountField,
  createTicket,
  notes,
  notesPath,
  requireAlerts,
  ticketsPath,
} from './push.ts';
import { pathsOf, saleRecord } from './sales.ts';
import { TicketWire, TimeWire } from './schema.ts';

const farFuture = '2099-01-01T00:00:00Z';
const farPast = '2000-01-01T00:00:00Z';
/** Filters for records created or changed since. */
const sampleDays = 90;

/** One result per fact. A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(
  bms: Bms,
  userTime: string | null | undefined,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const countOf = async (name: Listed, query: Query = {}): Promise<number> =>
    (await firstPage(bms, { ...listOf(name, query), pageSize: 1 })).count ?? 0;
  const sampleOf = async (name: Listed, filter: string) =>
    (await firstPage(bms, listOf(name, { [filter]: filterDaysAgo(bms, sampleDays) }))).rows;
  const [time, ticket] = [timeChanges, ticketChanges];
  const isFutureEmpty =
    (await countOf('time', { [time.first.name]: farFuture })) === 0 &&
    (await countOf('tickets', { [ticket.first.name]: farFuture })) === 0;
  const worked = await countOf('time', { 'Filter.StartDateFrom': farPast });
  const isStartHonoured = (await countOf('time', { 'Filter.StartDateFrom': farFuture })) === 0;
  const isAnyTime = (await countOf('time')) > 0;
  const completed = await countOf('tickets', { 'Filter.CompletedDateFrom': farPast });
  const spans = spansIn(bms, parseAll(await sampleOf('time', time.second.name), TimeWire));
  const answers: { [id in FactId]?: boolean | null } = {
    'change-filters': isFutureEmpty,
    'completed-listed': completed > 0 || null,
    'time-in-hours': isInHours(spans),
    'change-zone': await verifyZone(bms, userTime),
    'work-zone': isLoggedAfterwards(bms, spans),
    'time-modified': await readCover(bms, time),
    'ticket-activity': await readCover(bms, ticket),
    'closed-by-date': isClosedByDate(
      bms,
      parseAll(await sampleOf('tickets', ticket.second.name), TicketWire),
    ),
    'account-ids': await areAccountsListed(clientIds, (ids) =>
      countOf('tickets', { 'Filter.AccountIds': ids }),
    ),
    'page-order': await orNo(() => areSorted(bms, ['time', 'tickets'])),
    'start-filter': isAnyTime ? isStartHonoured && worked > 0 : null,
    overtime: isOvertimeIncluded(spans),
  };
  const results: CheckResult[] = [];
  for (const [id, isTrue] of Object.entries(answers) as [FactId, boolean | null][]) {
    await facts.verifyFact(bms.context, id, isTrue);
    results.push(await facts.factResult(bms.context, id));
  }
  return results;
}

interface Spent {
  wire: TimeWire;
  seconds: number;
  endMs: number;
}

/** Entries without a readable start and end are ignored. */
function spansIn({ zones }: Bms, wires: readonly TimeWire[]): Spent[] {
  return wires.flatMap((wire) => {
    const span = ifBelieved(() => spanOf(wire, zones.work));
    const seconds = span === null ? 0 : (span.endMs - span.startMs) / 1000;
    return span === null || seconds === 0 ? [] : [{ wire, seconds, endMs: span.endMs }];
  });
}

/** To the hundredth of an hour, as people round. */
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
 * Work is logged after it is done: read in a zone too far west, it would end after it was logged; in one
 * too far east, nothing would ever have been logged soon afterwards.
 */
function isLoggedAfterwards({ zones }: Bms, spans: readonly Spent[]): boolean | null {
  const gaps = spans.flatMap(({ wire, endMs }) => {
    const loggedMs = readableMs(wire.createdon, zones.timestamps);
    return loggedMs === null ? [] : [loggedMs - endMs];
  });
  const early = gaps.filter((gap) => gap < -earlyMs);
  if (early.length * 2 > gaps.length) return false;
  return gaps.some((gap) => gap >= -earlyMs && gap <= soonMs) ? true : null;
}

function isClosedByDate(bms: Bms, wires: readonly TicketWire[]): boolean | null {
  const byDate = { ...bms, config: { closedStatuses: undefined } };
  const statuses = Map.groupBy(wires, (wire) => isClosedTicket(wire, byDate));
  const closed = new Set(statuses.get(true)?.map(({ statusname }) => statusname));
  if (closed.size === 0) return null;
  return !statuses.get(false)?.some(({ statusname }) => closed.has(statusname));
}

async function areAccountsListed(
  [one, other]: readonly SourceId[],
  countOf: (ids: string) => Promise<number>,
): Promise<boolean | null> {
  if (one === undefined || other === undefined) return null;
  const [first, second] = [await countOf(one), await countOf(other)];
  if (first === 0 || second === 0) return null;
  return orNo(async () => (await countOf(`${one},${other}`)) === first + second);
}

/** An unsupported filter may be refused or cause an error: then the fact is false. */
async function orNo(ask: () => Promise<boolean | null>): Promise<boolean | null> {
  try {
    return await ask();
  } catch (error) {
    if (!isKindError(error, 'rejected', 'contract', 'transient')) throw error;
    return false;
  }
}

/** Fewer may be sorted by chance. */
const rowsToSeeOrder = 3;
const rowsToSee = 100;

async function areSorted(bms: Bms, names: readonly Listed[]): Promise<boolean | null> {
  let isSeen = true;
  for (const name of names) {
    const sorted = { ...listOf(name, { Sort: 'Id' }), pageSize: rowsToSee, question: {} };
    const { rows, resume } = await firstPage(bms, sorted);
    if (resume == null) return false;
    isSeen &&= rows.length >= rowsToSeeOrder;
  }
  return isSeen || null;
}

export function probeConnection(bms: Bms, clientId: SourceId): Promise<CheckResult[]> {
  const { alerts, billing, balance } = bms.config;
  const key = `probe.${bms.context.now()}`;
  const written: string[] = [];
  const ticketFacts = ['ticket-key-kept', 'title-filter', 'note-audience', 'change-zone'] as const;
  const tickets = () => probeTicket(bms, { key, clientId }, written);
  const sale = async (): Promise<void> => {
    const message = testSale(bms.context, { clientId, key: `${key}.sale` });
    const made = await createKeyed(bms, facts, saleRecord, message);
    const { ticket, charge } = pathsOf(made.remoteId);
    written.unshift(charge, ticket);
  };
  const steps: ProbeStep<FactId>[] = [];
  if (alerts !== undefined) steps.push({ facts: ticketFacts, work: tickets });
  if (alerts !== undefined && billing.product !== undefined) {
    steps.push({ facts: ['charge-key-kept'], work: sale });
  }
  if (balance !== undefined) {
    steps.push(fieldStep(bms, facts, 'account-field', accountField, clientId));
  }
  const fix = 'Delete these by hand in BMS; the API user may lack permission.';
  return runProbe(bms, facts, steps, { written, remove: bms.remove, fix }, 'Kaseya BMS');
}

async function probeTicket(
  bms: Bms,
  { key, clientId }: { key: string; clientId: SourceId },
  written: string[],
): Promise<void> {
  const alert = { key, clientId, subject: testSubject, body: testBody };
  const { id: ticketId } = await createTicket(bms, alert, requireAlerts(bms).queue);
  written.unshift(`${ticketsPath}/${ticketId}`);
  for (const audience of ['client', 'internal'] as const) {
    const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
    const { remoteId } = await notes.write(bms, note);
    written.unshift(`${notesPath(ticketId)}/${remoteId}`);
    // Another note would prove nothing more.
    if ((await facts.readFact(bms.context, 'note-audience')) !== 'yes') return;
  }
}
