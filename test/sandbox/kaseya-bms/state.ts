/** State of the sandbox's BMS, and how this tenant behaves where the vendor says nothing. */

export interface Ticket {
  id: number;
  title: string;
  details: string;
  accountId: number;
  queueId: number;
  statusId: number;
  priorityId: number;
  typeId: number;
  sourceId: number;
  contractId: number | null;
  createdMs: number;
  activityMs: number;
  statusMs: number;
  completedMs: number | null;
  reopenedMs: number | null;
}

export interface Time {
  id: number;
  ticketId: number | null;
  accountId: number | null;
  userId: number;
  workTypeId: number | null;
  hours: number;
  overtime: number;
  isBillable: boolean;
  isApproved: boolean;
  /** As people wrote them, in the zone of work. */
  day: string;
  start: string | null;
  end: string | null;
  notes: string;
  createdMs: number;
  modifiedMs: number | null;
}

export interface Charge {
  id: number;
  ticketId: number;
  fields: Record<string, unknown>;
  isBilled: boolean;
  isPosted: boolean;
}

export interface Invoice {
  id: number;
  accountId: number;
  total: number;
  paid: number;
  status: string;
  createdMs: number;
  lines: { name: string; description: string; quantity: number; total: number }[];
}

interface Named {
  id: number;
  name: string;
}

export interface Switches {
  casing: 'pascal' | 'camel';
  /** How timestamps are shown: with a Z, as UTC without one, or as the zone's clocks show them. */
  timestamps: 'mark' | 'utc' | 'zone';
  zone: string;
  currency: string;
  spans: 'time' | 'iso';
  /** New rows have no last-modified timestamp. */
  leavesModifiedOpen: boolean;
  approvalMoves: boolean;
  statusMovesActivity: boolean;
  /** Filters that are not known here: they are ignored. */
  ignores: Set<string>;
  /** Rows that are counted and not shown. */
  hiddenRows: number;
  keepsTitle: boolean;
  keepsAudience: boolean;
  keepsDescription: boolean;
  /** A price of its own, in the place of the one that is given. */
  ownPrice: number | null;
  /** Charges are shown without what they cost. */
  hidesPrices: boolean;
  pageSizeMax: number;
  /** Lists without a count come whole, whatever page is requested. */
  unpaged: boolean;
  minutes: boolean;
  /** Called before a page is cut, with its number. */
  beforePage: ((page: number, path: string) => void) | null;
}

export const statuses = [
  { id: 1, name: 'New', isCompleted: false },
  { id: 2, name: 'In Progress', isCompleted: false },
  { id: 9, name: 'Completed', isCompleted: true },
];
export const queues: readonly Named[] = [
  { id: 7, name: 'Help Desk' },
  { id: 8, name: 'Billing' },
];
export const priorities: readonly Named[] = [
  { id: 1, name: 'High' },
  { id: 2, name: 'Medium' },
];
export const types: readonly Named[] = [
  { id: 1, name: 'Service Request' },
  { id: 3, name: 'Incident' },
];
export const roles: readonly Named[] = [{ id: 4, name: 'Engineer' }];
export const accountsModule = 12;
export const fieldNames: readonly Named[] = [
  { id: 501, name: 'Prepaid hours left' },
  { id: 502, name: 'Region' },
];

