/** Maps Halo's rows to ours; an action with time is a time entry. */
import type { InvoiceRow, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { readPayment } from '../../src/domain/records/invoice.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { sourceOf } from '../../src/domain/records/ticket-source.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { addSeconds, type Instant, secondsBetween } from '../../src/domain/time.ts';
import { readWorkedTime } from '../http/answers/exact.ts';
import { amountsOf, inField, presentIds } from '../http/answers/rows.ts';
import { type NamedRow, namesOf } from '../kit/reading/names.ts';
import { keyIn } from '../kit/writing/marker.ts';
import type { HalopsaConfig } from './config.ts';
import { type ActionWire, actionId, type InvoiceWire, isNone, type TicketWire } from './schema.ts';

export function fromTicket(wire: TicketWire, closedStatuses: readonly string[] | null): TicketRow {
  const isClosed = isClosedTicket(wire, closedStatuses);
  return {
    sourceId: wire.id,
    number: wire.id,
    clientId: wire.client_id ?? null,
    summary: wire.summary ?? '',
    ...namesOf({
      board: { id: wire.team_id, name: wire.team },
      ticketType: { id: wire.tickettype_id, name: wire.tickettype_name },
    }),
    agreement: null,
    source: sourceOf([wire.scomalertid, wire.orionalert], { id: wire.source }),
    status: wire.status_name || `Status ${wire.status_id ?? 'unknown'}`,
    createdAt: wire.dateoccurred ?? null,
    isClosed,
    closedAt: isClosed ? (wire.dateclosed ?? null) : null,
    mergedInto: wire.merged_into_id ?? null,
    updatedAt: changedAt(wire),
  };
}

/** Older builds show the last action instead of the last change: never later than the change. */
export function changedAt(wire: TicketWire): Instant {
  const changed = wire.last_update ?? wire.lastactiondate ?? wire.dateoccurred ?? null;
  if (changed !== null) return changed;
  throw new KindError('contract', `Ticket ${wire.id}, last_update: no timestamp.`);
}

/** A reopened ticket has no closing date, whatever its flag says. */
function isClosedTicket(wire: TicketWire, statuses: readonly string[] | null): boolean {
  if (statuses === null) return wire.hasbeenclosed !== false && wire.dateclosed != null;
  if (wire.status_name) return statuses.includes(wire.status_name);
  const message = `Ticket ${wire.id}, status_name: missing, so it cannot be compared.`;
  const fix = 'Leave closedStatuses out, or let the API application read statuses.';
  throw new KindError('contract', message, { fix });
}

export interface TimeNames extends Pick<HalopsaConfig, 'billableBy'> {
  agents: ReadonlyMap<string, NamedRow>;
  chargeTypes: ReadonlyMap<string, NamedRow>;
}

/** Throws `contract` for time that is invalid. */
export function fromAction(wire: ActionWire, names: TimeNames): TimeEntryRow {
  const { agents, chargeTypes, billableBy } = names;
  const technicianId = agentOf(wire);
  const isUnknown = technicianId === unknownTechnician.id;
  const agent: NamedRow | undefined = isUnknown ? unknownTechnician : agents.get(technicianId);
  const { chargerate: chargeType } = wire;
  return {
    sourceId: actionId(wire),
    ticketId: wire.ticket_id,
    clientId: null,
    technicianId,
    technician: agent?.name ?? unlistedName(technicianId),
    technicianEmail: agent?.email || null,
    ...workedTimes(wire),
    secondsText: `${wire.timetaken} h`,
    kind: 'work',
    workType:
      chargeType == null ? null : (chargeTypes.get(chargeType)?.name ?? unlistedName(chargeType)),
    role: null,
    isBillable: isBillable(wire, billableBy),
    isApproved: wire.actreviewed ?? null,
    agreement: wire.action_contract_ref || null,
    ids: presentIds({ workType: chargeType, agreement: wire.action_contract_id }),
    note: wire.hiddenfromuser === false && wire.note ? wire.note : null,
    updatedAt: wire.last_updated ?? loggedAt(wire),
  };
}

/** Who worked. A missing number means not known; 0 means not an agent. */
function agentOf(wire: ActionWire): string {
  const ids = [wire.who_agentid, wire.actionby_agent_id].filter((id) => id != null);
  const agentId = ids.length === 0 ? unknownTechnician.id : ids.find((id) => !isNone(id));
  if (agentId !== undefined) return agentId;
  const fix = 'Only agents’ time is debited; if it is work, log it as an agent.';
  throw refused(wire, 'who_agentid: time is not logged by an agent', fix);
}

export function spanOf(wire: ActionWire): number | null {
  const { actionarrivaldate: start, actioncompletiondate: end } = wire;
  return start == null || end == null ? null : secondsBetween(start, end);
}

/** When the action was saved: the end of the work, as Halo's own screens show it. */
function loggedAt(wire: ActionWire): Instant {
  const at = wire.datetime ?? wire.actioncompletiondate ?? wire.actiondatecreated ?? null;
  if (at !== null) return at;
  throw refused(wire, 'datetime: no timestamp', saveAgain);
}

const saveAgain = 'Save the time of this action again in Halo.';

function nameOf({ id, ticket_id }: ActionWire): string {
  return `Action ${id} of ticket ${ticket_id}`;
}

function refused(wire: ActionWire, why: string, fix: string): KindError {
  return new KindError('contract', `${nameOf(wire)}, ${why}.`, { fix });
}

/** Halo may have a start and an end; if they are missing, the work ended when it was logged. */
export function workedTimes(wire: ActionWire) {
  const { actionarrivaldate: start, actioncompletiondate: end, timetaken: text } = wire;
  if (text == null) throw refused(wire, 'timetaken: missing despite a start and an end', saveAgain);
  const shown = { text, unit: 'hours', spanSeconds: spanOf(wire) } as const;
  const worked = inField(nameOf(wire), 'timetaken', () => readWorkedTime(shown));
  if (start == null || end == null || start === end) {
    const seconds = Math.max(worked.seconds, 0);
    const endedAt = end ?? (start == null ? loggedAt(wire) : addSeconds(start, seconds));
    return { ...worked, startedAt: addSeconds(endedAt, -seconds), endedAt, isTimed: false };
  }
  if (end > start) return { ...worked, startedAt: start, endedAt: end, isTimed: true };
  const fix = 'Correct the start and end of the action in Halo.';
  throw refused(wire, `actioncompletiondate: ${end} is before its start`, fix);
}

/** Halo's flag stays set on time without a charge type, which Halo itself does not bill. */
function isBillable(wire: ActionWire, by: HalopsaConfig['billableBy']): boolean | null {
  if (wire.actisbillable === false) return false;
  if (by === 'flag' || wire.chargerate == null) return wire.actisbillable ?? null;
  return !isNone(wire.chargerate);
}

type Amount = 'total' | 'tax_total' | 'amountpaid' | 'amountdue';

/** An invoice without a last-modified timestamp counts as changed when it was read. */
export function fromInvoice(wire: InvoiceWire, ownCurrency: string, readAt: Instant): InvoiceRow {
  const currency = /^[A-Z]{3}$/.exec(wire.currency_code_name ?? '')?.[0] ?? ownCurrency;
  const minor = amountsOf<Amount>(`Invoice ${wire.id}`, wire, currency);
  const totalMinor = minor('total');
  const isVoid = wire.voided === true || (totalMinor ?? 0) < 0;
  const paidOn = wire.datepaid?.slice(0, 10) ?? null;
  // Alone, nothing due does not mean paid: invoices paid in another system show the same.
  const dueMinor = paidOn === null ? null : minor('amountdue');
  const isSettled = dueMinor === 0 && wire.amountpaid == null;
  const paidMinor = isSettled ? totalMinor : minor('amountpaid');
  const payment = readPayment({ totalMinor, paidMinor, dueMinor });
  return {
    sourceId: wire.id,
    number: wire.invoicenumber || null,
    clientId: wire.client_id ?? null,
    reference: keyIn(wire.reference),
    saleId: wire.id,
    currency,
    totalMinor,
    netMinor: totalMinor === null ? null : totalMinor - (minor('tax_total') ?? 0),
    ...payment,
    isPaid: !isVoid && payment.isPaid,
    isVoid,
    issuedOn: /^\d{4}-\d{2}-\d{2}/.exec(wire.invoice_date ?? '')?.[0] ?? null,
    paidOn,
    lines: null,
    updatedAt: wire.last_modified ?? wire.date_created ?? readAt,
  };
}
