/** Rows as Syncro shows them, by the examples of its document. */
import type { Account } from './lists.ts';
import type {
  Comment,
  Customer,
  Invoice,
  Line,
  Product,
  Schedule,
  SyncroState,
  Ticket,
  Timer,
} from './state.ts';

export type Row = Record<string, unknown>;

export function customerRow(customer: Customer, { showsPrepay }: Account): Row {
  const { id, name, createdMs, updatedMs } = customer;
  return {
    id,
    firstname: null,
    lastname: null,
    fullname: name,
    business_name: name,
    email: `billing@${id}.example`,
    phone: null,
    disabled: customer.isDisabled,
    created_at: text(createdMs),
    updated_at: text(updatedMs),
    properties: Object.keys(customer.properties).length === 0 ? [] : customer.properties,
    business_and_full_name: name,
    business_then_name: name,
    contacts: [],
    ...(showsPrepay ? { prepay_hours: customer.prepayHours.toFixed(2) } : {}),
  };
}

export function ticketRow(state: SyncroState, ticket: Ticket): Row {
  const { id, number, customerId, subject, status } = ticket;
  return {
    id,
    number,
    subject,
    status,
    customer_id: customerId,
    created_at: text(ticket.createdMs),
    updated_at: text(ticket.updatedMs),
    resolved_at: ticket.resolvedMs === null ? null : text(ticket.resolvedMs),
    customer_business_then_name: state.customers.find((one) => one.id === customerId)?.name ?? '',
    problem_type: ticket.problemType,
    ticket_type_id: 1,
    ticket_type_name: 'Devices',
    properties: {},
    user_id: 7,
    priority: ticket.priority,
    billing_status: null,
    tag_list: [...ticket.tags],
    contract_name: ticket.contract,
    contract_id: null,
    sla_id: null,
    due_date: null,
    comments: ticket.comments.slice(0, 1).map((comment) => commentRow(ticket, comment)),
  };
}

/** A single ticket shows its timers, but no names of linked records. */
export function ticketDetail(state: SyncroState, ticket: Ticket): Row {
  const {
    ticket_type_name: _,
    contract_name: _name,
    contract_id: _contract,
    billing_status: _billing,
    ticket_type_id: _type,
    sla_id: _sla,
    ...row
  } = ticketRow(state, ticket);
  const timers = state.timers.filter(({ ticketId }) => ticketId === ticket.id);
  return {
    ...row,
    comments: ticket.comments.map((comment) => commentRow(ticket, comment)),
    ticket_timers: timers.map(timerRow),
    line_items: [],
    assets: [],
  };
}

export function timerRow(timer: Timer): Row {
  return {
    id: timer.id,
    ticket_id: timer.ticketId,
    user_id: timer.userId,
    start_time: timer.start,
    end_time: timer.end,
    recorded: timer.lineItemId !== null,
    created_at: text(timer.createdMs),
    updated_at: text(timer.updatedMs),
    billable: timer.isBillable,
    notes: timer.notes,
    toggl_id: null,
    product_id: timer.productId,
    comment_id: null,
    ticket_line_item_id: timer.lineItemId,
    active_duration: timer.activeText ?? timer.activeSeconds,
    // After the labor type's own increments: never what was worked.
    billable_time: timer.activeSeconds === null ? null : Math.ceil(timer.activeSeconds / 900) * 900,
    billable_override: null,
  };
}

export function commentRow(ticket: Ticket, comment: Comment): Row {
  const { id, subject, body, isHidden, createdMs } = comment;
  return {
    id,
    ticket_id: ticket.id,
    subject,
    body,
    tech: 'Ann Roy',
    hidden: isHidden,
    user_id: 7,
    created_at: text(createdMs),
    updated_at: text(createdMs),
  };
}

export function invoiceRow(state: SyncroState, invoice: Invoice): Row {
  const cents = invoice.lines.map((line) => Math.round(line.priceCents * line.quantity));
  const subtotal = cents.reduce((sum, one) => sum + one, 0);
  const taxed = invoice.lines.reduce(
    (sum, line, index) => sum + (line.isTaxable ? (cents[index] ?? 0) : 0),
    0,
  );
  const tax = Math.round(taxed / 5);
  return {
    id: invoice.id,
    customer_id: invoice.customerId,
    number: invoice.number,
    customer_business_then_name:
      state.customers.find(({ id }) => id === invoice.customerId)?.name ?? '',
    created_at: text(invoice.createdMs),
    updated_at: text(invoice.updatedMs),
    date: `${invoice.day}T00:00:00.000Z`,
    due_date: `${invoice.day}T00:00:00.000Z`,
    subtotal: money(subtotal),
    total: money(subtotal + tax),
    tax: money(tax),
    verified_paid: invoice.isPaid,
    tech_marked_paid: false,
    is_paid: invoice.isPaid,
    ticket_id: null,
    pdf_url: null,
    location_id: null,
    po_number: null,
    contact_id: null,
    note: invoice.note,
    hardwarecost: null,
    user_id: null,
  };
}

/** By itself an invoice shows its customer whole, and its lines. */
export function invoiceDetail(account: Account, invoice: Invoice): Row {
  const { customer_id: _, ...row } = invoiceRow(account.state, invoice);
  const customer = account.state.customers.find(({ id }) => id === invoice.customerId);
  return {
    ...row,
    customer: customer === undefined ? null : { id: customer.id, fullname: customer.name },
    line_items: invoice.lines.map((line) => lineRow(account, line)),
    payments: [],
  };
}

export function lineRow({ state, showsLineProducts }: Account, line: Line): Row {
  const { item, name, productId, quantity, priceCents } = line;
  const category = state.products.find(({ id }) => id === productId)?.category ?? null;
  const product = { product_id: productId, product_category: category };
  return {
    item,
    name,
    quantity: String(quantity),
    price: money(priceCents),
    ...(showsLineProducts ? product : {}),
  };
}

export function productRow({ id, name, category, isTaxable }: Product): Row {
  return {
    id,
    name,
    description: name,
    price_cost: 0,
    price_retail: 100,
    disabled: false,
    taxable: isTaxable,
    product_category: category,
    category_path: category,
  };
}

export function scheduleRow(account: Account, schedule: Schedule): Row {
  const { id, customerId, name, isPaused } = schedule;
  return {
    id,
    customer_id: customerId,
    name,
    paused: isPaused,
    frequency: 'Monthly',
    lines: schedule.lines.map((line) => lineRow(account, line)),
  };
}

/** `120.5` for a hundred and twenty and a half, as Rails writes it. */
function money(cents: number): string {
  const digits = (cents / 100).toFixed(2);
  return digits.endsWith('0') ? digits.slice(0, -1) : digits;
}

function text(ms: number): string {
  return new Date(ms).toISOString();
}
