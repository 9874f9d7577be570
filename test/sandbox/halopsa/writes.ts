/** Writes. A body is an array, even of one; what has an id is changed, what has none is made. */
import type { SandboxAnswer } from '../server.ts';
import type { Asked } from './lists.ts';
import { clientDetail, invoiceRow, paymentRow, ticketDetail } from './rows.ts';

export interface WriteOptions {
  /** The answer to an array is an array too. */
  answersArrays: boolean;
  /** Notes for clients only: the flag of a new note is lost. */
  losesAudience: boolean;
  /** A field that a change of the client does not carry is emptied. */
  emptiesFields: boolean;
  /** The key of a new ticket or payment is not kept. */
  losesKeys: boolean;
}

type Body = Record<string, unknown>;
type Written = Asked & { options: WriteOptions };

/** The one object of the body; else Halo's answer to a wrong form. */
function bodyOf({ request }: Written): Body | null {
  const json = request.json();
  return Array.isArray(json) && json.length === 1 ? (json[0] as Body) : null;
}

const wrongForm: SandboxAnswer = { status: 400, json: { message: 'The request is invalid.' } };

function answer({ options }: Written, row: object): SandboxAnswer {
  return { status: 201, json: options.answersArrays ? [row] : row };
}

export function postTicket(asked: Written): SandboxAnswer {
  const { state, dialect, options } = asked;
  const body = bodyOf(asked);
  if (body === null) return wrongForm;
  if (body.id !== undefined) return changeTicket(asked, body);
  const clientId = Number(body.client_id);
  if (!state.clients.some(({ id }) => id === clientId)) return refused('Client not found');
  if (!state.ticketTypes.some(({ id }) => id === body.tickettype_id)) {
    return refused('Ticket type not found');
  }
  const id = state.addTicket({
    clientId,
    summary: String(body.summary ?? ''),
    details: String(body.details_html ?? body.details ?? ''),
    typeId: Number(body.tickettype_id),
    team: String(body.team ?? '1st Line Support'),
    key: options.losesKeys ? null : ((body.third_party_id_string as string) ?? null),
  });
  return answer(asked, ticketDetail(state, state.ticket(id), dialect));
}

/** The status of the kind that closes brings the closing date with it. */
function changeTicket(asked: Written, body: Body): SandboxAnswer {
  const { state, dialect } = asked;
  const id = Number(body.id);
  if (!state.tickets.some((ticket) => ticket.id === id)) return refused('Ticket not found');
  const status = state.statuses.find((one) => one.id === body.status_id);
  if (status === undefined) return refused('Status not found');
  if (status.name === 'Closed') state.closeTicket(id);
  else Object.assign(state.ticket(id), { statusId: status.id, changedMs: Date.now() });
  return answer(asked, ticketDetail(state, state.ticket(id), dialect));
}

export function postAction(asked: Written): SandboxAnswer {
  const { state, options } = asked;
  const body = bodyOf(asked);
  if (body === null) return wrongForm;
  const ticketId = Number(body.ticket_id);
  if (!state.tickets.some(({ id }) => id === ticketId)) return refused('Ticket not found');
  if (!state.outcomes.some(({ name }) => name === body.outcome))
    return refused('Outcome not found');
  const id = state.addAction(ticketId, {
    seconds: 0,
    outcome: String(body.outcome),
    isHidden: options.losesAudience ? false : body.hiddenfromuser === true,
    note: String(body.note_html ?? body.note ?? ''),
  });
  return answer(asked, { ticket_id: ticketId, id });
}

interface Line {
  item_shortdescription?: string;
  qty_order?: number;
  unit_price?: number;
  _itemid?: number;
}

export function postInvoice(asked: Written): SandboxAnswer {
  const { state, dialect } = asked;
  const body = bodyOf(asked);
  if (body === null) return wrongForm;
  const lines = ((body.lines as Line[] | undefined) ?? []).map((line) => ({
    title: line.item_shortdescription ?? '',
    quantity: line.qty_order ?? 0,
    price: line.unit_price ?? 0,
    itemId: line._itemid ?? null,
  }));
  const net = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const id = state.addInvoice({
    clientId: Number(body.client_id),
    reference: String(body.reference ?? ''),
    date: String(body.invoice_date),
    // A fifth of tax, in the noise that doubles make.
    total: net * 1.2,
    tax: net * 1.2 - net,
    lines,
  });
  const invoice = state.invoices.find((one) => one.id === id);
  return answer(asked, invoice === undefined ? {} : invoiceRow(invoice, dialect));
}

export function postPayment(asked: Written): SandboxAnswer {
  const { state, options } = asked;
  const body = bodyOf(asked);
  if (body === null) return wrongForm;
  const invoiceId = Number(body.invoice_id);
  if (!state.invoices.some(({ id }) => id === invoiceId)) return refused('Invoice not found');
  const reference = options.losesKeys ? null : ((body.thirdpartyid as string) ?? null);
  const payment = { date: String(body.date), amount: Number(body.amount), reference };
  return answer(asked, paymentRow(state.pay(invoiceId, payment)));
}

export function postClient(asked: Written): SandboxAnswer {
  const { state, options } = asked;
  const body = bodyOf(asked);
  if (body === null) return wrongForm;
  const client = state.client(Number(body.id));
  const given = (body.customfields as { id: number; value: string | number | null }[]) ?? [];
  for (const field of client.customFields) {
    const change = given.find(({ id }) => id === field.id);
    if (change !== undefined) field.value = change.value;
    else if (options.emptiesFields) field.value = null;
  }
  client.changedMs = Date.now();
  return answer(asked, clientDetail(client));
}

export function refused(message: string): SandboxAnswer {
  return { status: 400, json: { message } };
}
