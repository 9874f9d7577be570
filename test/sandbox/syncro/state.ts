/** State of a Syncro account. Timestamps are kept as milliseconds. */

export interface Customer {
  id: number;
  name: string;
  isDisabled: boolean;
  properties: Record<string, unknown>;
  /** Shown only where the account shows it. */
  prepayHours: number;
  createdMs: number;
  updatedMs: number;
}

export interface Ticket {
  id: number;
  number: number;
  customerId: number;
  subject: string;
  status: string;
  problemType: string;
  priority: string | null;
  tags: string[];
  contract: string | null;
  comments: Comment[];
  createdMs: number;
  updatedMs: number;
  resolvedMs: number | null;
}

export interface Comment {
  id: number;
  subject: string;
  body: string;
  isHidden: boolean;
  isMailed: boolean;
  createdMs: number;
}

export interface Timer {
  id: number;
  ticketId: number;
  userId: number | null;
  /** As it is shown, in whatever zone. */
  start: string;
  end: string | null;
  activeSeconds: number | null;
  /** How the account shows it, where that is not a whole number. */
  activeText?: string;
  isBillable: boolean;
  notes: string | null;
  productId: number | null;
  lineItemId: number | null;
  createdMs: number;
  updatedMs: number;
}

export interface Line {
  item: string;
  name: string;
  productId: number | null;
  quantity: number;
  priceCents: number;
  isTaxable: boolean;
}

export interface Invoice {
  id: number;
  number: string;
  customerId: number;
  day: string;
  note: string | null;
  lines: Line[];
  isPaid: boolean;
  createdMs: number;
  updatedMs: number;
}

export interface Product {
  id: number;
  name: string;
  category: string | null;
  isTaxable: boolean;
}

export interface Schedule {
  id: number;
  customerId: number;
  name: string;
  isPaused: boolean;
  lines: Line[];
}

const closing = ['Resolved', 'Invoiced'];

export class SyncroState {
  readonly customers: Customer[] = [];
  readonly tickets = new Map<number, Ticket>();
  readonly timers: Timer[] = [];
  readonly invoices: Invoice[] = [];
  readonly products: Product[] = [];
  readonly schedules: Schedule[] = [];
  readonly users: [number, string][] = [[7, 'Ann Roy']];
  readonly statuses = ['New', 'In Progress', 'Resolved', 'Invoiced', 'Customer Reply'];
  readonly customerFields = ['Prepaid hours left', 'Region'];
  private lastId = 100;

  id(): number {
    this.lastId += 1;
    return this.lastId;
  }

  addCustomer(name: string, changed: Partial<Customer> = {}): number {
    const id = this.id();
    const now = Date.now();
    const fresh = { id, name, isDisabled: false, properties: {}, prepayHours: 0 };
    this.customers.push({ ...fresh, createdMs: now, updatedMs: now, ...changed });
    return id;
  }

  addTicket(customerId: number, changed: Partial<Ticket> = {}): number {
    const id = this.id();
    const now = Date.now();
    this.tickets.set(id, {
      id,
      number: id + 9000,
      customerId,
      subject: `Ticket ${id}`,
      status: 'New',
      problemType: 'Hardware',
      priority: null,
      tags: [],
      contract: null,
      comments: [],
      createdMs: now,
      updatedMs: now,
      resolvedMs: null,
      ...changed,
    });
    return id;
  }

  ticket(id: number): Ticket {
    const ticket = this.tickets.get(id);
    if (ticket === undefined) throw new Error(`There is no ticket ${id}.`);
    return ticket;
  }

  touch(row: { updatedMs: number }): void {
    row.updatedMs = Math.max(Date.now(), row.updatedMs + 1);
  }

  setStatus(ticketId: number, status: string): void {
    const ticket = this.ticket(ticketId);
    ticket.status = status;
    if (closing.includes(status)) ticket.resolvedMs ??= Date.now();
    this.touch(ticket);
  }

  /** An ended timer of so many seconds by default. */
  addTimer(
    ticketId: number,
    { seconds, start, ...changed }: Partial<Timer> & { seconds: number; start: string },
  ): number {
    const id = this.id();
    const now = Date.now();
    const end = new Date(Date.parse(start) + seconds * 1000).toISOString();
    this.timers.push({
      id,
      ticketId,
      userId: 7,
      start,
      end,
      activeSeconds: seconds,
      isBillable: true,
      notes: 'Looked into it',
      productId: null,
      lineItemId: null,
      createdMs: now,
      updatedMs: now,
      ...changed,
    });
    return id;
  }

  timer(id: number): Timer {
    const timer = this.timers.find((one) => one.id === id);
    if (timer === undefined) throw new Error(`There is no timer ${id}.`);
    return timer;
  }

  /** As a technician would in the labor log. */
  editTimer(id: number, changed: Partial<Timer>): void {
    const timer = Object.assign(this.timer(id), changed);
    this.touch(timer);
    this.touch(this.ticket(timer.ticketId));
  }

  deleteTimer(id: number): void {
    const timer = this.timer(id);
    this.timers.splice(this.timers.indexOf(timer), 1);
    this.touch(this.ticket(timer.ticketId));
  }

  deleteTicket(id: number): void {
    this.tickets.delete(id);
    const left = this.timers.filter(({ ticketId }) => ticketId !== id);
    this.timers.splice(0, this.timers.length, ...left);
  }

  addProduct(name: string, category: string | null = null, isTaxable = true): number {
    const id = this.id();
    this.products.push({ id, name, category, isTaxable });
    return id;
  }

  addInvoice(customerId: number, changed: Partial<Invoice> = {}): number {
    const id = this.id();
    const now = Date.now();
    this.invoices.push({
      id,
      number: String(40_000 + id),
      customerId,
      day: '2026-03-02',
      note: null,
      lines: [],
      isPaid: false,
      createdMs: now,
      updatedMs: now,
      ...changed,
    });
    return id;
  }

  /** One line of a product, at a price in cents. */
  lineOf(productId: number, priceCents: number, quantity = 1): Line {
    const product = this.products.find(({ id }) => id === productId);
    if (product === undefined) throw new Error(`There is no product ${productId}.`);
    const { name, isTaxable } = product;
    return { item: name, name, productId, quantity, priceCents, isTaxable };
  }

  pay(invoiceId: number): void {
    const invoice = this.invoices.find(({ id }) => id === invoiceId);
    if (invoice === undefined) throw new Error(`There is no invoice ${invoiceId}.`);
    invoice.isPaid = true;
    this.touch(invoice);
  }

  addSchedule(customerId: number, lines: Line[], isPaused = false): void {
    this.schedules.push({ id: this.id(), customerId, name: 'Monthly', isPaused, lines });
  }
}
