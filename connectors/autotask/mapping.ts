/** From Autotask's rows to ours. A row that cannot be believed is a `contract` error. */

import type { InvoiceRow, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import {
  addSeconds,
  type Instant,
  instantFromText,
  secondsBetween,
  startAroundMidday,
} from '../../src/domain/time.ts';
import { readWorkedTime, secondsOf } from '../http/exact.ts';
import { inField, presentIds } from '../http/rows.ts';
import type { Names } from './directory.ts';
import type { InvoiceWire, TicketWire, TimeEntryWire } from './schema.ts';

export interface TicketNames {
  queues: Names;
  types: Names;
  statuses: Names;
  contracts: Names;
  closedStatuses: readonly string[];
}

export function fromTicket(wire: TicketWire, names: TicketNames): TicketRow {
  const name = `Ticket ${wire.id}`;
  const status = labelOf(names.statuses, wire.status) ?? '';
  const isClosed = names.closedStatuses.includes(status);
  const updatedAt =
    latest(name, wire, ['lastActivityDate', 'lastTrackedModificationDateTime']) ??
    latest(name, wire, ['createDate']);
  if (updatedAt === null) throw missing(name, 'lastActivityDate');
  return {
    sourceId: wire.id,
    number: wire.ticketNumber ?? wire.id,
    clientId: wire.companyID ?? null,
    summary: wire.title ?? '',
    board: labelOf(names.queues, wire.queueID),
    ticketType: labelOf(names.types, wire.ticketType),
    agreement: labelOf(names.contracts, wire.contractID),
    ids: presentIds({
      board: wire.queueID,
      ticketType: wire.ticketType,
      agreement: wire.contractID,
    }),
    status,
    createdAt: latest(name, wire, ['createDate']),
    isClosed,
    closedAt: isClosed ? latest(name, wire, ['completedDate']) : null,
    mergedInto: null,
    updatedAt,
  };
}

export interface TimeNames {
  workTypes: Names;
  roles: Names;
  technicians: Names;
  contracts: Names;
  /** Companies by entry. */
  owners: ReadonlyMap<string, string | null>;
  timezone: string;
}

export function fromTimeEntry(wire: TimeEntryWire, names: TimeNames): TimeEntryRow {
  const name = `Time entry ${wire.id}`;
  const owner = names.owners.get(wire.id);
  if (owner === undefined) {
    const what = wire.ticketID == null ? `task ${wire.taskID}` : `ticket ${wire.ticketID}`;
    throw new KindError('contract', `${name} is on ${what}, which Autotask does not show us.`, {
      fix: 'Let the API user see all tickets and projects.',
    });
  }
  const times = timesOf(wire, names.timezone);
  const updatedAt = latest(name, wire, [
    'lastModifiedDateTime',
    'billingApprovalDateTime',
    'createDateTime',
  ]);
  if (updatedAt === null) throw missing(name, 'lastModifiedDateTime');
  return {
    sourceId: wire.id,
    ticketId: wire.ticketID ?? null,
    clientId: owner,
    technicianId: wire.resourceID ?? unknownTechnician.id,
    technician: labelOf(names.technicians, wire.resourceID) ?? unknownTechnician.name,
    ...times,
    billedSeconds:
      wire.hoursToBill == null
        ? null
        : inField(name, 'hoursToBill', () => secondsOf(wire.hoursToBill ?? '', 'hours')),
    secondsText: `${wire.hoursWorked} h`,
    kind: 'work',
    workType: labelOf(names.workTypes, wire.billingCodeID),
    role: labelOf(names.roles, wire.roleID),
    isBillable: wire.isNonBillable == null ? null : !wire.isNonBillable,
    isApproved: isApproved(wire),
    agreement: labelOf(names.contracts, wire.contractID),
    ids: presentIds({
      workType: wire.billingCodeID,
      role: wire.roleID,
      agreement: wire.contractID,
    }),
    note: wire.summaryNotes ? wire.summaryNotes : null,
    updatedAt,
  };
}

/** An approval through the API may leave no date, and its level alone. */
function isApproved(wire: TimeEntryWire): boolean {
  return wire.billingApprovalDateTime != null || (wire.billingApprovalLevelMostRecent ?? 0) > 0;
}

type Times = Pick<
  TimeEntryRow,
  'startedAt' | 'endedAt' | 'isTimed' | 'seconds' | 'precisionSeconds'
>;

/** An entry without start and end has its day alone, whose time of day means nothing. */
export function timesOf(
  wire: Pick<TimeEntryWire, 'id' | 'dateWorked' | 'startDateTime' | 'endDateTime' | 'hoursWorked'>,
  timezone: string,
): Times {
  const name = `Time entry ${wire.id}`;
  const start = latest(name, wire, ['startDateTime']);
  const end = latest(name, wire, ['endDateTime']);
  if (start !== null && end !== null) {
    if (end < start) throw new KindError('contract', `${name} ends at ${end}, before its start.`);
    const worked = workedTime(name, wire.hoursWorked, secondsBetween(start, end));
    return { startedAt: start, endedAt: end, isTimed: true, ...worked };
  }
  const worked = workedTime(name, wire.hoursWorked, null);
  const startedAt = startOf(wire, timezone, worked.seconds);
  if (startedAt === null) throw missing(name, 'dateWorked');
  return {
    startedAt,
    endedAt: addSeconds(startedAt, Math.max(0, worked.seconds)),
    isTimed: false,
    ...worked,
  };
}

/** When an entry began: its start, else around midday in the MSP's zone. */
export function startOf(
  wire: Pick<TimeEntryWire, 'id' | 'dateWorked' | 'startDateTime'>,
  timezone: string,
  seconds = 0,
): Instant | null {
  const start = latest(`Time entry ${wire.id}`, wire, ['startDateTime']);
  const day = /^\d{4}-\d{2}-\d{2}/.exec(wire.dateWorked ?? '')?.[0];
  return start ?? (day === undefined ? null : startAroundMidday(day, timezone, seconds));
}

function workedTime(name: string, text: string, spanSeconds: number | null) {
  return inField(name, 'hoursWorked', () => readWorkedTime({ text, unit: 'hours', spanSeconds }));
}

const noSale = { reference: null, saleId: null, netMinor: null };

export function fromInvoice(
  wire: InvoiceWire,
  currency: string,
  sale: Pick<InvoiceRow, 'reference' | 'saleId' | 'netMinor'> = noSale,
  sourceId: string = wire.id,
): InvoiceRow {
  const name = `Invoice ${wire.id}`;
  const updatedAt = latest(name, wire, [
    'createDateTime',
    'invoiceDateTime',
    'paidDate',
    'voidedDate',
  ]);
  if (updatedAt === null) throw missing(name, 'createDateTime');
  const isVoid = wire.isVoided === true;
  return {
    sourceId,
    number: wire.invoiceNumber ?? null,
    clientId: wire.companyID ?? null,
    ...sale,
    currency,
    totalMinor: wire.invoiceTotal == null ? null : minorFromText(wire.invoiceTotal, currency),
    paidMinor: null,
    creditedMinor: null,
    isPaid: !isVoid && wire.paidDate != null,
    isVoid,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.invoiceDateTime ?? '')?.[0] ?? null,
    paidOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.paidDate ?? '')?.[0] ?? null,
    lines: null,
    updatedAt,
  };
}

/** The label; null where there is no id. Some ids are never listed (built-in roles), which is not "none". */
function labelOf(names: Names, id: string | null | undefined): string | null {
  return id == null ? null : (names.get(id) ?? unlistedName(id));
}

/** The latest of these moments, null where none is given. */
function latest<Field extends string>(
  name: string,
  wire: { [field in Field]?: string | null | undefined },
  fields: readonly Field[],
): Instant | null {
  let found: Instant | null = null;
  for (const field of fields) {
    const text = wire[field] ?? null;
    if (text === null) continue;
    const at = toInstant(text, name, field);
    if (found === null || at > found) found = at;
  }
  return found;
}

function toInstant(text: string, name: string, field: string): Instant {
  try {
    // Some moments are days alone, as that of a payment.
    return instantFromText(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KindError('contract', `${name}, ${field}: "${text}" is not a moment with a zone.`);
  }
}

function missing(name: string, field: string): KindError {
  return new KindError('contract', `${name} has no ${field}.`);
}
