/** Maps Autotask's rows to ours. An invalid row is a `contract` error. */
import type {
  ClientRow,
  ConnectorContext,
  InvoiceRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { sourceOf } from '../../src/domain/records/ticket-source.ts';
import {
  addSeconds,
  type Instant,
  secondsBetween,
  startAroundMidday,
} from '../../src/domain/time.ts';
import { minorIn, readWorkedTime, secondsOf } from '../http/answers/exact.ts';
import { inField, lastChange } from '../http/answers/rows.ts';
import { dayIn, notShown } from '../kit/reading/invoice-lines.ts';
import { type NamedRow, namesOf } from '../kit/reading/names.ts';
import type { NameIn } from './lists.ts';
import type { CompanyWire, InvoiceWire, TicketWire, TimeEntryWire } from './schema.ts';

export function fromCompany({ id, companyName }: CompanyWire): ClientRow {
  return { sourceId: id, name: companyName };
}

export const ticketNames = {
  queueID: 'queues',
  ticketType: 'ticket types',
  contractID: 'contracts',
  status: 'ticket statuses',
  source: 'ticket sources',
} as const;

export function fromTicket(
  wire: TicketWire,
  nameIn: NameIn<keyof typeof ticketNames>,
  closedStatuses: readonly string[],
): TicketRow {
  const status = nameIn(wire, 'status')?.name ?? '';
  const isClosed = closedStatuses.includes(status);
  const { lastActivityDate: activeAt, lastTrackedModificationDateTime: changedAt } = wire;
  return {
    sourceId: wire.id,
    number: wire.ticketNumber ?? wire.id,
    clientId: wire.companyID ?? null,
    summary: wire.title ?? '',
    ...namesOf({
      board: nameIn(wire, 'queueID'),
      ticketType: nameIn(wire, 'ticketType'),
      agreement: nameIn(wire, 'contractID'),
    }),
    status,
    source: sourceOf([wire.rmmAlertID, wire.monitorID], nameIn(wire, 'source')),
    createdAt: wire.createDate ?? null,
    isClosed,
    closedAt: isClosed ? (wire.completedDate ?? null) : null,
    mergedInto: null,
    updatedAt: lastChange(`Ticket ${wire.id}`, [activeAt, changedAt, wire.createDate]),
  };
}

export const timeNames = {
  billingCodeID: 'billing codes',
  roleID: 'roles',
  resourceID: 'resources',
  contractID: 'contracts',
} as const;

/** `owner`: its company; undefined if its ticket or task is hidden from us. */
export function fromTimeEntry(
  wire: TimeEntryWire,
  nameIn: NameIn<keyof typeof timeNames>,
  owner: string | null | undefined,
  timezone: string,
): TimeEntryRow {
  const name = `Time entry ${wire.id}`;
  if (owner === undefined) {
    const what = wire.ticketID == null ? `task ${wire.taskID}` : `ticket ${wire.ticketID}`;
    throw new KindError('contract', `${name} is on ${what}, which this API user cannot see.`, {
      fix: 'Let the API user see all tickets and projects.',
    });
  }
  const { hoursToBill, billingApprovalDateTime: approvedAt } = wire;
  const technician: NamedRow = nameIn(wire, 'resourceID') ?? unknownTechnician;
  const billed = () => (hoursToBill == null ? null : secondsOf(hoursToBill, 'hours'));
  return {
    sourceId: wire.id,
    ticketId: wire.ticketID ?? null,
    clientId: owner,
    technicianId: technician.id,
    technician: technician.name,
    technicianEmail: technician.email || null,
    ...readTimes(wire, name, timezone),
    billedSeconds: inField(name, 'hoursToBill', billed),
    secondsText: `${wire.hoursWorked} h`,
    kind: 'work',
    ...namesOf({
      workType: nameIn(wire, 'billingCodeID'),
      role: nameIn(wire, 'roleID'),
      agreement: nameIn(wire, 'contractID'),
    }),
    isBillable: wire.isNonBillable == null ? null : !wire.isNonBillable,
    // An approval through the API may set only the level, not the date.
    isApproved: approvedAt != null || (wire.billingApprovalLevelMostRecent ?? 0) > 0,
    note: wire.summaryNotes || null,
    updatedAt: lastChange(name, [wire.lastModifiedDateTime, approvedAt, wire.createDateTime]),
  };
}

/** An entry without start and end has only its day. */
function readTimes(wire: TimeEntryWire, name: string, timezone: string) {
  const { startDateTime: start, endDateTime: end, hoursWorked: text } = wire;
  const isTimed = start != null && end != null;
  if (isTimed && end < start) {
    throw new KindError('contract', `${name} ends at ${end}, before its start.`);
  }
  const spanSeconds = isTimed ? secondsBetween(start, end) : null;
  const shown = { text, unit: 'hours', spanSeconds } as const;
  const worked = inField(name, 'hoursWorked', () => readWorkedTime(shown));
  const startedAt = readStart(wire, timezone, worked.seconds);
  if (startedAt === null) throw new KindError('contract', `${name} has no dateWorked.`);
  const endedAt = isTimed ? end : addSeconds(startedAt, Math.max(0, worked.seconds));
  return { startedAt, endedAt, isTimed, ...worked };
}

/** The start of an entry, else around midday in the MSP's zone. */
export function readStart(
  { startDateTime, dateWorked }: Pick<TimeEntryWire, 'dateWorked' | 'startDateTime'>,
  timezone: string,
  seconds = 0,
): Instant | null {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(dateWorked ?? '')?.[0];
  return startDateTime ?? (day === undefined ? null : startAroundMidday(day, timezone, seconds));
}

/** Without a sale: invoices do not show our key. */
export function fromInvoice(
  wire: InvoiceWire,
  { currency, timezone }: Pick<ConnectorContext, 'currency' | 'timezone'>,
): InvoiceRow {
  const { createDateTime, invoiceDateTime, paidDate, voidedDate, isVoided } = wire;
  const changes = [createDateTime, invoiceDateTime, paidDate, voidedDate];
  return {
    ...notShown,
    sourceId: wire.id,
    number: wire.invoiceNumber ?? null,
    clientId: wire.companyID ?? null,
    currency,
    totalMinor: minorIn(wire.invoiceTotal, currency),
    isPaid: isVoided !== true && paidDate != null,
    isVoid: isVoided === true,
    issuedOn: invoiceDateTime ? dayIn(invoiceDateTime, timezone) : null,
    paidOn: paidDate ? dayIn(paidDate, timezone) : null,
    updatedAt: lastChange(`Invoice ${wire.id}`, changes),
  };
}
