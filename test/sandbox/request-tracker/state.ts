/** State of the sandbox's RT. Edits behave as RT's own: each leaves a transaction and a timestamp. */

export interface QueueState {
  id: number;
  name: string;
  isDisabled: boolean;
  /** What the connection's user may do in it. */
  rights: Set<Right>;
  /** Ticket custom fields that apply to it, by name. */
  fields: Set<string>;
  updatedMs: number;
}

export type Right =
  | 'SeeQueue'
  | 'ShowTicket'
  | 'ShowTicketComments'
  | 'CreateTicket'
  | 'CommentOnTicket'
  | 'ReplyToTicket'
  | 'ModifyTicket'
  | 'SetInitialCustomField';

export interface TicketState {
  id: number;
  effectiveId: number;
  queue: QueueState;
  subject: string;
  status: string;
  requestors: string[];
  fields: Map<string, string[]>;
  minutes: number;
  createdMs: number;
  updatedMs: number;
  resolvedMs: number;
}

export interface TransactionState {
  id: number;
  /** The ticket that it was made on, also after a merge. */
  ticketId: number;
  type: string;
  field: string;
  minutes: number;
  creator: string;
  createdMs: number;
  content: string | null;
}

export interface SomeTime {
  at?: string;
}

const everyRight: readonly Right[] = [
  'SeeQueue',
  'ShowTicket',
  'ShowTicketComments',
  'CreateTicket',
  'CommentOnTicket',
  'ReplyToTicket',
  'ModifyTicket',
  'SetInitialCustomField',
];

export class State {
  readonly queues: QueueState[] = [];
  readonly users = new Map<string, { organization?: string; email?: string }>();
  readonly tickets: TicketState[] = [];
  readonly transactions: TransactionState[] = [];
  /** When the last transaction of each ticket was made. */
  readonly lastMadeMs = new Map<number, number>();
  /** Select fields and the values that they offer. */
  readonly fields = new Map<string, string[]>();

  findQueue(idOrName: string): QueueState | undefined {
    return this.queues.find((queue) => String(queue.id) === idOrName || queue.name === idOrName);
  }

  /** The ticket with this ID, which after a merge is another one. */
  loadTicket(id: string | number): TicketState | undefined {
    // Ids are given in order, from 1.
    const own = this.tickets[Number(id) - 1];
    return own && this.tickets[own.effectiveId - 1];
  }

  requireTicket(id: string | number): TicketState {
    const ticket = this.loadTicket(id);
    if (ticket === undefined) throw new Error(`The sandbox has no ticket ${id}.`);
    return ticket;
  }

  private record(
    ticket: TicketState,
    made: Pick<TransactionState, 'type' | 'creator'> & Partial<TransactionState>,
    timestamp: SomeTime,
  ): string {
    const createdMs = secondOf(timestamp);
    const id = 40 + this.transactions.length * 3;
    const transaction = { field: '', minutes: 0, content: null, ...made };
    this.transactions.push({ ...transaction, id, ticketId: ticket.id, createdMs });
    const before = this.lastMadeMs.get(ticket.id) ?? createdMs;
    this.lastMadeMs.set(ticket.id, Math.max(before, createdMs));
    ticket.minutes += transaction.minutes;
    ticket.updatedMs = Math.max(ticket.updatedMs, createdMs);
    return String(id);
  }

  addQueue(name: string, rights: readonly Right[] = everyRight, timestamp: SomeTime = {}): string {
    const id = this.queues.length + 3;
    const updatedMs = secondOf(timestamp);
    this.queues.push({
      id,
      name,
      isDisabled: false,
      rights: new Set(rights),
      fields: new Set(),
      updatedMs,
    });
    return String(id);
  }

  addTicket(
    queueName: string,
    subject: string,
    made: {
      requestors?: string[];
      fields?: Record<string, string>;
      creator?: string;
    } & SomeTime = {},
  ): string {
    const queue = this.findQueue(queueName);
    if (queue === undefined) throw new Error(`The sandbox has no queue ${queueName}.`);
    const id = this.tickets.length + 1;
    const createdMs = secondOf(made);
    const ticket: TicketState = {
      id,
      effectiveId: id,
      queue,
      subject,
      status: 'new',
      requestors: made.requestors ?? [],
      fields: new Map(Object.entries(made.fields ?? {}).map(([name, value]) => [name, [value]])),
      minutes: 0,
      createdMs,
      updatedMs: createdMs,
      resolvedMs: 0,
    };
    this.tickets.push(ticket);
    this.record(ticket, { type: 'Create', creator: made.creator ?? 'tess' }, made);
    return String(id);
  }

  addMessage(
    ticketId: string,
    type: 'Comment' | 'Correspond',
    creator: string,
    made: { minutes?: number; content?: string } & SomeTime = {},
  ): string {
    const ticket = this.requireTicket(ticketId);
    const { minutes = 0, content = null } = made;
    const id = this.record(ticket, { type, creator, minutes, content }, made);
    const isClosed = ['resolved', 'rejected'].includes(ticket.status);
    if (type === 'Correspond' && isClosed) this.setStatus(ticketId, 'open', 'RT_System', made);
    return id;
  }

  /** A correction: the total is set, and the difference becomes a transaction. */
  setTimeWorked(
    ticketId: string,
    creator: string,
    minutes: number,
    timestamp: SomeTime = {},
  ): string {
    const ticket = this.requireTicket(ticketId);
    const change = { type: 'Set', field: 'TimeWorked', minutes: minutes - ticket.minutes };
    return this.record(ticket, { ...change, creator }, timestamp);
  }

  setStatus(ticketId: string, status: string, creator: string, timestamp: SomeTime = {}): void {
    const ticket = this.requireTicket(ticketId);
    if (ticket.status === status) return;
    ticket.status = status;
    this.record(ticket, { type: 'Status', field: 'Status', creator }, timestamp);
    if (status === 'resolved' || status === 'rejected') ticket.resolvedMs = secondOf(timestamp);
  }

  /** The merged ticket keeps its transactions and its `LastUpdated`; the other gets its time. */
  merge(fromId: string, intoId: string, creator: string, timestamp: SomeTime = {}): void {
    const from = this.requireTicket(fromId);
    const into = this.requireTicket(intoId);
    const { updatedMs } = from;
    this.record(from, { type: 'AddLink', field: 'MergedInto', creator }, timestamp);
    from.updatedMs = updatedMs;
    this.record(into, { type: 'AddLink', field: 'MergedInto', creator }, timestamp);
    into.minutes += from.minutes;
    for (const ticket of this.tickets) {
      if (ticket.effectiveId === from.id) ticket.effectiveId = into.id;
    }
  }

  moveTicket(ticketId: string, queueName: string, creator: string): void {
    const ticket = this.requireTicket(ticketId);
    const queue = this.findQueue(queueName);
    if (queue === undefined) throw new Error(`The sandbox has no queue ${queueName}.`);
    ticket.queue = queue;
    this.record(ticket, { type: 'Set', field: 'Queue', creator }, {});
  }

  setField(ticketId: string, name: string, value: string, creator: string): void {
    const ticket = this.requireTicket(ticketId);
    ticket.fields.set(name, [value]);
    this.record(ticket, { type: 'CustomField', field: name, creator }, {});
  }
}

function secondOf({ at }: SomeTime): number {
  const ms = at === undefined ? Date.now() : Date.parse(at);
  return Math.floor(ms / 1000) * 1000;
}
