/** Maps Atera's rows to ours. An invalid row is a `contract` error. */

import type { ClientRow, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { presentIds } from '../http/answers/rows.ts';
import type { Atera } from './call.ts';
import { isSameName } from './config.ts';
import type { CustomerWire, TicketWire, WorkHoursWire } from './schema.ts';

import { type Span, spansOf, utcInstant } from './wall-clock.ts';

export function fromCustomer(wire: CustomerWire): ClientRow {
  return { sourceId: wire.CustomerID, name: wire.CustomerName };
}

export function isClosedStatus(status: string, { config }: Pick<Atera, 'config'>): boolean {
  return config.closedStatuses.some((closed) => isSameName(closed, status));
}

/** `agreements`: names of contracts by id. */
export function fromTicket(
  wire: TicketWire,
  atera: Pick<Atera, 'config'>,
  agreements: ReadonlyMap<string, string>,
): TicketRow {
  const isClosed = isClosedStatus(wire.TicketStatus, atera);
  const createdAt = wire.TicketCreatedDate ? utcInstant(wire.TicketCreatedDate) : null;
  const resolvedAt = wire.TicketResolvedDate ? utcInstant(wire.TicketResolvedDate) : null;
  return {
    sourceId: wire.TicketID,
    number: wire.TicketNumber || wire.TicketID,
    clientId: wire.CustomerID,
    summary: wire.TicketTitle ?? '',
    board: null,
    ticketType: wire.TicketType ?? null,
    agreement: agreementOf(wire, agreements),
    ids: presentIds({ agreement: wire.ContractID }),
    status: wire.TicketStatus,
    source: wire.TicketSource || null,
    createdAt,
    isClosed,
    closedAt: isClosed ? resolvedAt : null,
    mergedInto: null,
    // Atera lists tickets by last change but does not show it.
    updatedAt: resolvedAt ?? createdAt ?? instantFromMs(0),
  };
}

/** A contract that is not listed is not "none": an agreement may be about its tickets alone. */
function agreementOf(
  { ContractID }: TicketWire,
  agreements: ReadonlyMap<string, string>,
): string | null {
  return ContractID == null ? null : (agreements.get(ContractID) ?? unlistedName(ContractID));
}

/** Atera has no work types: where the work was done serves as one. */
export const workTypes = { onSite: 'On-site', remote: 'Remote' };

export function fromWorkHours(wire: WorkHoursWire, atera: Pick<Atera, 'shownIn'>): TimeEntryRow {
  const { startedAt, endedAt, seconds } = onlySpan(wire, atera);
  const { TechnicianContactID: contactId, TechnicianFullName, OnCustomerSite: isOnSite } = wire;
  const email = wire.TechnicianEmail || null;
  return {
    sourceId: wire.WorkHoursID,
    ticketId: wire.TicketID,
    clientId: wire.CustomerID,
    technicianId: contactId ?? email ?? unknownTechnician.id,
    technician: TechnicianFullName || email || (contactId ?? unknownTechnician.name),
    technicianEmail: email,
    startedAt,
    endedAt,
    isTimed: true,
    seconds,
    secondsText: `${wire.StartWorkHour} – ${wire.EndWorkHour}`,
    kind: 'work',
    workType: isOnSite == null ? null : isOnSite ? workTypes.onSite : workTypes.remote,
    role: null,
    isBillable: wire.Billiable ?? wire.Billable ?? null,
    isApproved: null,
    agreement: null,
    // No document says whether a client may read the description.
    note: null,
    // Atera does not show when an entry was made or changed.
    updatedAt: endedAt,
  };
}

/** Nobody is debited on a guess: once a year, `02:15` to `02:45` may be half an hour or an hour and a half. */
function onlySpan(
  { WorkHoursID, StartWorkHour, EndWorkHour }: WorkHoursWire,
  { shownIn }: Pick<Atera, 'shownIn'>,
): Span {
  const [span, other] = spansOf(StartWorkHour, EndWorkHour, shownIn);
  if (other === undefined) return span;
  throw new KindError(
    'contract',
    `Work hours ${WorkHoursID} lie in the hour that clocks in ${shownIn} show twice: they may be ${span.seconds} or ${other.seconds} seconds.`,
    { fix: 'Move them out of that hour in Atera, keeping how long they are.' },
  );
}
