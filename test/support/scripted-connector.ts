import type {
  BlockPage,
  ClientRow,
  Connector,
  Delivered,
  InvoiceRow,
  MandateRow,
  NameLists,
  Page,
  PaymentRow,
  Presence,
  PresenceRequest,
  Pull,
  PullRequest,
  Push,
  PushKind,
  PushMessages,
  RemoteState,
  SessionRow,
  TicketRow,
  TimeEntryRow,
  VendorBlock,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';

export interface Sent {
  kind: PushKind;
  message: Record<string, unknown> & { key: string };
  remoteId: string;
  /** When it was sent; absent: long ago. */
  sentMs?: number;
}

export type Call =
  | 'clients'
  | 'tickets'
  | 'timeEntries'
  | 'sessions'
  | 'ticketTime'
  | 'invoices'
  | 'payments'
  | 'mandates'
  | 'present'
  | 'blocks'
  | PushCall;
type PushCall = `${'find' | 'create' | 'inspect' | 'withdraw'} ${PushKind}`;

export interface ScriptOptions {
  now(): number;
  /** Whether time is shown only ticket by ticket, so that what is no longer there is seen to be gone. */
  isTimePerTicket?: boolean;
  /** A vendor that has no list of ids for the sweep. */
  listsNoIds?: boolean;
  /** Whether the vendor answers for the asked clients alone. */
  isFilteredByClient?: boolean;
  /** Whether it records remote sessions, as an RMM. */
  recordsSessions?: boolean;
}

interface Fault {
  kind: ErrorKind;
  /** Counted down with each call; it strikes at zero. */
  callsLeft: number;
  timesLeft: number;
  /** Whether the write was done before the answer was lost. */
  isDone: boolean;
}

/** A vendor of arrays: a test edits them as people would in a PSA, and reads what was sent to it. */
export class ScriptedVendor {
  readonly clients: ClientRow[] = [];
  readonly tickets: TicketRow[] = [];
  readonly timeEntries: TimeEntryRow[] = [];
  readonly sessions: SessionRow[] = [];
  readonly invoices: InvoiceRow[] = [];
  readonly payments: PaymentRow[] = [];
  readonly mandates: MandateRow[] = [];
  readonly blocks: VendorBlock[] = [];
  readonly sent: Sent[] = [];
  /** What the vendor calls a record of this kind; nothing by default. */
  readonly labels = new Map<PushKind, string>();
  /** How long `find` does not see what was just sent. */
  searchLagSeconds = 0;
  /** What people made of what was sent, by its id there; null: they removed it. */
  readonly standings = new Map<string, RemoteState | null>();
  /** Remote ids of what was taken back, as often as it was really closed, with the reason. */
  readonly withdrawn: { remoteId: string; reason: string }[] = [];
  /** Kinds that the vendor lets us take back. */
  readonly withdrawable = new Set<PushKind>(['alert-ticket', 'invoice']);
  /** What each pull asked for, in order. */
  readonly asked: (Pick<PullRequest, 'since' | 'until' | 'resume' | 'clientIds'> & {
    stream: string;
  })[] = [];
  /** What the vendor's own lists of names say; none unless told. */
  lists: NameLists = {};
  /** How often they were asked for. */
  listsRead = 0;
  pageSize = 2;
  /** Ids of entries that the role no longer shows. */
  readonly hidden = new Set<string>();
  /** Whether the vendor's own count knows of hidden entries. */
  isCountHonest = true;
  readonly #options: ScriptOptions;
  readonly #faults = new Map<Call, Fault>();

  constructor(options: ScriptOptions) {
    this.#options = options;
  }

  get now(): Instant {
    return instantFromMs(this.#options.now());
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────

  ticket(sourceId: string, fields: Partial<TicketRow> = {}): TicketRow {
    const row: TicketRow = {
      sourceId,
      number: sourceId,
      clientId: '1',
      summary: `Ticket ${sourceId}`,
      board: 'Help Desk',
      ticketType: null,
      agreement: null,
      status: 'Open',
      isClosed: false,
      closedAt: null,
      mergedInto: null,
      updatedAt: this.now,
    };
    this.tickets.push({ ...row, ...fields });
    return row;
  }

  close(sourceId: string): void {
    this.editTicket(sourceId, { isClosed: true, closedAt: this.now, status: 'Closed' });
  }

  reopen(sourceId: string): void {
    this.editTicket(sourceId, { isClosed: false, closedAt: null, status: 'Open' });
  }

  editTicket(sourceId: string, fields: Partial<TicketRow>): void {
    edit(this.tickets, sourceId, { updatedAt: this.now, ...fields });
  }

  /** Time on a ticket (or on none); it started at `startedAt` and lasted the minutes. */
  log(
    sourceId: string,
    ticketId: string | null,
    startedAt: Instant,
    minutes: number,
    fields: Partial<TimeEntryRow> = {},
  ): void {
    const seconds = minutes * 60;
    const row: TimeEntryRow = {
      sourceId,
      ticketId,
      clientId: null,
      technicianId: 't1',
      technician: 'Ada',
      startedAt: addSeconds(startedAt, 0),
      endedAt: addSeconds(startedAt, Math.max(0, seconds)),
      isTimed: true,
      seconds,
      secondsText: `${minutes} min`,
      kind: 'work',
      workType: 'Remote',
      role: null,
      isBillable: true,
      isApproved: null,
      agreement: null,
      note: null,
      updatedAt: this.now,
    };
    this.timeEntries.push({ ...row, ...fields });
  }

  /** A remote session of Ada's at a device of client 17. */
  session(
    sourceId: string,
    startedAt: Instant,
    minutes: number,
    fields: Partial<SessionRow> = {},
  ): void {
    const row: SessionRow = {
      sourceId,
      clientId: '17',
      technicianId: 'user//ada',
      technician: 'Ada',
      technicianEmail: null,
      device: 'PC-1',
      ticketId: null,
      entryId: null,
      startedAt: addSeconds(startedAt, 0),
      endedAt: addSeconds(startedAt, minutes * 60),
      updatedAt: this.now,
    };
    this.sessions.push({ ...row, ...fields });
  }

  editEntry(sourceId: string, fields: Partial<TimeEntryRow>): void {
    edit(this.timeEntries, sourceId, { updatedAt: this.now, ...fields });
  }

  /** Seen only where time is shown ticket by ticket. */
  removeEntry(sourceId: string): void {
    const index = this.timeEntries.findIndex((row) => row.sourceId === sourceId);
    const [removed] = this.timeEntries.splice(index, 1);
    if (removed?.ticketId) this.editTicket(removed.ticketId, {});
  }

  /** The vendor's books show an invoice of ours as paid. */
  pay(sent: Sent): void {
    this.showInvoice(sent, { isPaid: true });
  }

  /** An invoice of ours as the vendor shows it from now on. */
  showInvoice(sent: Sent, change: Partial<InvoiceRow>): void {
    const row: InvoiceRow = {
      sourceId: sent.remoteId,
      number: null,
      clientId: String(sent.message.clientId),
      reference: sent.message.key,
      saleId: sent.remoteId,
      currency: 'EUR',
      totalMinor: null,
      netMinor: null,
      paidMinor: null,
      creditedMinor: null,
      lines: null,
      isPaid: false,
      isVoid: false,
      issuedOn: null,
      paidOn: null,
      updatedAt: this.now,
      ...change,
    };
    const place = this.invoices.findIndex(({ sourceId }) => sourceId === row.sourceId);
    this.invoices.splice(place < 0 ? this.invoices.length : place, 1, row);
  }

  mandate(clientId: string, change: Partial<MandateRow> = {}): void {
    const row: MandateRow = {
      sourceId: `mandate-${clientId}`,
      clientId,
      scheme: 'sepa_debit',
      status: 'usable',
      detail: null,
      expiresOn: null,
      updatedAt: this.now,
      ...change,
    };
    const place = this.mandates.findIndex(({ sourceId }) => sourceId === row.sourceId);
    this.mandates.splice(place < 0 ? this.mandates.length : place, 1, row);
  }

  /** A charge of ours as the provider shows it from now on. */
  showPayment(remoteId: string, change: Partial<PaymentRow>): void {
    edit(this.payments, remoteId, { updatedAt: this.now, ...change });
  }

  sentOf(kind: PushKind): Sent[] {
    return this.sent.filter((one) => one.kind === kind);
  }

  // ── What goes wrong ───────────────────────────────────────────────────────────────────────────

  /** The nth call from now on (1: the next) fails, and as many after it as told. */
  fail(call: Call, kind: ErrorKind, { nth = 1, times = 1 } = {}): void {
    this.#faults.set(call, { kind, callsLeft: nth - 1, timesLeft: times, isDone: false });
  }

  /** The next write of the kind is done, and its answer never arrives. */
  loseAnswer(kind: PushKind, call: 'create' | 'withdraw' = 'create'): void {
    const fault: Fault = { kind: 'unknown-outcome', callsLeft: 0, timesLeft: 1, isDone: true };
    this.#faults.set(`${call} ${kind}`, fault);
  }

  #strike(call: Call): Fault | null {
    const fault = this.#faults.get(call);
    if (fault === undefined) return null;
    if (fault.callsLeft > 0) {
      fault.callsLeft -= 1;
      return null;
    }
    fault.timesLeft -= 1;
    if (fault.timesLeft <= 0) this.#faults.delete(call);
    return fault;
  }

  #mayThrow(call: Call): void {
    const fault = this.#strike(call);
    if (fault !== null) throw new KindError(fault.kind, `scripted ${fault.kind} in ${call}`);
  }

  // ── The connector ─────────────────────────────────────────────────────────────────────────────

  connector(): Connector {
    const { isTimePerTicket = false } = this.#options;
    return {
      check: async () => [],
      listNames: async () => {
        this.listsRead += 1;
        return this.lists;
      },
      pull: {
        clients: this.#pull('clients', () => this.clients.map(asChanged)),
        tickets: this.#pull('tickets', () => this.tickets),
        invoices: this.#pull('invoices', () => this.invoices),
        payments: this.#pull('payments', () => this.payments),
        mandates: this.#pull('mandates', () => this.mandates),
        ...(this.#options.recordsSessions === true
          ? { sessions: this.#pull('sessions', () => this.sessions) }
          : {}),
        ...(isTimePerTicket
          ? { ticketTime: (ids: readonly string[]) => this.#ticketTime(ids) }
          : { timeEntries: this.#pull('timeEntries', () => this.#shownTime()) }),
        ...(this.#options.listsNoIds ? {} : { present: this.#presence() }),
        blocks: () => this.#blocks(),
      },
      push: {
        'alert-ticket': this.#push('alert-ticket'),
        'ticket-note': this.#push('ticket-note'),
        invoice: this.#push('invoice'),
        recharge: this.#push('recharge'),
        'invoice-payment': this.#push('invoice-payment'),
        'balance-field': this.#push('balance-field'),
      },
    };
  }

  #pull<Row extends { sourceId: string; updatedAt: Instant; clientId?: string | null }>(
    stream:
      | 'clients'
      | 'tickets'
      | 'timeEntries'
      | 'sessions'
      | 'invoices'
      | 'payments'
      | 'mandates',
    rows: () => readonly Row[],
  ): Pull<Row> {
    const vendor = this;
    return async function* ({ since, until, resume, clientIds }): AsyncGenerator<Page<Row>> {
      vendor.asked.push({ stream, since, until, resume, clientIds });
      const isWanted = (row: Row) =>
        !vendor.#options.isFilteredByClient || !row.clientId || clientIds.includes(row.clientId);
      const found = rows()
        .filter((row) => row.updatedAt >= since && isWanted(row))
        .filter((row) => resume === null || placeOf(row) > resume)
        .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
      for (let first = 0; first === 0 || first < found.length; first += vendor.pageSize) {
        vendor.#mayThrow(stream);
        const page = found.slice(first, first + vendor.pageSize).map((row) => ({ ...row }));
        const last = page.at(-1);
        yield { rows: page, rejected: [], resume: last === undefined ? null : placeOf(last) };
      }
    };
  }

  #presence(): Presence {
    const inWindow = ({ from, to }: PresenceRequest) =>
      this.timeEntries.filter(({ startedAt }) => startedAt >= from && startedAt < to);
    const vendor = this;
    const ticketOf = (id: string): string =>
      this.timeEntries.find(({ sourceId }) => sourceId === id)?.ticketId ?? id;
    return {
      ...(this.#options.isTimePerTicket ? { ticketOf } : {}),
      async *ids(request) {
        vendor.#mayThrow('present');
        const ids = inWindow(request).map(({ sourceId }) => sourceId);
        const shown = ids.filter((id) => !vendor.hidden.has(id));
        for (let first = 0; first < shown.length; first += vendor.pageSize) {
          yield shown.slice(first, first + vendor.pageSize);
        }
      },
      async count(request) {
        const hidden = vendor.isCountHonest ? new Set() : vendor.hidden;
        return inWindow(request).filter(({ sourceId }) => !hidden.has(sourceId)).length;
      },
    };
  }

  #shownTime(): TimeEntryRow[] {
    return this.timeEntries.filter(({ sourceId }) => !this.hidden.has(sourceId));
  }

  async *#ticketTime(ticketIds: readonly string[]) {
    for (const ticketId of ticketIds) {
      this.#mayThrow('ticketTime');
      const rows = this.#shownTime().filter((row) => row.ticketId === ticketId);
      yield { ticketIds: [ticketId], rows: rows.map((row) => ({ ...row })), rejected: [] };
    }
  }

  async *#blocks(): AsyncGenerator<BlockPage> {
    this.#mayThrow('blocks');
    yield { rows: this.blocks.map((block) => ({ ...block })), rejected: [] };
  }

  #push<Kind extends PushKind>(kind: Kind): Push<Kind> {
    return {
      find: async (message) => {
        this.#mayThrow(`find ${kind}`);
        const found = this.sent.find(
          (one) => one.message.key === message.key && this.#isSearchable(one),
        );
        return found === undefined ? null : { remoteId: found.remoteId };
      },
      create: async (message) => this.#create(kind, message),
      inspect: async (_, remoteId) => {
        this.#mayThrow(`inspect ${kind}`);
        return this.standings.has(remoteId) ? (this.standings.get(remoteId) ?? null) : {};
      },
      ...(this.withdrawable.has(kind)
        ? { withdraw: async (_: unknown, asked: Withdrawal) => this.#withdraw(kind, asked) }
        : {}),
    };
  }

  #isSearchable({ sentMs = 0 }: Sent): boolean {
    return this.#options.now() >= sentMs + this.searchLagSeconds * 1000;
  }

  #withdraw(kind: PushKind, { remoteId, reason }: Withdrawal): Withdrawn | null {
    if (!this.withdrawable.has(kind)) return null;
    const fault = this.#strike(`withdraw ${kind}`);
    const isClosed = this.withdrawn.some((one) => one.remoteId === remoteId);
    if (!isClosed && (fault === null || fault.isDone)) this.withdrawn.push({ remoteId, reason });
    if (fault !== null)
      throw new KindError(fault.kind, `scripted ${fault.kind} in withdraw ${kind}`);
    return { remoteId };
  }

  #create(kind: PushKind, message: PushMessages[PushKind]): Delivered {
    const fault = this.#strike(`create ${kind}`);
    const remoteId = `${kind}-${this.sent.length + 1}`;
    const sentMs = this.#options.now();
    if (fault === null || fault.isDone) {
      this.sent.push({ kind, message: { ...message }, remoteId, sentMs });
      if ('requestedAt' in message) this.payments.push(toPayment(message, remoteId, this.now));
    }
    if (fault !== null) throw new KindError(fault.kind, `scripted ${fault.kind} in create ${kind}`);
    const label = this.labels.get(kind);
    return label === undefined ? { remoteId } : { remoteId, label };
  }
}

function toPayment(
  { key, clientId, amountMinor, currency }: PushMessages['recharge'],
  sourceId: string,
  now: Instant,
): PaymentRow {
  return {
    sourceId,
    reference: key,
    clientId,
    status: 'submitted',
    amountMinor,
    currency,
    reversedMinor: 0,
    reason: null,
    failure: null,
    createdAt: now,
    settledOn: null,
    updatedAt: now,
  };
}

function placeOf(row: { updatedAt: Instant; sourceId: string }): string {
  return `${row.updatedAt} ${row.sourceId}`;
}

/** Clients have no last-modified timestamp: every pass reads them all. */
function asChanged(row: ClientRow): ClientRow & { updatedAt: Instant } {
  return { ...row, updatedAt: '9999-12-31T00:00:00.000Z' };
}

function edit<Row extends { sourceId: string }>(
  rows: Row[],
  sourceId: string,
  fields: Partial<Row>,
): void {
  const index = rows.findIndex((row) => row.sourceId === sourceId);
  const row = rows[index];
  if (row === undefined) throw new Error(`the script has no row ${sourceId}`);
  rows[index] = { ...row, ...fields };
}
