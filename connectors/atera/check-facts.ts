/** Facts that reading settles. What nothing is there to see by stays open. */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addDays, addSeconds, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { firstDifference, zoneNamed } from './account-zone.ts';
import { type Api, idIn, type List } from './api.ts';
import { meaningsOf, readTicketTotal } from './doubled-hour.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import { ticketsSince } from './pull.ts';
import { workHoursFrom } from './pull-time.ts';
import { ticketsOf } from './push-ticket.ts';
import { WorkHoursWire } from './schema.ts';
import { localText, type Span } from './wall-clock.ts';

/** What Atera calls the account's zone, beside the one that work hours are read by. */
export async function compareZone(api: Api, name: string): Promise<CheckResult[]> {
  const { context, zone } = api;
  const theirs = zoneNamed(name);
  const id = 'zone';
  if (theirs === null) {
    // What another name settled says nothing of this one.
    await context.memory.delete('fact.account-zone');
    const detail = `Atera calls the account’s zone "${name}"; work hours are read by ${zone}.`;
    const fix = 'The name is not known here: compare the two yourself, under Admin in Atera.';
    return [{ id, status: 'warning', detail, fix }];
  }
  const differsAt = firstDifference(zone, theirs, context.now());
  await verifyFact(context, 'account-zone', differsAt === null);
  if (differsAt === null) {
    const detail = `Atera calls the account’s zone "${name}"; ${zone} keeps the same clock.`;
    return [{ id, status: 'ok', detail }];
  }
  const detail = `Atera calls the account’s zone "${name}", and ${zone} shows another clock from ${differsAt} on.`;
  const fix = `Set \`timezone: ${theirs}\` on the connection, or correct the zone in Atera.`;
  return [{ id, status: 'failed', detail, fix }];
}

export async function settleByReading(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  await settleChanges(api, signal);
  await settleByClient(api, clientIds, signal);
  const sample = await sampleEntry(api, signal);
  if (sample !== null) {
    await settleShownZone(api, sample, signal);
    await settleMoves(api, sample, signal);
    await settleTotals(api, sample.wire.TicketID, signal);
  }
  const ids: FactId[] = [
    'account-zone',
    'work-hours-zone',
    'ticket-changes',
    'work-moves-ticket',
    'tickets-by-client',
    'ticket-totals',
  ];
  return Promise.all(ids.map((id) => factResult(api.context, id)));
}

async function countOf(api: Api, list: List, signal: AbortSignal): Promise<number> {
  return (await api.few({ ...list, pageSize: 1 }, signal)).count;
}

/** Nothing changed tomorrow; without the filter, or with today in its place, something did. */
async function settleChanges(api: Api, signal: AbortSignal): Promise<void> {
  const tomorrow = addSeconds(instantFromMs(api.context.now()), 86_400);
  const ever = await countOf(api, ticketsSince('2000-01-01T00:00:00.000Z'), signal);
  if (ever === 0) return;
  const ahead = await countOf(api, ticketsSince(tomorrow), signal);
  await verifyFact(api.context, 'ticket-changes', ahead === 0);
}

const clientsTried = 3;

async function settleByClient(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<void> {
  for (const clientId of clientIds.slice(0, clientsTried)) {
    const { rows } = await api.few(ticketsOf(clientId), signal);
    if (rows.length === 0) continue;
    const isSo = rows.every((row) => idIn(row, 'CustomerID') === clientId);
    return verifyFact(api.context, 'tickets-by-client', isSo);
  }
}

interface Sample {
  wire: WorkHoursWire;
  span: Span;
}

/** An entry of the look-back whose texts have one meaning. */
async function sampleEntry(api: Api, signal: AbortSignal): Promise<Sample | null> {
  const today = dateInZone(instantFromMs(api.context.now()), api.zone);
  const list = workHoursFrom(addDays(today, -api.config.lookBackDays));
  for (const row of (await api.few(list, signal)).rows) {
    const wire = WorkHoursWire.safeParse(row).data;
    if (wire === undefined) continue;
    const [span, other] = meaningsOf(wire, api);
    if (span !== undefined && other === undefined && span.seconds > 1) return { wire, span };
  }
  return null;
}

/** It is listed when asked for from its start as we read it, and not from a second later. */
async function settleShownZone(
  api: Api,
  { wire, span }: Sample,
  signal: AbortSignal,
): Promise<void> {
  const isListedFrom = async (startedAt: string): Promise<boolean> => {
    const query = {
      startWorkhour: localText(startedAt, api.zone),
      // What is finer than a second was cut off the end that we know.
      endWorkhour: localText(addSeconds(span.endedAt, 1), api.zone),
    };
    const { rows } = await api.few({ path: '/workhours', query }, signal);
    return rows.some((row) => idIn(row, 'WorkHoursID') === wire.WorkHoursID);
  };
  const isSo =
    (await isListedFrom(span.startedAt)) && !(await isListedFrom(addSeconds(span.startedAt, 1)));
  await verifyFact(api.context, 'work-hours-zone', isSo);
}

/** Whether logging it was that change, or closing the ticket, is all the same. */
async function settleMoves(api: Api, { wire, span }: Sample, signal: AbortSignal): Promise<void> {
  for await (const { rows } of api.pages(ticketsSince(span.endedAt), signal)) {
    const isListed = rows.some((row) => idIn(row, 'TicketID') === wire.TicketID);
    if (isListed) return verifyFact(api.context, 'work-moves-ticket', true);
  }
  await verifyFact(api.context, 'work-moves-ticket', false);
}

async function settleTotals(api: Api, ticketId: SourceId, signal: AbortSignal): Promise<void> {
  const { entries, totalSeconds } = await readTicketTotal(api, ticketId, signal);
  if (entries.some(({ meanings }) => meanings.length !== 1)) return;
  const sum = entries.reduce((seconds, { meanings }) => seconds + (meanings[0]?.seconds ?? 0), 0);
  await verifyFact(api.context, 'ticket-totals', Math.abs(sum - totalSeconds) <= 60);
}
