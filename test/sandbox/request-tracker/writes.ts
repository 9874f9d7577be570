/** What a user may write, and how RT answers it. */
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { QueueState, State, TicketState } from './state.ts';

/** The connection's user. */
export const userName = 'prepaid-hours';

const subjectBytesMax = 200;

export function createTicket(state: State, request: SandboxRequest): SandboxAnswer {
  const made = request.json() as {
    Queue?: string;
    Subject?: string;
    Content?: string;
    CustomFields?: Record<string, string>;
  };
  if (made.Queue === undefined) return message(400, 'Could not create ticket. Queue not set');
  const queue = state.findQueue(made.Queue);
  if (queue === undefined || queue.isDisabled || !queue.rights.has('CreateTicket')) {
    return message(403, `No permission to create tickets in the queue '${made.Queue}'`);
  }
  const id = state.addTicket(queue.name, cutSubject(made.Subject ?? ''), {
    fields: keptFields(queue, made.CustomFields ?? {}),
    creator: userName,
  });
  return {
    status: 201,
    headers: { location: `/REST/2.0/ticket/${id}` },
    json: { id, type: 'ticket' },
  };
}

/** A field that is not on the queue, or that the user may not set, is left out without a word. */
function keptFields(queue: QueueState, fields: Record<string, string>): Record<string, string> {
  const isKept = (name: string): boolean =>
    queue.fields.has(name) && queue.rights.has('SetInitialCustomField');
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isKept(name)));
}

function cutSubject(subject: string): string {
  return Buffer.from(subject)
    .subarray(0, subjectBytesMax)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
}

export function addMessage(
  state: State,
  ticketId: string,
  kind: 'comment' | 'correspond',
  request: SandboxRequest,
): SandboxAnswer {
  const made = request.json() as {
    Content?: string;
    ContentType?: string;
    TimeTaken?: number;
    Status?: string;
  };
  if (made.Content !== undefined && made.ContentType === undefined) {
    return message(400, 'ContentType is a required field for application/json');
  }
  const ticket = state.loadTicket(ticketId);
  const right = kind === 'comment' ? 'CommentOnTicket' : 'ReplyToTicket';
  if (!ticket?.queue.rights.has(right)) return message(400, 'Permission Denied');
  const type = kind === 'comment' ? 'Comment' : 'Correspond';
  const id = state.addMessage(String(ticket.id), type, userName, {
    content: made.Content ?? '',
    minutes: made.TimeTaken ?? 0,
  });
  const said = [kind === 'comment' ? 'Comments added' : 'Correspondence added'];
  if (made.Status !== undefined) said.push(setStatus(state, ticket, made.Status));
  return { status: 201, headers: { location: `/REST/2.0/transaction/${id}` }, json: said };
}

export function updateTicket(
  state: State,
  ticketId: string,
  request: SandboxRequest,
): SandboxAnswer {
  const ticket = state.loadTicket(ticketId);
  if (ticket === undefined) return message(404, 'Not Found');
  const { Status } = request.json() as { Status?: string };
  const said =
    Status === undefined ? [] : [`Ticket ${ticket.id}: ${setStatus(state, ticket, Status)}`];
  return { status: 200, json: said };
}

function setStatus(state: State, ticket: TicketState, status: string): string {
  if (!ticket.queue.rights.has('ModifyTicket')) return 'Permission Denied';
  const before = ticket.status;
  state.setStatus(String(ticket.id), status, userName);
  return `Status changed from '${before}' to '${status}'`;
}

export function message(status: number, text: string): SandboxAnswer {
  return { status, json: { message: text } };
}
