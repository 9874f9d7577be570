/** What a Halo tenant keeps, and what people do in it. Timestamps are epoch milliseconds, time is seconds. */

export interface Named {
  id: number;
  name: string;
}

export interface CustomField {
  id: number;
  name: string;
  label: string;
  value: string | number | null;
}

export interface Client extends Named {
  isInactive: boolean;
  siteId: number;
  currency: string;
  changedMs: number;
  customFields: CustomField[];
  prepayBalance: number;
  autoTopUpBy: number;
}

export interface Ticket {
  id: number;
  clientId: number;
  summary: string;
  details: string;
  statusId: number;
  typeId: number;
  team: string;
  key: string | null;
  openedMs: number;
  closedMs: number | null;
  wasClosed: boolean;
  changedMs: number;
  isDeleted: boolean;
  mergedInto: number | null;
  /** Codes and IDs as Halo shows them. */
  source?: number;
  scomAlertId?: string;
  orionAlert?: number;
}

export interface Action {
  ticketId: number;
  id: number;
  agentId: number | null;
  outcome: string;
  atMs: number;
  changedMs: number;
  startMs: number | null;
  endMs: number | null;
  seconds: number;
  adjustedSeconds: number;
  nonBilledSeconds: number;
  travelSeconds: number;
  prepaySeconds: number;
  chargeType: number;
  isBillable: boolean;
  isReviewed: boolean;
  isHidden: boolean;
  contract: string | null;
  noteHtml: string;
}

export interface Invoice {
  id: number;
  clientId: number;
  reference: string;
  date: string;
  total: number;
  tax: number;
  paid: number;
  credited: number;
  paidMs: number | null;
  isVoid: boolean;
  madeMs: number;
  /** Null: not since it was made. */
  changedMs: number | null;
  lines: { title: string; quantity: number; price: number; itemId: number | null }[];
}

export interface Payment {
  id: number;
  invoiceId: number;
  date: string;
  amount: number;
  reference: string | null;
}

/** As an integration writes it, by the model of Halo's own text. */
export interface RemoteSession {
  id: number;
  agentId: number | null;
  clientId: number | null;
  /** The client that Halo found by the caller. */
  matchedClient: number | null;
  ticketId: number | null;
  action: number | null;
  queuedMs: number;
  startMs: number | null;
  endMs: number | null;
  isFinished: boolean | null;
}

export interface Contract {
  id: number;
  clientId: number;
  ref: string;
  prepayBalance: number;
}

type At = string | undefined;

export interface TimeFacts {
  agentId?: number | null;
  seconds: number;
  /** Start of the work; its end follows from the seconds unless told. */
  start?: string;
  end?: string;
  /** Without start and end of its own. */
  isUntimed?: boolean;
  at?: string;
  chargeType?: number;
  isBillable?: boolean;
  isReviewed?: boolean;
  isHidden?: boolean;
  contract?: string;
  note?: string;
  adjustedSeconds?: number;
  nonBilledSeconds?: number;
  travelSeconds?: number;
  prepaySeconds?: number;
}

