/** How each fact is verified: by reading, and by a ticket with two notes for a test client. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addDays, addSeconds, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { okResult } from '../kit/checking/checks.ts';
import { runProbe, testBody, testSubject } from '../kit/checking/probe.ts';
import { firstPage } from '../kit/reading/lists.ts';
import { type Atera, idIn, type List } from './call.ts';
import { meaningsOf, readTicketTotal } from './doubled-hour.ts';
import { type FactId, facts } from './facts.ts';
import { ticketsOf, ticketsSince, workHoursFrom } from './lists.ts';
import { createTicket, writeNote } from './push.ts';
import { WorkHoursWire } from './schema.ts';
import { firstDifference, localText, type Span, zoneNamed } from './wall-clock.ts';

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
    return [{ id, status: 'warning', detail, fix }];
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
  const verify = (id: FactId, isTrue: boolean | null) =>
    facts.verifyFact(atera.context, id, isTrue);
  await verify('ticket-changes', await filtersChanges(atera));
  await verify('tickets-by-client', await filtersByClient(atera, clientIds));
  const sample = await sampleEntry(atera);
  if (sample !== null) {
    await verify('work-hours-zone', await isShownAsAsked(atera, sample));
    await verify('work-moves-ticket', await movesTicket(atera, sample));
    await verify('ticket-totals', await addsUp(atera, sample.wire.TicketID));
  }
  const ids: FactId[] = [
    'account-zone',
    'work-hours-zone',
    'ticket-changes',
    'work-moves-ticket',
    'tickets-by-client',
    'ticket-totals',
  ];
  return Promise.all(ids.map((id) => facts.factResult(atera.context, id)));
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
    const [span, other] = meaningsOf(wire, atera);
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

async function addsUp(atera: Atera, ticketId: SourceId): Promise<boolean | null> {
  const { entries, totalSeconds } = await readTicketTotal(atera, ticketId);
  if (entries.some(({ meanings }) => meanings.length !== 1)) return null;
  const sum = entries.reduce((seconds, { meanings }) => seconds + (meanings[0]?.seconds ?? 0), 0);
  return Math.abs(sum - totalSeconds) <= 60;
}

export function probeConnection(atera: Atera, clientId: SourceId): Promise<CheckResult[]> {
  const { context } = atera;
  const key = `probe.${context.now()}`;
  const written: string[] = [];
  const work = async (): Promise<void> => {
    await facts.refuseIfFalse(context, 'tickets-by-client', 'ticket-title');
    const ticket = { key, clientId, subject: testSubject, body: testBody };
    const { remoteId: ticketId } = await createTicket(atera, ticket);
    written.unshift(`/tickets/${ticketId}`);
    for (const audience of ['internal', 'client'] as const) {
      const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
      await writeNote(atera, note);
      // Another note would prove nothing more.
      if ((await facts.readFact(context, 'note-audience')) === 'no') break;
    }
  };
  const step = {
    facts: ['ticket-title', 'action-id', 'ticket-times', 'note-audience'] as FactId[],
    work,
  };
  const removal = { written, remove: atera.remove, fix: 'Delete it by hand in Atera.' };
  return runProbe(atera, facts, [step], removal, 'Atera');
}
