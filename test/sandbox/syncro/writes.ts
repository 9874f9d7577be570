/** What POST, PUT and DELETE do. */
import type { SandboxAnswer } from '../server.ts';
import type { Asked } from './lists.ts';
import { commentRow, customerRow, invoiceRow, lineRow, ticketDetail, timerRow } from './rows.ts';
import type { Comment, Line, SyncroState, Ticket } from './state.ts';

/** What an account gets wrong; may be changed while it runs. */
export interface WriteOptions {
  /** Tags are stored in lower case, letters only. */
  mangledTags: boolean;
  losesAudience: boolean;
  /** Properties that are not sent again are lost. */
  replacesProperties: boolean;
  /** Properties are emptied whatever is sent. */
  emptiesProperties: boolean;
  /** Time on a ticket leaves its updated_at as it was. */
  timersLeaveTickets: boolean;
  keepsInvoices: boolean;
}

type Write = Asked & { options: WriteOptions };
type Body = Record<string, unknown>;

export function write(asked: Write): SandboxAnswer | null {
  const { request, state } = asked;
  const path = request.path.replace('/api/v1', '');
  const [, kind, id, rest = ''] = /^\/(\w+)(?:\/(\d+)(\/\w+)?)?$/.exec(path) ?? [];
  const body = request.body === '' ? {} : (request.json() as Body);
  if (kind === 'tickets') {
    if (request.method === 'POST' && id === undefined) return postTicket(asked, body);
    const ticket = state.tickets.get(Number(id));
    return ticket === undefined ? null : onTicket(asked, ticket, rest, body);
  }
  if (kind === 'customers' && request.method === 'PUT') return putCustomer(asked, Number(id), body);
  if (kind !== 'invoices') return null;
  if (request.method === 'POST' && id === undefined) return postInvoice(asked, body);
  const invoice = state.invoices.find((one) => one.id === Number(id));
  if (request.method === 'DELETE') {
    const at = invoice === undefined ? -1 : state.invoices.indexOf(invoice);
    if (at >= 0 && !asked.options.keepsInvoices) state.invoices.splice(at, 1);
    return { status: 200, json: { message: 'Invoice was deleted.' } };
  }
  if (invoice === undefined || rest !== '/line_items') return null;
  const line = lineFrom(body);
  invoice.lines.push(line);
  state.touch(invoice);
  return { status: 200, json: lineRow(asked, line) };
}

function postTicket({ state, options }: Write, body: Body): SandboxAnswer {
  const customer = state.customers.find(({ id }) => id === body.customer_id);
  if (customer === undefined) return { status: 422, json: { error: 'Customer required field' } };
  if (!body.subject) return { status: 422, json: { message: ["Subject can't be blank"] } };
  const tags = ((body.tag_list as string[] | undefined) ?? []).map((tag) =>
    options.mangledTags ? tag.toLowerCase().replace(/[^a-z0-9]/g, '') : tag,
  );
  const id = state.addTicket(customer.id, {
    subject: String(body.subject),
    status: String(body.status ?? 'New'),
    problemType: String(body.problem_type ?? 'Other'),
    priority: (body.priority as string | undefined) ?? null,
    tags,
  });
  const ticket = state.ticket(id);
  for (const comment of (body.comments_attributes as Body[] | undefined) ?? []) {
    ticket.comments.push(commentFrom(state, comment));
  }
  return { status: 200, json: { ticket: ticketDetail(state, ticket) } };
}

function onTicket(asked: Write, ticket: Ticket, rest: string, body: Body): SandboxAnswer | null {
  const { state, request, options } = asked;
  const before = ticket.updatedMs;
  switch (`${request.method} ${rest}`) {
    case 'PUT ':
      if (typeof body.status === 'string') state.setStatus(ticket.id, body.status);
      return { status: 200, json: { ticket: ticketDetail(state, ticket) } };
    case 'DELETE ':
      state.deleteTicket(ticket.id);
      return { status: 200, json: { message: 'Ticket was successfully deleted. ' } };
    case 'POST /comment': {
      const blank = ['Body', 'Subject'].filter((name) => !body[name.toLowerCase()]);
      const message = blank.map((name) => `${name} can't be blank`);
      if (blank.length > 0) return { status: 422, json: { success: false, message } };
      const comment = commentFrom(state, body);
      if (options.losesAudience) comment.isHidden = false;
      ticket.comments.push(comment);
      state.touch(ticket);
      return { status: 200, json: { comment: commentRow(ticket, comment) } };
    }
    case 'POST /timer_entry': {
      const [start, end] = [String(body.start_at), String(body.end_at)];
      const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
      const id = state.addTimer(ticket.id, { seconds, start, notes: String(body.notes) });
      return timed(asked, ticket, before, timerRow(state.timer(id)));
    }
    case 'PUT /update_timer_entry': {
      const id = Number(body.timer_entry_id);
      // The new duration_minutes leave active_duration as it was.
      state.editTimer(id, {});
      return timed(asked, ticket, before, timerRow(state.timer(id)));
    }
    case 'POST /delete_timer_entry':
      state.deleteTimer(Number(body.timer_entry_id));
      return timed(asked, ticket, before, { success: true });
    default:
      return null;
  }
}

function timed(
  { state, options }: Write,
  ticket: Ticket,
  before: number,
  json: object,
): SandboxAnswer {
  if (options.timersLeaveTickets) ticket.updatedMs = before;
  else state.touch(ticket);
  return { status: 200, json };
}

function commentFrom(state: SyncroState, body: Body): Comment {
  return {
    id: state.id(),
    subject: String(body.subject),
    body: String(body.body),
    isHidden: body.hidden === true,
    isMailed: body.do_not_email !== true && body.hidden !== true,
    createdMs: Date.now(),
  };
}

/** Whatever lines are sent along, the new invoice has none. */
function postInvoice({ state }: Write, body: Body): SandboxAnswer {
  const customer = state.customers.find(({ id }) => id === body.customer_id);
  const { number, date } = body;
  if (customer === undefined || typeof number !== 'string' || typeof date !== 'string') {
    return { status: 422, json: { error: 'customer_id, number and date are required' } };
  }
  const id = state.addInvoice(customer.id, {
    number,
    day: date.slice(0, 10),
    note: (body.note as string | undefined) ?? null,
  });
  const invoice = state.invoices.find((one) => one.id === id);
  return {
    status: 200,
    json: { invoice: invoice === undefined ? {} : invoiceRow(state, invoice) },
  };
}

function lineFrom(body: Body): Line {
  return {
    item: String(body.item),
    name: String(body.name),
    productId: (body.product_id as number | undefined) ?? null,
    quantity: Number(body.quantity ?? 1),
    priceCents: Math.round(Number(body.price) * 100),
    isTaxable: body.taxable === true,
  };
}

function putCustomer(asked: Write, id: number, body: Body): SandboxAnswer | null {
  const customer = asked.state.customers.find((one) => one.id === id);
  if (customer === undefined) return null;
  const sent = (body.properties as Body | undefined) ?? {};
  const { replacesProperties, emptiesProperties } = asked.options;
  customer.properties = replacesProperties ? sent : { ...customer.properties, ...sent };
  if (emptiesProperties) {
    for (const name of Object.keys(customer.properties)) {
      if (name === 'Region') customer.properties[name] = '';
    }
  }
  asked.state.touch(customer);
  return { status: 200, json: { customer: customerRow(customer, asked) } };
}