export class KaseyaBmsState {
  accounts: { id: number; name: string; isActive: boolean; fields: Map<number, string> }[] = [];
  tickets: Ticket[] = [];
  times: Time[] = [];
  notes: { id: number; ticketId: number; details: string; isInternal: boolean }[] = [];
  charges: Charge[] = [];
  invoices: Invoice[] = [];
  contracts: { id: number; accountId: number; name: string; type: string; status: string }[] = [];
  products: Named[] = [{ id: 900, name: 'BLOCK-10' }];
  workTypes: Named[] = [{ id: 11, name: 'Remote' }];
  users = [{ id: 21, first: 'Ann', last: 'Roy', email: 'ann.roy@msp.test' }];
  /** As their list shows them. */
  employees = this.users;
  readonly now: () => number;
  readonly switches: Switches = {
    casing: 'pascal',
    timestamps: 'utc',
    zone: 'UTC',
    currency: 'EUR',
    spans: 'time',
    leavesModifiedOpen: false,
    approvalMoves: true,
    statusMovesActivity: true,
    ignores: new Set(),
    hiddenRows: 0,
    keepsTitle: true,
    keepsAudience: true,
    keepsDescription: true,
    ownPrice: null,
    hidesPrices: false,
    pageSizeMax: 100,
    unpaged: false,
    minutes: false,
    beforePage: null,
  };
  private lastId = 1000;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  addAccount(name: string): number {
    const id = this.nextId();
    const fields = new Map(fieldNames.map((field) => [field.id, '']));
    this.accounts.push({ id, name, isActive: true, fields });
    return id;
  }

  addTicket(ticket: { accountId: number } & Partial<Ticket>): number {
    const now = this.now();
    const id = this.nextId();
    this.tickets.push({
      title: 'Printer jams',
      details: '',
      queueId: 7,
      statusId: 1,
      priorityId: 2,
      typeId: 3,
      sourceId: 3,
      contractId: null,
      completedMs: null,
      reopenedMs: null,
      createdMs: now,
      activityMs: now,
      statusMs: now,
      ...ticket,
      id,
    });
    return id;
  }

  ticket(id: number): Ticket {
    const ticket = this.tickets.find((one) => one.id === id);
    if (ticket === undefined) throw new Error(`The sandbox has no ticket ${id}.`);
    return ticket;
  }

  setStatus(id: number, name: string, atMs = this.now()): void {
    const status = statuses.find((one) => one.name === name);
    const ticket = this.ticket(id);
    if (status?.isCompleted === true) ticket.completedMs = atMs;
    else if (ticket.completedMs !== null) ticket.reopenedMs = atMs;
    ticket.statusId = status?.id ?? 0;
    ticket.statusMs = atMs;
    if (this.switches.statusMovesActivity) ticket.activityMs = atMs;
  }

  /** `start` and `end` as clocks show them, `HH:mm:ss`. */
  addTime(time: Partial<Time> & { hours: number }): number {
    const now = this.now();
    const id = this.nextId();
    const owner = this.tickets.find((one) => one.id === time.ticketId)?.accountId ?? null;
    this.times.push({
      ticketId: null,
      accountId: owner,
      userId: 21,
      workTypeId: 11,
      overtime: 0,
      isBillable: true,
      isApproved: false,
      notes: '',
      day: '2026-03-02',
      start: null,
      end: null,
      createdMs: now,
      modifiedMs: this.switches.leavesModifiedOpen ? null : now,
      ...time,
      id,
    });
    return id;
  }

  time(id: number): Time {
    const time = this.times.find((one) => one.id === id);
    if (time === undefined) throw new Error(`The sandbox has no time ${id}.`);
    return time;
  }

  approve(id: number, atMs = this.now()): void {
    const time = this.time(id);
    time.isApproved = true;
    if (this.switches.approvalMoves) time.modifiedMs = atMs;
  }

  /** What Billing Review makes of charges. */
  invoiceCharges(accountId: number, chargeIds: readonly number[]): number {
    const charges = this.charges.filter(({ id }) => chargeIds.includes(id));
    const lines = charges.map(({ fields }) => ({
      name: String(fields.ChargeName),
      description: String(fields.Description),
      quantity: Number(fields.Quantity),
      total: Number(fields.Quantity) * Number(fields.Price),
    }));
    for (const charge of charges) Object.assign(charge, { isBilled: true, isPosted: true });
    const id = this.nextId();
    const total = lines.reduce((sum, line) => sum + line.total, 0);
    const createdMs = this.now();
    this.invoices.push({ id, accountId, total, paid: 0, status: 'Sent', createdMs, lines });
    return id;
  }
}