export class HalopsaState {
  readonly agents: (Named & { email?: string })[] = [];
  readonly teams: Named[] = [{ id: 1, name: '1st Line Support' }];
  readonly ticketTypes: Named[] = [
    { id: 1, name: 'Incident' },
    { id: 29, name: 'Billing Alert' },
  ];
  readonly statuses: Named[] = [
    { id: 1, name: 'New' },
    { id: 2, name: 'In Progress' },
    { id: 9, name: 'Closed' },
  ];
  readonly outcomes: Named[] = [
    { id: 1, name: 'Private Note' },
    { id: 2, name: 'Public Note' },
  ];
  readonly chargeTypes: Named[] = [
    { id: 0, name: 'No Charge' },
    { id: 1, name: 'Remote' },
  ];
  readonly items: Named[] = [];
  readonly clients: Client[] = [];
  readonly tickets: Ticket[] = [];
  readonly actions: Action[] = [];
  readonly invoices: Invoice[] = [];
  readonly contracts: Contract[] = [];
  readonly payments: Payment[] = [];
  readonly sessions: RemoteSession[] = [];
  #lastId = 10;
  #lastTicketId = 9000;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  addStatus(name: string): number {
    return this.#addNamed(this.statuses, name);
  }

  addAgent(name: string, email?: string): number {
    const id = this.#addNamed(this.agents, name);
    if (email !== undefined) Object.assign(this.agents.at(-1) ?? {}, { email });
    return id;
  }
  addChargeType(name: string): number {
    return this.#addNamed(this.chargeTypes, name);
  }
  addItem(name: string): number {
    return this.#addNamed(this.items, name);
  }

  addClient(name: string, fields: Partial<Client> = {}): number {
    const id = this.nextId();
    const label = 'Prepaid hours left';
    this.clients.push({
      id,
      name,
      isInactive: false,
      siteId: id + 1000,
      currency: 'EUR',
      changedMs: Date.now(),
      customFields: [
        { id: 150, name: 'CFregion', label: 'Region', value: 'North' },
        { id: 151, name: 'CFprepaidHoursLeft', label, value: null },
      ],
      prepayBalance: 0,
      autoTopUpBy: 0,
      ...fields,
    });
    return id;
  }

  addTicket(ticket: { clientId: number; summary: string; at?: At } & Partial<Ticket>): number {
    this.#lastTicketId += 1;
    const { at, ...fields } = ticket;
    this.tickets.push({
      id: this.#lastTicketId,
      details: '',
      statusId: 1,
      typeId: 1,
      team: '1st Line Support',
      key: null,
      openedMs: msOf(at),
      closedMs: null,
      wasClosed: false,
      changedMs: msOf(at),
      isDeleted: false,
      mergedInto: null,
      ...fields,
    });
    // Opening a ticket is an action without time.
    this.addAction(this.#lastTicketId, { seconds: 0, isUntimed: true, ...(at ? { at } : {}) });
    return this.#lastTicketId;
  }

  /** The number of the new action, which begins at 1 on each ticket. */
  addAction(ticketId: number, facts: TimeFacts & { outcome?: string }): number {
    const ticket = this.ticket(ticketId);
    const ids = this.actions.filter((one) => one.ticketId === ticketId).map(({ id }) => id);
    const id = Math.max(0, ...ids) + 1;
    const atMs = msOf(facts.start ?? facts.at);
    const isTimed = facts.isUntimed !== true && facts.seconds > 0;
    const endMs = facts.end === undefined ? atMs + facts.seconds * 1000 : msOf(facts.end);
    this.actions.push({
      ticketId,
      id,
      agentId: facts.agentId === undefined ? (this.agents[0]?.id ?? null) : facts.agentId,
      outcome: facts.outcome ?? 'Private Note',
      atMs,
      changedMs: msOf(facts.at),
      startMs: isTimed ? atMs : null,
      endMs: isTimed ? endMs : null,
      seconds: facts.seconds,
      adjustedSeconds: facts.adjustedSeconds ?? 0,
      nonBilledSeconds: facts.nonBilledSeconds ?? 0,
      travelSeconds: facts.travelSeconds ?? 0,
      prepaySeconds: facts.prepaySeconds ?? 0,
      chargeType: facts.chargeType ?? 1,
      isBillable: facts.isBillable ?? true,
      isReviewed: facts.isReviewed ?? false,
      isHidden: facts.isHidden ?? true,
      contract: facts.contract ?? null,
      noteHtml: facts.note ?? 'Worked on it.',
    });
    ticket.changedMs = Math.max(ticket.changedMs, msOf(facts.at));
    return id;
  }

  ticket(id: number): Ticket {
    const found = this.tickets.find((ticket) => ticket.id === id);
    if (found === undefined) throw new Error(`The sandbox has no ticket ${id}.`);
    return found;
  }

  action(ticketId: number, id: number): Action {
    const found = this.actions.find((one) => one.ticketId === ticketId && one.id === id);
    if (found === undefined) throw new Error(`The sandbox has no action ${id} on ${ticketId}.`);
    return found;
  }

  client(id: number): Client {
    const found = this.clients.find((client) => client.id === id);
    if (found === undefined) throw new Error(`The sandbox has no client ${id}.`);
    return found;
  }

  closeTicket(id: number, at?: At): void {
    const closedMs = msOf(at);
    Object.assign(this.ticket(id), { statusId: 9, closedMs, wasClosed: true, changedMs: closedMs });
  }

  /** The closing date goes; that the ticket was closed once does not. */
  reopenTicket(id: number, at?: At): void {
    Object.assign(this.ticket(id), { statusId: 2, closedMs: null, changedMs: msOf(at) });
  }

  deleteTicket(id: number): void {
    Object.assign(this.ticket(id), { isDeleted: true, changedMs: Date.now() });
  }

  /** It simply vanishes. */
  deleteAction(ticketId: number, id: number): void {
    this.actions.splice(this.actions.indexOf(this.action(ticketId, id)), 1);
  }

  addInvoice(invoice: { clientId: number; total: number } & Partial<Invoice>): number {
    const id = this.nextId();
    this.invoices.push({
      id,
      reference: '',
      date: '2026-03-02T00:00:00Z',
      tax: 0,
      paid: 0,
      credited: 0,
      paidMs: null,
      isVoid: false,
      madeMs: Date.now(),
      changedMs: Date.now(),
      lines: [],
      ...invoice,
    });
    return id;
  }

  /** A finished session of the first agent, from `start` for so many seconds. */
  addSession(start: At, seconds: number, fields: Partial<RemoteSession> = {}): number {
    const id = this.nextId();
    this.sessions.push({
      id,
      agentId: this.agents[0]?.id ?? null,
      ...{ clientId: null, matchedClient: null, ticketId: null, action: null },
      ...{ queuedMs: msOf(start), startMs: msOf(start), endMs: msOf(start) + seconds * 1000 },
      isFinished: true,
      ...fields,
    });
    return id;
  }

  /** The last payment of an invoice dates it as paid. */
  pay(invoiceId: number, payment: Omit<Payment, 'id' | 'invoiceId'>): Payment {
    const invoice = this.invoices.find(({ id }) => id === invoiceId);
    if (invoice === undefined) throw new Error(`The sandbox has no invoice ${invoiceId}.`);
    const row = { id: this.nextId(), invoiceId, ...payment };
    this.payments.push(row);
    invoice.paid += payment.amount;
    invoice.changedMs = Date.now();
    if (invoice.total - invoice.paid < 0.005) invoice.paidMs = Date.parse(payment.date);
    return row;
  }

  #addNamed(table: Named[], name: string): number {
    const id = this.nextId();
    table.push({ id, name });
    return id;
  }
}

export function msOf(at: At): number {
  return at === undefined ? Date.now() : Date.parse(at);
}
