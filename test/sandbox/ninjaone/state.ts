import {
  type Activity,
  type Billing,
  type Board,
  boardColumns,
  builtInStatuses,
  type Device,
  type LogEntry,
  type Organization,
  type RemoteTool,
  type Status,
  type Technician,
  type Ticket,
  type TicketForm,
} from './records.ts';

/** A timestamp: ISO text, or epoch milliseconds. Now, where left out. */
type At = string | number | undefined;

export interface TimeFacts {
  ticketId: number;
  technicianId: number;
  seconds: number;
  /** The timestamp of logging. */
  at?: string | number;
  /** Start of the work, as newer builds keep it. */
  startedAt?: string | number;
  body?: string;
  isPublic?: boolean;
  isRemote?: boolean;
  billing?: Billing;
  agreement?: string;
  /** Seconds of these that lie outside business hours. */
  offHours?: { seconds: number; billing?: Billing; agreement?: string };
  type?: LogEntry['type'];
}

export interface SessionFacts {
  deviceId: number;
  technicianId: number;
  startedAt: string | number;
  /** Null: the end was never recorded. */
  endedAt: string | number | null;
  tool?: RemoteTool;
}

const sessionCodes = {
  splashtop: ['SPLASHTOP', 'SPLASHTOP_CONNECTION_ESTABLISHED', 'SPLASHTOP_CONNECTION_TERMINATED'],
  teamviewer: [
    'TEAMVIEWER',
    'TEAMVIEWER_CONNECTION_ESTABLISHED',
    'TEAMVIEWER_CONNECTION_TERMINATED',
  ],
  'quick-connect': ['NINJA_QUICK_CONNECT', 'QC_SESSION_STARTED', 'QC_SESSION_TERMINATED'],
} as const;

/** What the sandbox knows, and the edits that people make in the product. */
export class NinjaoneState {
  readonly organizations = new Map<number, Organization>();
  readonly technicians = new Map<number, Technician>();
  readonly devices = new Map<number, Device>();
  readonly statuses: Status[] = builtInStatuses.map((status) => ({ ...status }));
  readonly forms: TicketForm[] = [{ id: 1, name: 'Default', isActive: true, isDefault: true }];
  readonly boards: Board[] = [
    { id: 1, name: 'Open tickets', shows: (_, isClosed) => !isClosed, allColumns: boardColumns },
    { id: 2, name: 'All tickets', shows: () => true, allColumns: boardColumns },
  ];
  readonly tickets = new Map<number, Ticket>();
  readonly logEntries = new Map<number, LogEntry>();
  /** What boards show as the time of a ticket, where that is not the sum of its log. */
  readonly shownTotals = new Map<number, number>();
  /** Tickets that boards list and that nobody can open. */
  readonly unopenable = new Set<number>();
  /** Columns that no board has switched on: its rows leave them out and say nothing. */
  readonly hiddenColumns = new Set<string>();
  /** How log entries are shown: `2022` without the author's id and type, `in-entry` with all of the time in `ticketTimeEntry`. */
  logDialect: 'today' | '2022' | 'in-entry' = 'today';
  /** Whether tickets are shown without whoever asked. */
  hidesRequester = false;
  /** Tickets whose status no update changes. */
  readonly keepsStatus = new Set<number>();
  /** Tickets that the search's index has not taken in yet. */
  readonly unindexed = new Set<number>();
  /** Kept in the order of their ids. */
  readonly activities: Activity[] = [];
  #lastId = 100;
  #lastTicketId = 1000;
  #activityCount = 0;

  addOrganization(name: string): number {
    const id = this.#nextId();
    this.organizations.set(id, { id, name, customFields: {} });
    return id;
  }

  renameOrganization(id: number, name: string): void {
    required(this.organizations, id).name = name;
  }

  addTechnician(firstName: string, lastName: string): number {
    const id = this.#nextId();
    this.technicians.set(id, { id, firstName, lastName, isEnabled: true });
    return id;
  }

  addDevice(organizationId: number, displayName: string): number {
    const id = this.#nextId();
    this.devices.set(id, { id, organizationId, displayName });
    return id;
  }

  addBoard(name: string, shows: Board['shows'], allColumns = boardColumns): number {
    const id = this.#nextId();
    this.boards.push({ id, name, shows, allColumns });
    return id;
  }

  /** A status of the MSP's own, below a built-in one (`CLOSED`). */
  addStatus(displayName: string, parent: string): number {
    const statusId = this.#nextId() + 10_000;
    const parentId = this.statuses.find((status) => status.name === parent)?.statusId ?? null;
    this.statuses.push({ statusId, name: `CUSTOM_${statusId}`, displayName, parentId });
    return statusId;
  }

