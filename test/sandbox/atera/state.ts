/** State of the sandbox's Atera account. Timestamps are kept in UTC, as they happened. */
import { Temporal } from 'temporal-polyfill';

export interface TicketState {
  id: number;
  title: string;
  description: string;
  status: string;
  type: string;
  source?: string;
  priority: string;
  customerId: number;
  contactId: number | null;
  contractId: number | null;
  createdMs: number;
  resolvedMs: number | null;
  changedMs: number;
}

export interface WorkHoursState {
  id: number;
  ticketId: number;
  startMs: number;
  endMs: number;
  technicianId: number;
  isBillable: boolean | null;
  isOnSite: boolean | null;
  description: string | null;
  /** As the account's wall clock showed them. */
  startText: string;
  endText: string;
}

export interface CommentState {
  ticketId: number;
  text: string;
  isInternal: boolean;
  technicianId: number | null;
  endUserId: number | null;
  atMs: number;
}

export interface ContractState {
  id: number;
  customerId: number;
  name: string;
  type: string;
  isActive: boolean;
  /** Hours or money included, where the type has them. */
  size: number | null;
}

export class AteraState {
  readonly zone: string;
  readonly customers = new Map<number, { name: string; changedMs: number }>();
  readonly contacts = new Map<number, { customerId: number; name: string }>();
  readonly technicians = new Map<number, string>();
  readonly tickets = new Map<number, TicketState>();
  readonly workHours = new Map<number, WorkHoursState>();
  readonly comments: CommentState[] = [];
  readonly contracts: ContractState[] = [];
  readonly customerFields = new Map<string, 'Text' | 'Numeric'>();
  /** By customer and field: `31/Prepaid hours left`. */
  readonly fieldValues = new Map<string, string>();
  private lastId = 30;

  constructor(zone: string) {
    this.zone = zone;
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  addCustomer(name: string): number {
    const id = this.nextId();
    this.customers.set(id, { name, changedMs: Date.now() });
    return id;
  }

  addContact(customerId: number, name: string): number {
    const id = this.nextId();
    this.contacts.set(id, { customerId, name });
    return id;
  }

  addTechnician(name: string): number {
    const id = this.nextId();
    this.technicians.set(id, name);
    return id;
  }

  addTicket(made: { customerId: number; title: string } & Partial<TicketState>): number {
    const id = this.nextId();
    const nowMs = Date.now();
    this.tickets.set(id, {
      description: '',
      status: 'Open',
      type: 'Incident',
      priority: 'Low',
      contactId: null,
      contractId: null,
      createdMs: nowMs,
      resolvedMs: null,
      changedMs: nowMs,
      ...made,
      id,
    });
    return id;
  }

  setStatus(ticketId: number, status: string): void {
    const ticket = this.requireTicket(ticketId);
    const isClosing = status === 'Resolved' || status === 'Closed';
    ticket.status = status;
    ticket.changedMs = Date.now();
    ticket.resolvedMs = isClosing ? (ticket.resolvedMs ?? ticket.changedMs) : null;
  }

  /** `start`: a timestamp in UTC. */
  addWorkHours(
    ticketId: number,
    made: { start: string; seconds: number } & Partial<
      Pick<WorkHoursState, 'technicianId' | 'isBillable' | 'isOnSite' | 'description'>
    >,
  ): number {
    const { start, seconds, ...rest } = made;
    const id = this.nextId();
    const startMs = Date.parse(start);
    const endMs = startMs + seconds * 1000;
    this.workHours.set(id, {
      technicianId: this.technicians.keys().next().value ?? 0,
      isBillable: true,
      isOnSite: false,
      description: null,
      ...rest,
      id,
      ticketId,
      startMs,
      endMs,
      startText: wallText(startMs, this.zone),
      endText: wallText(endMs, this.zone),
    });
    return id;
  }

  deleteTicket(ticketId: number): void {
    this.tickets.delete(ticketId);
    for (const [id, entry] of this.workHours) {
      if (entry.ticketId === ticketId) this.workHours.delete(id);
    }
  }

  requireTicket(ticketId: number): TicketState {
    const ticket = this.tickets.get(ticketId);
    if (ticket === undefined) throw new Error(`The sandbox has no ticket ${ticketId}.`);
    return ticket;
  }
}

/** `2026-03-02T09:00:00` */
export function wallText(ms: number, zone: string): string {
  const shown = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  return shown.toPlainDateTime().toString({ smallestUnit: 'second' });
}

const filterShape = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?$/;

/** The timestamp of a filter in the account's zone; null for what has another shape, such as an offset. */
export function filterMoment(text: string, zone: string): number | null {
  if (!filterShape.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}
