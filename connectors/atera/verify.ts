/** How each fact is verified: by reading, and by a ticket with two notes for a test client. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addDays, addSeconds, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import { okResult, warningResult } from '../kit/checking/checks.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import { type Atera, idIn, type List } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { ticketsOf, ticketsSince, workHoursFrom } from './lists.ts';
import { alertRecord, notes } from './push.ts';
import { WorkHoursWire } from './schema.ts';
import { firstDifference, localText, type Span, spansOf, zoneNamed } from './wall-clock.ts';

/** What Atera calls the account's zone, beside the one that work hours are read by. */
export async function compareZone(atera: Atera, name: string): Promise<CheckResult[]> {
  const { context, zone } = atera;
  const theirs = zoneNamed(name);
  const id = 'zone';
  if (theirs === null) {
    // An answer for another zone name does not apply to this one.
    await context.memory.delete('fact.account-zone');
    const detail = `Atera calls the account’s zone "${name}"; work hours are read by ${zone}.`;
    const fix = 'This name is not known here: compare the two yourself, under Admin in Atera.';
    return [warningResult(id, detail, fix)];
  }
  const differsAt = firstDifference(zone, theirs, context.now());
  await facts.verifyFact(context, 'account-zone', differsAt === null);
  if (differsAt === null) {
    const detail = `Atera calls the account’s zone "${name}"; ${zone} keeps the same clock.`;
    return [okResult(id, detail)];
  }
  const detail = `Atera calls the account’s zone "${name}", and ${zone} shows another clock from ${differsAt} on.`;
  const fix = `Set \`timezone: ${theirs}\` on the connection, or correct the zone in Atera.`;
  return [{ id, status: 'failed', detail, fix }];
}

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(
  atera: Atera,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const sample = await sampleEntry(atera);
  return facts.verifyAll(atera.context, {
    'account-zone': null,
    'work-hours-zone': sample && (await isShownAsAsked(atera, sample)),
    'ticket-changes': await filtersChanges(atera),
    'work-moves-ticket': sample && (await movesTicket(atera, sample)),
    'tickets-by-client': await filtersByClient(atera, clientIds),
  });
}

async function countRows(atera: Atera, list: List): Promise<number> {
  return (await firstPage(atera, { ...list, pageSize: 1 })).count ?? 0;
}

/** Nothing changed tomorrow; without the filter, or with today in its place, something did. */
async function filtersChanges(atera: Atera): Promise<boolean | null> {
  const tomorrow = addSeconds(instantFromMs(atera.context.now()), 86_400);
  if ((await countRows(atera, ticketsSince('2000-01-01T00:00:00.000Z'))) === 0) return null;
  return (await countRows(atera, ticketsSince(tomorrow))) === 0;
}

const clientsTried = 3;

async function filtersByClient(atera: Atera, clientIds: readonly SourceId[]) {
  for (const clientId of clientIds.slice(0, clientsTried)) {
    const { rows } = await firstPage(atera, ticketsOf(clientId));
    if (rows.length === 0) continue;
    return rows.every((row) => idIn(row, 'CustomerID') === clientId);
  }
  return null;
}

interface Sample {
  wire: WorkHoursWire;
  span: Span;
}

/** An entry of the look-back whose texts have one meaning. */
async function sampleEntry(atera: Atera): Promise<Sample | null> {
  const today = dateInZone(instantFromMs(atera.context.now()), atera.zone);
  const list = workHoursFrom(addDays(today, -atera.config.lookBackDays));
  for (const row of (await firstPage(atera, list)).rows) {
    const wire = WorkHoursWire.safeParse(row).data;
    if (wire === undefined) continue;
    const { StartWorkHour: start, EndWorkHour: end } = wire;
    const [span, other] = ifBelieved(() => spansOf(start, end, atera.shownIn)) ?? [];
    if (span !== undefined && other === undefined && span.seconds > 1) return { wire, span };
  }
  return null;
}

/** It is listed when requested from its start as we read it, and not from a second later. */
async function isShownAsAsked(atera: Atera, { wire, span }: Sample): Promise<boolean> {
  const isListedFrom = async (startedAt: string): Promise<boolean> => {
    const query = {
      startWorkhour: localText(startedAt, atera.zone),
      // What is finer than a second was cut off the end that we know.
      endWorkhour: localText(addSeconds(span.endedAt, 1), atera.zone),
    };
    const { rows } = await firstPage(atera, { path: '/workhours', query });
    return rows.some((row) => idIn(row, 'WorkHoursID') === wire.WorkHoursID);
  };
  const isListed = await isListedFrom(span.startedAt);
  return isListed && !(await isListedFrom(addSeconds(span.startedAt, 1)));
}

/** Whether logging it was that change, or closing the ticket, is all the same. */
async function movesTicket(atera: Atera, { wire, span }: Sample): Promise<boolean> {
  for await (const { rows } of atera.pages(ticketsSince(span.endedAt))) {
    if (rows.some((row) => idIn(row, 'TicketID') === wire.TicketID)) return true;
  }
  return false;
}

export const probeConnection = createProbe<Atera, FactId>('Atera', facts, () => ({
  ticket: {
    facts: ['ticket-title', 'action-id', 'ticket-times'],
    create: (atera, alert) => createKeyed(atera, facts, alertRecord, alert),
    path: (id) => `/tickets/${id}`,
    noteFact: 'note-audience',
    writeNote: notes.write,
  },
  fix: 'Delete it by hand in Atera.',
}));