  addTicket(ticket: {
    organizationId: number | null;
    subject: string;
    at?: At;
    status?: string;
    tags?: readonly string[];
    source?: string;
    ticketFormId?: number;
  }): number {
    this.#lastTicketId += 1;
    const createdMs = msOf(ticket.at);
    this.tickets.set(this.#lastTicketId, {
      id: this.#lastTicketId,
      version: 1,
      organizationId: ticket.organizationId,
      subject: ticket.subject,
      statusId: this.statusNamed(ticket.status ?? 'New').statusId,
      ticketFormId: ticket.ticketFormId ?? 1,
      tags: [...(ticket.tags ?? [])],
      ...(ticket.source === undefined ? {} : { source: ticket.source }),
      createdMs,
      updatedMs: createdMs,
      solvedMs: null,
      isDeleted: false,
    });
    return this.#lastTicketId;
  }

  addTime(time: TimeFacts): number {
    const parts = time.billing ?? time.offHours ?? time.startedAt ?? time.isRemote;
    const offSeconds = time.offHours?.seconds ?? 0;
    return this.addLogEntry({
      ticketId: time.ticketId,
      type: time.type ?? 'COMMENT',
      authorId: time.technicianId,
      authorType: 'TECHNICIAN',
      body: time.body ?? 'Worked on it.',
      isPublic: time.isPublic ?? false,
      createdMs: msOf(time.at),
      seconds: time.seconds,
      time:
        parts === undefined && time.agreement === undefined
          ? null
          : {
              startedMs: time.startedAt === undefined ? null : msOf(time.startedAt),
              isRemote: time.isRemote ?? null,
              inHours: {
                seconds: time.seconds - offSeconds,
                ...(time.billing === undefined ? {} : { billing: time.billing }),
                ...(time.agreement === undefined ? {} : { agreement: time.agreement }),
              },
              offHours: time.offHours ?? null,
            },
    });
  }

  addLogEntry(entry: Omit<LogEntry, 'id'>): number {
    const id = this.#nextId();
    this.logEntries.set(id, { id, ...entry });
    this.#touch(entry.ticketId, entry.createdMs);
    return id;
  }

  /** The vendor keeps one duration in two places; an edit changes both. */
  editTime(entryId: number, seconds: number, at?: At): void {
    const entry = required(this.logEntries, entryId);
    if (entry.time?.inHours) entry.time.inHours.seconds += seconds - (entry.seconds ?? 0);
    entry.seconds = seconds;
    this.#touch(entry.ticketId, msOf(at));
  }

  removeTime(entryId: number, at?: At): void {
    const entry = required(this.logEntries, entryId);
    this.logEntries.delete(entryId);
    this.#touch(entry.ticketId, msOf(at));
  }

  setStatus(ticketId: number, displayName: string, at?: At): void {
    const ticket = required(this.tickets, ticketId);
    ticket.statusId = this.statusNamed(displayName).statusId;
    ticket.solvedMs = this.isClosed(ticket) ? msOf(at) : null;
    this.#touch(ticketId, msOf(at));
  }

  closeTicket(ticketId: number, at?: At): void {
    this.setStatus(ticketId, 'Closed', at);
  }

  reopenTicket(ticketId: number, at?: At): void {
    this.setStatus(ticketId, 'Open', at);
  }

  moveTicket(ticketId: number, organizationId: number, at?: At): void {
    required(this.tickets, ticketId).organizationId = organizationId;
    this.#touch(ticketId, msOf(at));
  }

  deleteTicket(ticketId: number): void {
    required(this.tickets, ticketId).isDeleted = true;
  }

  /** Both ends of a remote session, as the product records them. Returns the id of the start. */
  addSession(session: SessionFacts): number {
    const [type, start, end] = sessionCodes[session.tool ?? 'splashtop'];
    const who = { activityType: type, deviceId: session.deviceId, userId: session.technicianId };
    const startId = this.addActivity({ ...who, statusCode: start, atMs: msOf(session.startedAt) });
    if (session.endedAt !== null) {
      this.addActivity({ ...who, statusCode: end, atMs: msOf(session.endedAt) });
    }
    return startId;
  }

  /** Ids grow with time, whatever the order of a test's steps. */
  addActivity(activity: Omit<Activity, 'id'>): number {
    this.#activityCount += 1;
    const id = Math.floor(activity.atMs) * 1000 + (this.#activityCount % 1000);
    this.activities.push({ id, ...activity });
    this.activities.sort((a, b) => a.id - b.id);
    return id;
  }

  isClosed(ticket: Ticket): boolean {
    const status = this.statuses.find(({ statusId }) => statusId === ticket.statusId);
    const root = this.statuses.find(({ statusId }) => statusId === status?.parentId) ?? status;
    return root?.name === 'CLOSED';
  }

  statusNamed(displayName: string): Status {
    const status = this.statuses.find((candidate) => candidate.displayName === displayName);
    if (status === undefined) throw new Error(`The sandbox has no status ${displayName}.`);
    return status;
  }

  entriesOf(ticketId: number): LogEntry[] {
    return [...this.logEntries.values()].filter((entry) => entry.ticketId === ticketId);
  }

  /** Tickets whose subject carries this key, deleted ones not counted. */
  ticketsMarked(key: string): Ticket[] {
    return [...this.tickets.values()].filter(
      (ticket) => !ticket.isDeleted && ticket.subject.includes(`[${key}]`),
    );
  }

  #touch(ticketId: number, atMs: number): void {
    const ticket = required(this.tickets, ticketId);
    ticket.version += 1;
    ticket.updatedMs = Math.max(ticket.updatedMs, atMs);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

function required<T>(table: ReadonlyMap<number, T>, id: number): T {
  const row = table.get(id);
  if (row === undefined) throw new Error(`The sandbox has no row ${id}.`);
  return row;
}

function msOf(at: At): number {
  if (at === undefined) return Date.now();
  return typeof at === 'number' ? at : Date.parse(at);
}
