/** Writes, and what the account refuses. */
import type { SandboxAnswer } from '../server.ts';
import type { Asked } from './lists.ts';

type Body = Record<string, unknown>;

export function createTicket(asked: Asked): SandboxAnswer {
  const { state, titleLengthMax } = asked;
  const body = asked.request.json() as Body;
  const { TicketTitle: title, Description: description } = body;
  const contactId = Number(body.EndUserID);
  const contact = state.contacts.get(contactId);
  if (contact === undefined) return refused('The end user does not exist.');
  if (typeof title !== 'string' || typeof description !== 'string') {
    return refused('TicketTitle and Description are required.');
  }
  const id = state.addTicket({
    customerId: contact.customerId,
    contactId,
    description,
    title: title.slice(0, titleLengthMax),
    status: String(body.TicketStatus ?? 'Open'),
    type: String(body.TicketType ?? 'Incident'),
    priority: String(body.TicketPriority ?? 'Low'),
  });
  return action(asked, 201, id);
}

export function updateTicket(asked: Asked, ticketId: number): SandboxAnswer {
  const { state } = asked;
  const body = asked.request.json() as Body;
  if (!state.tickets.has(ticketId)) return refused('The ticket does not exist.');
  if (typeof body.TicketStatus === 'string') state.setStatus(ticketId, body.TicketStatus);
  if (typeof body.TicketTitle === 'string') state.requireTicket(ticketId).title = body.TicketTitle;
  return action(asked, 200, ticketId);
}

export function addComment(asked: Asked, ticketId: number): SandboxAnswer {
  const { state, losesAudience } = asked;
  const body = asked.request.json() as {
    CommentText?: string;
    TechnicianCommentDetails?: { TechnicianId?: number; IsInternal?: boolean };
    EnduserCommentDetails?: { EnduserId?: number };
  };
  const technicianId = body.TechnicianCommentDetails?.TechnicianId ?? null;
  const endUserId = body.EnduserCommentDetails?.EnduserId ?? null;
  const isKnown = state.technicians.has(technicianId ?? 0) || state.contacts.has(endUserId ?? 0);
  if (!state.tickets.has(ticketId)) return refused('The ticket does not exist.');
  if (!isKnown || !body.CommentText) return refused('A text and its author are required.');
  const isInternal = body.TechnicianCommentDetails?.IsInternal === true && !losesAudience;
  const made = { ticketId, technicianId, endUserId, isInternal, atMs: Date.now() };
  state.comments.push({ ...made, text: body.CommentText });
  state.requireTicket(ticketId).changedMs = Date.now();
  return action(asked, 200, state.nextId());
}

export function setField(asked: Asked, customerId: number, field: string): SandboxAnswer {
  const { state } = asked;
  const { Value: value } = asked.request.json() as { Value?: string };
  const type = state.customerFields.get(field);
  if (type === undefined || !state.customers.has(customerId) || value === undefined) {
    return refused('The custom field does not exist.');
  }
  if (type === 'Numeric' && Number.isNaN(Number(value))) return refused('A number is required.');
  state.fieldValues.set(`${customerId}/${field}`, value);
  return action(asked, 200, state.nextId());
}

export function readField({ state }: Asked, customerId: number, field: string): SandboxAnswer {
  const type = state.customerFields.get(field);
  if (type === undefined) return refused('The custom field does not exist.');
  const value = state.fieldValues.get(`${customerId}/${field}`);
  if (value === undefined) return { status: 200, json: [] };
  const shown = {
    ItemId: customerId,
    Id: '5f0c4f5e-0000-4000-8000-000000000000',
    FieldName: field,
    ValueAsString: type === 'Text' ? value : null,
    ValueAsDecimal: type === 'Numeric' ? Number(value) : 0,
    ValueAsDateTime: null,
    ValueAsBool: false,
    OptionId: null,
  };
  return { status: 200, json: [shown] };
}

function action({ actions }: Asked, status: number, id: number): SandboxAnswer {
  const named = { id: String(id), none: null, other: '5f0c4f5e-0000-4000-8000-000000000000' };
  return { status, json: { ActionID: named[actions] } };
}

function refused(detail: string): SandboxAnswer {
  return { status: 400, json: { title: 'Bad Request', status: 400, detail } };
}
