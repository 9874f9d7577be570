/** Tickets, notes and time: what technicians do in the PSA. `at` is when it is entered. */
import { addExactly, type Fields, referenceTo, wireTime } from './records.ts';
import type { Tables } from './state.ts';

export interface NewTicket {
  company: number;
  board: number;
  summary: string;
  at?: string;
  kind?: 'service' | 'project';
  /** Names, as the board has them. */
  type?: string;
  source?: string;
  status?: string;
  agreement?: number;
  externalXRef?: string;
}

export interface NewTime {
  /** One of the two; a ticket brings its company. */
  ticket?: number;
  company?: number;
  /** For time on no ticket. Default: `Company`. */
  chargeTo?: 'Company' | 'Activity' | 'ChargeCode';
  member: number;
  workType?: number;
  workRole?: number;
  agreement?: number;
  /** Start of the work. */
  start: string;
  /** Worked hours as decimal text, breaks off. */
  hours: string;
  hoursDeduct?: number;
  /** End of the work, where it is not start and hours; null for an entry without one. */
  end?: string | null;
  notes?: string;
  billableOption?: 'Billable' | 'DoNotBill' | 'NoCharge' | 'NoDefault';
  status?: string;
  at?: string;
}

export function createWork(tables: Tables, now: () => number) {
  return { ...createTickets(tables, now), ...createTime(tables), ...createSummary(tables) };
}

function createTickets(tables: Tables, now: () => number) {
  const { tickets, boards, boardStatuses, boardTypes, companies, agreements } = tables;

  function statusOf(boardId: number, keep: (status: Fields) => boolean): Fields {
    const status = boardStatuses.list((row) => onBoard(row, boardId)).find(keep);
    if (status === undefined) throw new Error(`Board ${boardId} has no such status.`);
    return status;
  }

  function moveTo(id: number, isClosed: boolean, at: string | undefined): void {
    const boardId = (tickets.get(id).board as { id: number }).id;
    const status = statusOf(boardId, (row) => row.closedStatus === isClosed);
    const closed = isClosed
      ? { closedDate: wireTime(at ?? now()), closedBy: 'sandbox' }
      : { closedDate: undefined, closedBy: undefined };
    const fields = { status: referenceTo(status, 'name'), closedFlag: isClosed, ...closed };
    tickets.change(id, fields, at);
  }

  return {
    addTicket(ticket: NewTicket): number {
      const status = statusOf(
        ticket.board,
        (row) => ticket.status === undefined || row.name === ticket.status,
      );
      const type = boardTypes.list(
        (row) => onBoard(row, ticket.board) && row.name === ticket.type,
      )[0];
      const isProject = ticket.kind === 'project';
      const fields = {
        summary: ticket.summary,
        board: referenceTo(boards.get(ticket.board), 'name'),
        status: referenceTo(status, 'name'),
        company: referenceTo(companies.get(ticket.company), 'identifier', 'name'),
        type: type === undefined ? undefined : referenceTo(type, 'name'),
        agreement:
          ticket.agreement === undefined
            ? undefined
            : referenceTo(agreements.get(ticket.agreement), 'name'),
        source: ticket.source === undefined ? undefined : { id: 4, name: ticket.source },
        closedFlag: status.closedStatus === true,
        actualHours: 0,
        ...(isProject
          ? { project: { id: 1, name: 'Project' }, phase: { id: 1, name: 'Phase 1' } }
          : { recordType: 'ServiceTicket', externalXRef: ticket.externalXRef }),
      };
      return tickets.add(fields, ticket.at).id;
    },
    closeTicket(id: number, at?: string): void {
      moveTo(id, true, at);
    },
    reopenTicket(id: number, at?: string): void {
      moveTo(id, false, at);
    },
    /** The ticket is closed into another; its time entries stay on it. */
    mergeTicket(id: number, into: number, at?: string): void {
      moveTo(id, true, at);
      const mergedParentTicket = referenceTo(tickets.get(into), 'summary');
      tickets.change(id, { mergedParentTicket }, at);
    },
  };
}

