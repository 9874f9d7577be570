/**
 * In the hour that clocks show twice, `02:15` to `02:45` is half an hour or an hour and a half. Atera knows
 * which: its total of the ticket's hours is held against what the entries may come to.
 */

import type { SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import { allRows } from '../kit/reading/lists.ts';
import type { Atera } from './call.ts';
import { facts } from './facts.ts';
import { TicketRecordWire, TicketTotal, WorkHoursWire } from './schema.ts';
import { type Span, spansOf } from './wall-clock.ts';

/** Totals come in hours with few decimals; what entries may mean lies half an hour or more apart. */
const toleranceSeconds = 60;

/** More entries in that one hour on one ticket are not puzzled out. */
const unclearMax = 6;

/** Of the rows whose texts have several meanings: the one that fits, where one does. */
export async function findDurations(
  atera: Atera,
  rows: readonly unknown[],
): Promise<ReadonlyMap<SourceId, Span>> {
  const unclear = rows.flatMap((row) => {
    const wire = WorkHoursWire.safeParse(row).data;
    return wire !== undefined && meaningsOf(wire, atera).length > 1 ? [wire] : [];
  });
  const found = new Map<SourceId, Span>();
  if (unclear.length === 0 || (await facts.readFact(atera.context, 'ticket-totals')) === 'no') {
    return found;
  }
  for (const ticketId of new Set(unclear.map(({ TicketID }) => TicketID))) {
    for (const [id, span] of await findInTicket(atera, ticketId)) found.set(id, span);
  }
  return found;
}

type Texts = Pick<WorkHoursWire, 'StartWorkHour' | 'EndWorkHour'>;

/** None for texts that mean nothing: their row is quarantined where it is mapped. */
export function meaningsOf(
  { StartWorkHour, EndWorkHour }: Texts,
  { shownIn }: Pick<Atera, 'shownIn'>,
): readonly Span[] {
  return ifBelieved(() => spansOf(StartWorkHour, EndWorkHour, shownIn)) ?? [];
}

async function findInTicket(atera: Atera, ticketId: SourceId): Promise<Map<SourceId, Span>> {
  const total = await readIfClear(atera, ticketId);
  if (total === null) return new Map();
  const { entries, totalSeconds } = total;
  const unclear = entries.filter(({ meanings }) => meanings.length > 1);
  const clearSeconds = entries
    .filter(({ meanings }) => meanings.length === 1)
    .reduce((sum, { meanings }) => sum + (meanings[0]?.seconds ?? 0), 0);
  if (unclear.length > unclearMax) return new Map();
  const fitting = choices(unclear.map(({ meanings }) => meanings)).filter((spans) => {
    const seconds = spans.reduce((sum, span) => sum + span.seconds, clearSeconds);
    return Math.abs(seconds - totalSeconds) <= toleranceSeconds;
  });
  const [only, another] = fitting;
  if (only === undefined || another !== undefined) return new Map();
  return new Map(only.map((span, index) => [unclear[index]?.id ?? '', span]));
}

/** Null where one entry means nothing, or the ticket cannot be read: the others of the account still can. */
async function readIfClear(atera: Atera, ticketId: SourceId): Promise<TicketEntries | null> {
  try {
    const total = await readTicketTotal(atera, ticketId);
    return total.entries.every(({ meanings }) => meanings.length > 0) ? total : null;
  } catch (error) {
    if (!isKindError(error, 'contract', 'rejected')) throw error;
    return null;
  }
}

interface TicketEntries {
  entries: { id: SourceId; meanings: readonly Span[] }[];
  totalSeconds: number;
}

export async function readTicketTotal(atera: Atera, ticketId: SourceId): Promise<TicketEntries> {
  const ticket = `/tickets/${encodeURIComponent(ticketId)}`;
  const path = `${ticket}/workhoursrecords`;
  const entries = (await allRows(atera, { path }, TicketRecordWire)).map((wire) => {
    return { id: wire.WorkHoursID, meanings: meaningsOf(wire, atera) };
  });
  const { Billable, NonBillable } = await atera.get(`${ticket}/workhours`, TicketTotal);
  // Only ever compared: what an entry comes to is taken from its texts.
  const secondsIn = (hours: string): number => Math.round(Number(hours) * 3600);
  const totalSeconds =
    secondsIn(Billable.TotalDurationHours) + secondsIn(NonBillable.TotalDurationHours);
  return { entries, totalSeconds };
}

/** Every way to take one of each. */
function choices(lists: readonly (readonly Span[])[]): Span[][] {
  return lists.reduce<Span[][]>(
    (taken, list) => taken.flatMap((spans) => list.map((span) => [...spans, span])),
    [[]],
  );
}
