/** Single tickets, their log entries and comments, statuses and forms. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { numberOf, ok, refused } from './lists.ts';
import { parseMultipart } from './multipart.ts';
import { type HoursPart, type LogEntry, type Ticket, uidOf } from './records.ts';
import type { NinjaoneState } from './state.ts';

interface NewTicket {
  clientId?: number;
  ticketFormId?: number;
  subject?: string;
  status?: string;
  requesterUid?: string;
  description?: { public?: boolean; body?: string };
  tags?: string[];
}

export function listStatuses(state: NinjaoneState): SandboxAnswer {
  return ok(
    state.statuses.map(({ parentId, ...status }) => ({
      ...status,
      ...(parentId === null ? {} : { parentId }),
    })),
  );
}

export function listForms(state: NinjaoneState): SandboxAnswer {
  return ok(
    state.forms.map((form) => ({
      id: form.id,
      name: form.name,
      active: form.isActive,
      default: form.isDefault,
    })),
  );
}

export function readTicket(state: NinjaoneState, id: number): SandboxAnswer {
  const ticket = state.unopenable.has(id) ? undefined : state.tickets.get(id);
  return ticket === undefined ? refused(404, 'Ticket not found') : ok(toWire(state, ticket));
}

/** `authorId` is the technician that the API application acts for. */
export function createTicket(
  state: NinjaoneState,
  request: SandboxRequest,
  authorId: number,
): SandboxAnswer {
  const body = request.json() as NewTicket;
  const status = state.statuses.find(({ statusId }) => String(statusId) === body.status);
  if (body.clientId === undefined || !state.organizations.has(body.clientId)) {
    return refused(400, 'clientId is invalid');
  }
  if (!state.forms.some(({ id }) => id === body.ticketFormId)) {
    return refused(400, 'ticketFormId is invalid');
  }
  if (status === undefined) return refused(400, 'status is invalid');
  if (body.subject === undefined || body.subject === '') return refused(400, 'subject is required');
  const id = state.addTicket({
    organizationId: body.clientId,
    subject: body.subject,
    status: status.displayName,
    tags: body.tags ?? [],
    ticketFormId: body.ticketFormId ?? 1,
  });
  state.addLogEntry({
    ticketId: id,
    type: 'DESCRIPTION',
    authorId,
    authorType: 'TECHNICIAN',
    body: body.description?.body ?? '',
    isPublic: body.description?.public ?? true,
    createdMs: Date.now(),
    seconds: null,
    time: null,
  });
  return readTicket(state, id);
}

/** Everything that an update must bring, and the version that the ticket is at. */
export function updateTicket(
  state: NinjaoneState,
  id: number,
  request: SandboxRequest,
): SandboxAnswer {
  const ticket = state.tickets.get(id);
  if (ticket === undefined || ticket.isDeleted) return refused(404, 'Ticket not found');
  const body = request.json() as NewTicket & { version?: number };
  if (body.version !== ticket.version) return refused(409, 'The ticket was changed meanwhile');
  const needed = ['clientId', 'ticketFormId', 'subject', 'status', 'requesterUid'] as const;
  for (const field of needed) {
    if (body[field] === undefined) return refused(400, `${field} is required`);
  }
  const status = state.statuses.find(({ statusId }) => String(statusId) === body.status);
  if (status === undefined) return refused(400, 'status is invalid');
  if (state.keepsStatus.has(id)) return readTicket(state, id);
  state.setStatus(id, status.displayName);
  ticket.subject = body.subject ?? '';
  ticket.tags = body.tags ?? [];
  return readTicket(state, id);
}

/** Multipart only: a plain JSON body is refused. The answer is empty. */
export function addComment(
  state: NinjaoneState,
  ticketId: number,
  request: SandboxRequest,
  authorId: number,
): SandboxAnswer {
  const parts = parseMultipart(request.headers['content-type'] ?? '', request.body);
  if (parts === null) return refused(415, 'Content type is not supported');
  const part = parts.find(({ name }) => name === 'comment');
  if (part?.contentType !== 'application/json') {
    return refused(400, 'Required part comment is not present');
  }
  if (!state.tickets.has(ticketId)) return refused(404, 'Ticket not found');
  const comment = JSON.parse(part.body) as { public?: boolean; body?: string };
  if (typeof comment.public !== 'boolean') return refused(400, 'public is required');
  state.addLogEntry({
    ticketId,
    type: 'COMMENT',
    authorId,
    authorType: 'TECHNICIAN',
    body: comment.body ?? '',
    isPublic: comment.public,
    createdMs: Date.now(),
    seconds: null,
    time: null,
  });
  return { status: 204 };
}

