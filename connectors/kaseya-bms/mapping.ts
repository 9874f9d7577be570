/** From the rows of BMS to ours. A row that cannot be believed is a `contract` error. */

import type {
  InvoiceLine,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { readPayment } from '../../src/domain/records/invoice.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import {
  addSeconds,
  type Instant,
  instantFromMs,
  startAroundMidday,
} from '../../src/domain/time.ts';
import { readWorkedTime } from '../http/exact.ts';
import { inField, presentIds } from '../http/rows.ts';
import { momentOfText, timesOf, workDay, type Zones } from './moments.ts';
import type { InvoiceLineWire, InvoiceWire, TicketWire, TimeWire } from './schema.ts';

export interface Reading {
  zones: Zones;
  currency: string;
  closedStatuses: readonly string[] | undefined;
}

export function fromTicket(wire: TicketWire, reading: Reading): TicketRow {
  const name = `Ticket ${wire.id}`;
  const { zones } = reading;
  const isClosed = isClosedTicket(wire, reading);
  return {
    sourceId: wire.id,
    number: wire.ticketnumber || wire.id,
    clientId: wire.accountid,
    summary: wire.title ?? '',
    board: nameBehind(wire.queueid, wire.queuename),
    ticketType: nameBehind(wire.typeid, wire.typename),
    agreement: nameBehind(wire.contractid, wire.contractname),
    ids: presentIds({
      board: wire.queueid,
      ticketType: wire.typeid,
      agreement: wire.contractid,
    }),
    status: nameBehind(wire.statusid, wire.statusname) ?? '',
    createdAt: latest(name, wire, ['createdon'], zones),
    isClosed,
    closedAt: isClosed ? latest(name, wire, ['completeddate'], zones) : null,
    mergedInto: null,
    updatedAt: required(
      name,
      latest(
        name,
        wire,
        ['lastactivityupdate', 'laststatusupdate', 'modifiedon', 'createdon'],
        zones,
      ),
    ),
  };
}

type Closing = Pick<TicketWire, 'id' | 'statusname' | 'completeddate' | 'reopeneddate'>;

/** A ticket that was opened again keeps the date on which it was completed before. */
export function isClosedTicket(
  wire: Closing,
  { zones, closedStatuses }: Pick<Reading, 'zones' | 'closedStatuses'>,
): boolean {
  const name = `Ticket ${wire.id}`;
  // Without a name to compare, the dates decide.
  if (closedStatuses !== undefined && wire.statusname) {
    return closedStatuses.includes(wire.statusname);
  }
  const completed = latest(name, wire, ['completeddate'], zones);
  const reopened = latest(name, wire, ['reopeneddate'], zones);
  return completed !== null && (reopened === null || reopened <= completed);
}

export function fromTime(wire: TimeWire, { zones }: Pick<Reading, 'zones'>): TimeEntryRow {
  const name = `Time log ${wire.id}`;
  return {
    sourceId: wire.id,
    ticketId: wire.ticketid,
    clientId: wire.accountid,
    technicianId: wire.userid ?? unknownTechnician.id,
    technician:
      [wire.firstname, wire.lastname].filter((part) => part).join(' ') ||
      (wire.userid === null ? unknownTechnician.name : unlistedName(wire.userid)),
    ...workedTimes(wire, zones),
    secondsText: `${wire.timespent} h`,
    kind: 'work',
    workType: nameBehind(wire.worktypeid, wire.worktype),
    role: nameBehind(wire.roleid, wire.role),
    isBillable: wire.isbillable ?? null,
    isApproved: wire.isapproved ?? null,
    agreement: null,
    ids: presentIds({ workType: wire.worktypeid, role: wire.roleid }),
    note: wire.notes || null,
    updatedAt: required(name, latest(name, wire, ['modifiedon', 'createdon'], zones)),
  };
}

type Times = Pick<
  TimeEntryRow,
  'startedAt' | 'endedAt' | 'isTimed' | 'seconds' | 'precisionSeconds'
>;
type WorkTimes = Pick<TimeWire, 'id' | 'startdate' | 'starttime' | 'endtime' | 'timespent'>;

/** Without a start and an end, only the day is known. */
export function workedTimes(wire: WorkTimes, zones: Zones): Times {
  const name = `Time log ${wire.id}`;
  const span = inField(name, 'starttime', () => spanOf(wire, zones));
  const worked = inField(name, 'timespent', () =>
    readWorkedTime({
      text: wire.timespent,
      unit: 'hours',
      spanSeconds: span === null ? null : (span.endMs - span.startMs) / 1000,
    }),
  );
  if (span !== null && span.endMs > span.startMs) {
    return {
      startedAt: instantFromMs(span.startMs),
      endedAt: instantFromMs(span.endMs),
      isTimed: true,
      ...worked,
    };
  }
  const startedAt = inField(name, 'startdate', () => startOf(wire, zones, worked.seconds));
  return {
    startedAt,
    endedAt: addSeconds(startedAt, Math.max(0, worked.seconds)),
    isTimed: false,
    ...worked,
  };
}

