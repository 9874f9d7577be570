/** State of the tenant, and its automatic behaviour. */

export interface Client {
  accountId: string;
  name: string;
  customFields: Record<string, unknown>;
}

export interface Ticket {
  ticketId: string;
  displayId: string;
  clientId: string | null;
  subject: string;
  status: string;
  techGroup: string | null;
  source?: string;
  createdMs: number;
  updatedMs: number;
}

export interface Worklog {
  itemId: string;
  /** Null for time on no ticket. */
  ticketId: string | null;
  clientId: string;
  /** Null for a product, which is not linked to a ticket either. */
  technician: string | null;
  /** Of the technician; whether SuperOps shows one is not documented. */
  email?: string;
  /** Hours, as a decimal. */
  qty: string;
  isBillable: boolean;
  status: string;
  billMs: number;
  createdMs: number;
  updatedMs: number;
}

export interface Note {
  noteId: string;
  ticketId: string;
  content: string;
  privacyType: string;
}

export interface InvoiceLine {
  details: string;
  quantity: string;
  unitPrice: string;
  amount: string;
}

export interface Invoice {
  invoiceId: string;
  clientId: string;
  /** `2026-03-02` */
  invoiceDate: string;
  statusEnum: string;
  totalAmount: string;
  paymentDate: string | null;
  items: InvoiceLine[];
}

export interface Contract {
  contractId: string;
  clientId: string;
  contract: object;
  contractStatus: string;
}

const technicianId = '8275871069979136291';

/** Numbers of 19 digits, as SuperOps gives them; those of items are shorter. */
export class SuperopsState {
  readonly clients: Client[] = [];
  readonly tickets: Ticket[] = [];
  readonly worklogs: Worklog[] = [];
  readonly notes: Note[] = [];
  readonly invoices: Invoice[] = [];
  readonly contracts: Contract[] = [];
  /** What its clock shows. */
  now: () => number = Date.now;
  #last = 0;

  #id(base: bigint): string {
    this.#last += 1;
    return String(base + BigInt(this.#last));
  }

  addClient(name: string): string {
    const accountId = this.#id(7206852887969157120n);
    this.clients.push({ accountId, name, customFields: { hoursLeft: null, tier: 'gold' } });
    return accountId;
  }

  addTicket(ticket: Pick<Ticket, 'clientId' | 'subject'> & Partial<Ticket>): string {
    const ticketId = this.#id(5318008531800853180n);
    const at = this.now();
    const number = String(this.#last).padStart(4, '0');
    this.tickets.push({
      ticketId,
      displayId: `020326-${number}`,
      status: 'Open',
      techGroup: 'Help Desk',
      createdMs: at,
      updatedMs: at,
      ...ticket,
    });
    return ticketId;
  }

  setStatus(ticketId: string, status: string): void {
    const ticket = this.tickets.find((one) => one.ticketId === ticketId);
    if (ticket !== undefined) Object.assign(ticket, { status, updatedMs: this.now() });
  }

  /** `seconds` as hours with four decimals, as a timer of SuperOps rounds them. */
  addWork(
    work: { ticketId: string | null; clientId: string; seconds: number; start: string } & Partial<
      Pick<Worklog, 'isBillable' | 'status' | 'qty' | 'email'>
    >,
  ): string {
    const itemId = this.#id(440000000000n);
    const { ticketId, clientId, seconds, start, ...rest } = work;
    const at = this.now();
    const qty = String(Number((seconds / 3600).toFixed(4)));
    const logged = { itemId, ticketId, clientId, technician: technicianId, qty };
    const timestamps = { billMs: Date.parse(start), createdMs: at, updatedMs: at };
    this.worklogs.push({ ...logged, ...timestamps, isBillable: true, status: 'NEW', ...rest });
    return itemId;
  }

  addProduct(clientId: string): void {
    const itemId = this.addWork({ ticketId: null, clientId, seconds: 3600, start: '2026-03-02' });
    const product = this.worklogs.find((one) => one.itemId === itemId);
    if (product !== undefined) product.technician = null;
  }

  removeWork(itemId: string): void {
    const at = this.worklogs.findIndex((one) => one.itemId === itemId);
    if (at >= 0) this.worklogs.splice(at, 1);
  }

  addNote(note: Omit<Note, 'noteId'>): Note {
    const added = { noteId: this.#id(61000n), ...note };
    this.notes.push(added);
    return added;
  }

  addInvoice(invoice: Pick<Invoice, 'clientId' | 'invoiceDate'> & Partial<Invoice>): Invoice {
    const invoiceId = this.#id(930000000000000000n);
    const blank = { statusEnum: 'SENT', totalAmount: '120.50', paymentDate: null, items: [] };
    const added = { invoiceId, ...blank, ...invoice };
    this.invoices.push(added);
    return added;
  }

  addContract(contract: Omit<Contract, 'contractId'>): string {
    const contractId = this.#id(310000000000000000n);
    this.contracts.push({ contractId, ...contract });
    return contractId;
  }
}