/** Oldest first, those above `anchorId`. */
export function listLogEntries(
  state: NinjaoneState,
  ticketId: number,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const ticket = state.tickets.get(ticketId);
  if (ticket === undefined || ticket.isDeleted) return refused(404, 'Ticket not found');
  const pageSize = numberOf(request, 'pageSize', 50);
  const anchorId = takeFault('page-loop') ? 0 : numberOf(request, 'anchorId', 0);
  const entries = state.entriesOf(ticketId).sort((a, b) => a.id - b.id);
  let from = entries.findIndex(({ id }) => id > anchorId);
  if (from === -1) return ok([]);
  if (takeFault('duplicate-page')) from = Math.max(0, from - Math.floor(pageSize / 2));
  const page = entries
    .slice(from, from + pageSize)
    .map((entry) => shownEntry(entry, state.logDialect));
  if (takeFault('bad-row') && page[0] !== undefined) page[0] = { ...page[0], timeTracked: 'long' };
  return ok(page);
}

function toWire(state: NinjaoneState, ticket: Ticket): { [field: string]: unknown } {
  const status = state.statuses.find(({ statusId }) => statusId === ticket.statusId);
  return {
    id: ticket.id,
    version: ticket.version,
    ...(ticket.organizationId === null ? {} : { clientId: ticket.organizationId }),
    subject: ticket.subject,
    status: {
      statusId: ticket.statusId,
      name: status?.name,
      displayName: status?.displayName,
    },
    ticketFormId: ticket.ticketFormId,
    ...(state.hidesRequester ? {} : { requesterUid: uidOf(1) }),
    source: ticket.source ?? 'TECHNICIAN',
    tags: ticket.tags,
    createTime: ticket.createdMs / 1000,
    deleted: ticket.isDeleted,
  };
}

function shownEntry(entry: LogEntry, dialect: NinjaoneState['logDialect']) {
  const wire = toWireEntry(entry);
  if (dialect === '2022') {
    const {
      appUserContactId: _id,
      appUserContactType: _type,
      ticketTimeEntry: _time,
      ...rest
    } = wire;
    return { ...rest, timeTracked: entry.seconds, createTime: (entry.createdMs / 1000).toFixed(3) };
  }
  if (dialect === 'today' || entry.seconds === null) return wire;
  const { time } = entry;
  const ticketTimeEntry = {
    startDate: time?.startedMs ?? entry.createdMs - entry.seconds * 1000,
    remote: true,
    timeTracked: entry.seconds,
    billing: time?.inHours?.billing ?? 'BILLABLE',
  };
  return { ...wire, timeTracked: 0, ticketTimeEntry };
}

function toWireEntry(entry: LogEntry): Record<string, unknown> {
  const { time, authorId } = entry;
  return {
    id: entry.id,
    ...(authorId === null
      ? {}
      : { appUserContactId: authorId, appUserContactUid: uidOf(authorId) }),
    appUserContactType: entry.authorType,
    type: entry.type,
    body: entry.body,
    publicEntry: entry.isPublic,
    system: false,
    createTime: entry.createdMs / 1000,
    blockedByInvoice: false,
    ...(entry.seconds === null ? {} : { timeTracked: entry.seconds }),
    ...(time === null
      ? {}
      : {
          ticketTimeEntry: {
            ticketLogEntryId: entry.id,
            timeTracked: time.shownSeconds ?? entry.seconds ?? 0,
            ...(time.startedMs === null ? {} : { startDate: time.startedMs }),
            ...(time.isRemote === null ? {} : { remote: time.isRemote }),
            ...(time.inHours === null ? {} : { inHours: toWirePart(time.inHours) }),
            ...(time.offHours === null ? {} : { offHours: toWirePart(time.offHours) }),
          },
        }),
  };
}

function toWirePart(part: HoursPart): { [field: string]: unknown } {
  return {
    timeTracked: part.seconds,
    ...(part.billing === undefined ? {} : { billing: part.billing, billingStatus: 'PENDING' }),
    agreementOriginType: part.agreement === undefined ? 'NONE' : 'TICKET',
    ...(part.agreement === undefined ? {} : { agreement: { id: 1, name: part.agreement } }),
  };
}