function createTime(tables: Tables) {
  const { timeEntries } = tables;
  return {
    addTime(time: NewTime): number {
      const row = timeEntries.add(timeFields(tables, time), time.at ?? time.end ?? undefined);
      if (time.ticket !== undefined) addHours(tables, time.ticket, Number(time.hours));
      return row.id;
    },
    /** New hours, notes, work type … of an entry; the end follows the hours unless it is given. */
    editTime(id: number, changes: Partial<NewTime>, at?: string): void {
      const row = timeEntries.get(id);
      const start = changes.start ?? String(row.timeStart);
      const hours = changes.hours ?? String(row.actualHours);
      const before = Number(row.actualHours);
      const merged = {
        ...(row.ticket === undefined ? {} : { ticket: (row.ticket as Fields).id }),
        company: (row.company as Fields).id,
        member: (row.member as Fields).id,
        ...changes,
        start,
        hours,
      };
      const { workType, workRole, agreement, notes, billableOption, status } = row;
      const kept = { workType, workRole, agreement, notes, billableOption, status };
      timeEntries.change(
        id,
        { ...timeFields(tables, merged), ...withoutChanged(kept, changes) },
        at,
      );
      const ticketId = merged.ticket;
      if (ticketId !== undefined) addHours(tables, ticketId, Number(hours) - before);
    },
    deleteTime(id: number): void {
      timeEntries.remove(id);
    },
  };
}

function createSummary({ tickets, notes }: Tables) {
  return {
    /** For summaries: what people would see on the boards. */
    listTickets() {
      return tickets.list().map((ticket) => ({
        id: ticket.id,
        summary: String(ticket.summary),
        company: String((ticket.company as Fields).name),
        board: String((ticket.board as Fields).name),
        status: String((ticket.status as Fields).name),
        isClosed: ticket.closedFlag === true,
        externalXRef: (ticket.externalXRef as string | undefined) ?? null,
        notes: notes
          .list((note) => note.ticketId === ticket.id)
          .map((note) => ({
            text: String(note.text),
            audience: note.detailDescriptionFlag === true ? 'client' : 'internal',
          })),
      }));
    },
  };
}

function onBoard(row: Fields, boardId: number): boolean {
  return (row.board as { id: number }).id === boardId;
}

function addHours(tables: Tables, ticketId: number, hours: number): void {
  const ticket = tables.tickets.get(ticketId);
  ticket.actualHours = addExactly(Number(ticket.actualHours), hours);
}

function withoutChanged(
  kept: { [field: string]: unknown },
  changes: Partial<NewTime>,
): { [field: string]: unknown } {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => !(name in changes)));
}

function timeFields(tables: Tables, time: NewTime): { [field: string]: unknown } {
  const ticket = time.ticket === undefined ? null : tables.tickets.get(time.ticket);
  const company =
    ticket === null
      ? referenceTo(tables.companies.get(time.company ?? 0), 'identifier', 'name')
      : ticket.company;
  const endMs = Date.parse(time.start) + Math.round(Number(time.hours) * 3_600_000);
  const end = time.end === undefined ? wireTime(endMs) : time.end;
  const named = (table: keyof Tables, id: number | undefined, ...fields: string[]) =>
    id === undefined ? undefined : referenceTo(tables[table].get(id), ...fields);
  return {
    company,
    chargeToType:
      ticket === null
        ? (time.chargeTo ?? 'Company')
        : ticket.project === undefined
          ? 'ServiceTicket'
          : 'ProjectTicket',
    chargeToId: ticket === null ? time.company : ticket.id,
    ticket: ticket === null ? undefined : referenceTo(ticket, 'summary'),
    member: named('members', time.member, 'identifier', 'name'),
    workType: named('workTypes', time.workType, 'name'),
    workRole: named('workRoles', time.workRole, 'name'),
    agreement: named('agreements', time.agreement, 'name'),
    timeStart: wireTime(time.start),
    timeEnd: end === null ? undefined : wireTime(end),
    hoursDeduct: time.hoursDeduct ?? 0,
    actualHours: Number(time.hours),
    billableOption: time.billableOption ?? 'Billable',
    notes: time.notes,
    status: time.status ?? 'Open',
  };
}
