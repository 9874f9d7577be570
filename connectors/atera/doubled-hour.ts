/**
 * In the hour that clocks show twice, `02:15` to `02:45` is half an hour or an hour and a half. Atera knows
 * which: its total of the ticket's hours is held against what the entries may come to.
 */

import type { SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { type Api, believeRow } from './api.ts';
import { readFact } from './facts.ts';
import { TicketRecordWire, TicketTotal, WorkHoursWire } from './schema.ts';
import { type Span, spansOf } from './wall-clock.ts';

/** Totals come in hours with few decimals; what entries may mean lies half an hour or more apart. */
const toleranceSeconds = 60;

/** More entries in that one hour on one ticket are not puzzled out. */
const unclearMax = 6;

/** Of the rows whose texts have several meanings: the one that fits, where one does. */
export async function settleDoubled(
  api: Api,
  rows: readonly unknown[],
  signal: AbortSignal,
): Promise<ReadonlyMap<SourceId, Span>> {
  const unclear = rows.flatMap((row) => {
    const wire = WorkHoursWire.safeParse(row).data;
    return wire !== undefined && meaningsOf(wire, api).length > 1 ? [wire] : [];
  });
  const settled = new Map<SourceId, Span>();
  if (unclear.length === 0 || (await readFact(api.context, 'ticket-totals')) === 'no') {
    return settled;
  }
  for (const ticketId of new Set(unclear.map(({ TicketID }) => TicketID))) {
    for (const [id, span] of await settleTicket(api, ticketId, signal)) settled.set(id, span);
  }
  return settled;
}

type Texts = Pick<WorkHoursWire, 'StartWorkHour' | 'EndWorkHour'>;

/** None for texts that mean nothing: their row is set aside where it is mapped. */
export function meaningsOf(
  { StartWorkHour, EndWorkHour }: Texts,
  { shownIn }: Api,
): readonly Span[] {
  try {
    return spansOf(StartWorkHour, EndWorkHour, shownIn);
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return [];
  }
}

async function settleTicket(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<Map<SourceId, Span>> {
  const total = await readIfClear(api, ticketId, signal);
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
async function readIfClear(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketEntries | null> {
  try {
    const total = await readTicketTotal(api, ticketId, signal);
    return total.entries.every(({ meanings }) => meanings.length > 0) ? total : null;
  } catch (error) {
    if (!isKindError(error, 'contract', 'rejected')) throw error;
    return null;
  }
}

export interface TicketEntries {
  entries: { id: SourceId; meanings: readonly Span[] }[];
  totalSeconds: number;
}

export async function readTicketTotal(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketEntries> {
  const ticket = `/tickets/${encodeURIComponent(ticketId)}`;
  const path = `${ticket}/workhoursrecords`;
  const entries: TicketEntries['entries'] = [];
  for await (const { rows } of api.pages({ path }, signal)) {
    for (const row of rows) {
      const wire = believeRow(path, row, TicketRecordWire);
      entries.push({ id: wire.WorkHoursID, meanings: meaningsOf(wire, api) });
    }
  }
  const { Billable, NonBillable } = await api.get(`${ticket}/workhours`, TicketTotal, signal);
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
