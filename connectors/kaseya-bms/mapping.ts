/** Maps BMS rows to ours. An invalid row is a `contract` error. */
import type {
  ConnectorContext,
  InvoiceLine,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { readPayment } from '../../src/domain/records/invoice.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { sourceOf } from '../../src/domain/records/ticket-source.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import {
  addSeconds,
  type Instant,
  instantFromMs,
  startAroundMidday,
} from '../../src/domain/time.ts';
import type { ZoneName } from '../../src/domain/zone.ts';
import { readWorkedTime } from '../http/answers/exact.ts';
import { amountsOf, inField, lastChange, presentIds } from '../http/answers/rows.ts';
import { lineMinor, notShown } from '../kit/reading/invoice-lines.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { instantOf, timesOf, workDay } from './local-times.ts';
import type { InvoiceLineWire, InvoiceWire, TicketWire, TimeWire } from './schema.ts';

/** Context that rows do not contain. */
interface Reading {
  /** Of the days and times of work. */
  zone: ZoneName;
  config: Pick<KaseyaBmsConfig, 'closedStatuses'>;
  context: Pick<ConnectorContext, 'currency'>;
}

export function fromTicket(wire: TicketWire, reading: Reading): TicketRow {
  const name = `Ticket ${wire.id}`;
  const latest = timestampsOf(name, wire);
  const isClosed = isClosedTicket(wire, reading);
  const changed = latest('lastactivityupdate', 'laststatusupdate', 'modifiedon', 'createdon');
  return {
    sourceId: wire.id,
    number: wire.ticketnumber || wire.id,
    clientId: wire.accountid,
    summary: wire.title ?? '',
    board: nameBehind(wire.queueid, wire.queuename),
    ticketType: nameBehind(wire.typeid, wire.typename),
    agreement: nameBehind(wire.contractid, wire.contractname),
    ids: presentIds({ board: wire.queueid, ticketType: wire.typeid, agreement: wire.contractid }),
    status: nameBehind(wire.statusid, wire.statusname) ?? '',
    source: sourceOf([], { id: wire.sourceid }),
    createdAt: latest('createdon'),
    isClosed,
    closedAt: isClosed ? latest('completeddate') : null,
    mergedInto: null,
    updatedAt: lastChange(name, [changed]),
  };
}

/** A reopened ticket keeps its earlier completion date. */
export function isClosedTicket(wire: TicketWire, reading: Reading): boolean {
  const { closedStatuses } = reading.config;
  // Without a status name, the dates decide.
  if (closedStatuses !== undefined && wire.statusname) {
    return closedStatuses.includes(wire.statusname);
  }
  const latest = timestampsOf(`Ticket ${wire.id}`, wire);
  const [completed, reopened] = [latest('completeddate'), latest('reopeneddate')];
  return completed !== null && (reopened === null || reopened <= completed);
}

export function fromTime(wire: TimeWire, reading: Reading): TimeEntryRow {
  const name = `Time log ${wire.id}`;
  const latest = timestampsOf(name, wire);
  return {
    sourceId: wire.id,
    ticketId: wire.ticketid,
    clientId: wire.accountid,
    technicianId: wire.userid ?? unknownTechnician.id,
    technician:
      [wire.firstname, wire.lastname].filter((part) => part).join(' ') ||
      (wire.userid === null ? unknownTechnician.name : unlistedName(wire.userid)),
    ...workedTimes(wire, reading.zone),
    secondsText: `${wire.timespent} h`,
    kind: 'work',
    workType: nameBehind(wire.worktypeid, wire.worktype),
    role: nameBehind(wire.roleid, wire.role),
    isBillable: wire.isbillable ?? null,
    isApproved: wire.isapproved ?? null,
    agreement: null,
    ids: presentIds({ workType: wire.worktypeid, role: wire.roleid }),
    note: wire.notes || null,
    updatedAt: lastChange(name, [latest('modifiedon', 'createdon')]),
  };
}

type Times = Pick<
  TimeEntryRow,
  'startedAt' | 'endedAt' | 'isTimed' | 'seconds' | 'precisionSeconds'
>;
type WorkTimes = Pick<TimeWire, 'id' | 'startdate' | 'starttime' | 'endtime' | 'timespent'>;

/** Without start and end, only the day is known. */
export function workedTimes(wire: WorkTimes, zone: ZoneName): Times {
  const name = `Time log ${wire.id}`;
  const span = inField(name, 'starttime', () => spanOf(wire, zone));
  const spanSeconds = span === null ? null : (span.endMs - span.startMs) / 1000;
  const worked = inField(name, 'timespent', () =>
    readWorkedTime({ text: wire.timespent, unit: 'hours', spanSeconds }),
  );
  if (span !== null && span.endMs > span.startMs) {
    const [startedAt, endedAt] = [instantFromMs(span.startMs), instantFromMs(span.endMs)];
    return { startedAt, endedAt, isTimed: true, ...worked };
  }
  const startedAt = inField(name, 'startdate', () =>
    startAroundMidday(workDay(wire.startdate, zone), zone, worked.seconds),
  );
  const endedAt = addSeconds(startedAt, Math.max(0, worked.seconds));
  return { startedAt, endedAt, isTimed: false, ...worked };
}

interface Span {
  startMs: number;
  endMs: number;
}

const dayMs = 86_400_000;

/**
 * From start to end. An end before its start is on the next day, or in the hour that the clocks show
 * twice: of all readings, the one closest to the time spent is taken.
 */
export function spanOf(wire: WorkTimes, zone: ZoneName): Span | null {
  if (!wire.starttime || !wire.endtime) return null;
  const day = workDay(wire.startdate, zone);
  const spentMs = Number(wire.timespent) * 3_600_000;
  const nextDay = instantFromMs(Date.parse(day) + dayMs).slice(0, 10);
  const ends = [...timesOf(day, wire.endtime, zone), ...timesOf(nextDay, wire.endtime, zone)];
  const spans = timesOf(day, wire.starttime, zone).flatMap((startMs) =>
    ends
      .filter((endMs) => endMs >= startMs && endMs - startMs <= dayMs)
      .map((endMs) => ({ startMs, endMs })),
  );
  const off = ({ startMs, endMs }: Span) => Math.abs(endMs - startMs - spentMs);
  const [closest] = spans.sort((one, other) => off(one) - off(other));
  if (closest === undefined) throw new KindError('contract', 'the end is before the start.');
  return closest;
}

/** A line does not show which charge it comes from. */
export function fromInvoice(wire: InvoiceWire, reading: Reading): InvoiceRow {
  const name = `Invoice ${wire.id}`;
  const { currency } = reading.context;
  const minorOf = amountsOf<'grandtotal' | 'paidamount' | 'paymentdue'>(name, wire, currency);
  const totalMinor = minorOf('grandtotal');
  const amounts = { paidMinor: minorOf('paidamount'), dueMinor: minorOf('paymentdue') };
  const payment = readPayment({ totalMinor, ...amounts });
  const isVoid = /void|cancel/i.test(wire.statusname ?? '');
  return {
    ...notShown,
    sourceId: wire.id,
    number: wire.invoicenumber || null,
    clientId: wire.accountid,
    currency,
    totalMinor,
    ...payment,
    isPaid: !isVoid && payment.isPaid,
    isVoid,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.invoicedate ?? '')?.[0] ?? null,
    updatedAt: lastChange(name, [timestampsOf(name, wire)('modifiedon', 'createdon')]),
  };
}

export function fromInvoiceLine(wire: InvoiceLineWire, currency: string): InvoiceLine {
  return {
    product: wire.name || null,
    quantity: wire.qty ?? null,
    totalMinor: lineMinor(wire.totalprice, currency),
  };
}

/** A number without its name is never "none". */
function nameBehind(id: string | null | undefined, name: string | null | undefined): string | null {
  if (name) return name;
  return id == null || id === '0' ? null : unlistedName(id);
}

/** The latest of some of a row's timestamps, null if there is none. */
function timestampsOf<Field extends string>(name: string, wire: { [field in Field]?: unknown }) {
  return (...fields: readonly Field[]): Instant | null => {
    const found = fields.flatMap((field) => {
      const text = wire[field];
      if (typeof text !== 'string' || text === '') return [];
      return inField(name, field, () => instantOf(text, 'UTC')) ?? [];
    });
    return found.sort().at(-1) ?? null;
  };
}
