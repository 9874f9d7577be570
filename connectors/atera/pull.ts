/** Clients and tickets by their last change; work hours of all technicians, from a day on. */
import type {
  ClientRow,
  PresenceRequest,
  PullRequest,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { addDays, dateInZone } from '../../src/domain/time.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import { believeRows, type PresentIds, type Rows } from '../kit/reading/lists.ts';
import { type Atera, idIn } from './call.ts';
import { facts } from './facts.ts';
import { readWindow } from './known-window.ts';
import { customerList, pageOf, rowsOf, ticketsSince, workHoursFrom } from './lists.ts';
import { fromCustomer, fromTicket, fromWorkHours } from './mapping.ts';
import { CustomerWire, TicketWire, WorkHoursWire } from './schema.ts';
import { readingsOf } from './wall-clock.ts';

export async function* pullClients(
  atera: Atera,
  { since, clientIds }: PullRequest,
): Rows<ClientRow> {
  // A day more than needed: the filter is read by the account's clock.
  const day = addDays(dateInZone(since, atera.zone), -1);
  const query = { FromLastModifiedDate: day, SortBy: 'LastModified' };
  for await (const { rows } of atera.pages({ ...customerList, query })) {
    yield pageOf(rowsOf(rows, clientIds), 'CustomerID', CustomerWire, fromCustomer);
  }
}

export async function* pullTickets(
  atera: Atera,
  { since, clientIds }: PullRequest,
): Rows<TicketRow> {
  await facts.refuseIfFalse(atera.context, 'ticket-changes');
  for await (const { rows } of atera.pages(ticketsSince(since))) {
    const ours = rowsOf(rows, clientIds);
    const contractIds = ours.flatMap((row) => idIn(row, 'ContractID') ?? []);
    const names = await atera.contracts.namesOf(atera, contractIds);
    yield pageOf(ours, 'TicketID', TicketWire, (wire) => fromTicket(wire, atera, names));
  }
}

/** Atera does not show when an entry was made. */
export async function* pullTime(atera: Atera, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(atera.context, 'account-zone', 'work-hours-zone');
  const reading = await readWindow(atera, request);
  let isFirst = true;
  for await (const page of atera.pages(workHoursFrom(reading.from))) {
    const known = isFirst ? reading.compare(page) : 'unknown';
    if (known === 'same') return;
    isFirst = false;
    reading.note(page);
    const ours = rowsOf(page.rows, request.clientIds);
    yield pageOf(ours, 'WorkHoursID', WorkHoursWire, (wire) => fromWorkHours(wire, atera));
    if (known === 'as-many') return reading.rememberFirst();
  }
  await reading.remember();
}

const PresentWire = WorkHoursWire.pick({ WorkHoursID: true }).extend({
  StartWorkHour: WorkHoursWire.shape.StartWorkHour.nullish(),
});

/** Ids of the work hours that are there: Atera does not report those that were deleted. */
export async function* presentTime(atera: Atera, request: PresenceRequest): PresentIds {
  const { from, to, clientIds } = request;
  await facts.refuseIfFalse(atera.context, 'account-zone', 'work-hours-zone');
  /** In the hour that clocks show twice, both readings count. */
  const mayStartWithin = (text: string | null | undefined): boolean => {
    const readings = ifBelieved(() => readingsOf(text ?? '', atera.shownIn));
    return readings === null || readings.some((at) => at >= from && at < to);
  };
  const list = workHoursFrom(addDays(dateInZone(from, atera.zone), -1));
  for await (const { rows } of atera.pages(list)) {
    const present = believeRows(list, rowsOf(rows, clientIds), PresentWire);
    yield present
      .filter(({ StartWorkHour }) => mayStartWithin(StartWorkHour))
      .map(({ WorkHoursID }) => WorkHoursID);
  }
}