/** When an entry began, as far as its day and time tell. */
function startOf(
  wire: Pick<TimeWire, 'startdate' | 'starttime'>,
  { work }: Pick<Zones, 'work'>,
  seconds: number,
): Instant {
  const day = workDay(wire.startdate, work);
  const [start] = wire.starttime ? timesOf(day, wire.starttime, work) : [];
  return start === undefined ? startAroundMidday(day, work, seconds) : instantFromMs(start);
}

interface Span {
  startMs: number;
  endMs: number;
}

const dayMs = 86_400_000;

/**
 * From start to end. An end before its start is on the next day, or in the hour that the clocks show
 * twice: of what start and end may mean, it is what comes closest to the time spent.
 */
export function spanOf(wire: WorkTimes, { work }: Pick<Zones, 'work'>): Span | null {
  if (!wire.starttime || !wire.endtime) return null;
  const day = workDay(wire.startdate, work);
  const nextDay = new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
  const spentMs = Number(wire.timespent) * 3_600_000;
  const ends = [...timesOf(day, wire.endtime, work), ...timesOf(nextDay, wire.endtime, work)];
  const spans = timesOf(day, wire.starttime, work).flatMap((startMs) =>
    ends
      .filter((endMs) => endMs >= startMs && endMs - startMs <= dayMs)
      .map((endMs) => ({ startMs, endMs })),
  );
  const off = ({ startMs, endMs }: Span) => Math.abs(endMs - startMs - spentMs);
  const [first, ...others] = spans;
  if (first === undefined) throw new KindError('contract', 'the end is before the start.');
  return others.reduce((best, span) => (off(span) < off(best) ? span : best), first);
}

export function fromInvoice(
  wire: InvoiceWire,
  { zones, currency }: Pick<Reading, 'zones' | 'currency'>,
  sale: Pick<InvoiceRow, 'reference' | 'netMinor'>,
  sourceId = wire.id,
): InvoiceRow {
  const name = `Invoice ${wire.id}`;
  const minorOf = (field: 'grandtotal' | 'paidamount' | 'paymentdue'): number | null => {
    const text = wire[field] ?? null;
    return text === null ? null : inField(name, field, () => minorFromText(text, currency));
  };
  const totalMinor = minorOf('grandtotal');
  const amounts = { paidMinor: minorOf('paidamount'), dueMinor: minorOf('paymentdue') };
  const payment = readPayment({ totalMinor, ...amounts });
  const isVoid = /void|cancel/i.test(wire.statusname ?? '');
  return {
    sourceId,
    number: wire.invoicenumber || null,
    clientId: wire.accountid,
    ...sale,
    // A line does not show the charge that it comes of.
    saleId: null,
    currency,
    totalMinor,
    ...payment,
    isPaid: !isVoid && payment.isPaid,
    isVoid,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.invoicedate ?? '')?.[0] ?? null,
    paidOn: null,
    lines: null,
    updatedAt: required(name, latest(name, wire, ['modifiedon', 'createdon'], zones)),
  };
}

export function fromInvoiceLine(wire: InvoiceLineWire, currency: string): InvoiceLine {
  return {
    product: wire.name || null,
    quantity: wire.qty ?? null,
    totalMinor: wire.totalprice == null ? null : minorFromText(wire.totalprice, currency),
  };
}

/** A number without its name is never "none". */
function nameBehind(id: string | null | undefined, name: string | null | undefined): string | null {
  if (name) return name;
  return id == null || id === '0' ? null : unlistedName(id);
}

/** The latest of these moments, null where none is given. */
function latest<Field extends string>(
  name: string,
  wire: { [field in Field]?: string | null | undefined },
  fields: readonly Field[],
  { moments }: Pick<Zones, 'moments'>,
): Instant | null {
  const found = fields.flatMap((field) => {
    const text = wire[field];
    return text ? (inField(name, field, () => momentOfText(text, moments)) ?? []) : [];
  });
  return found.sort().at(-1) ?? null;
}

function required(name: string, at: Instant | null): Instant {
  if (at !== null) return at;
  throw new KindError('contract', `${name} shows no moment of its last change.`);
}
