/** The tenant's records as its API shows them. */
import type { Contract, Invoice, SuperopsState, Ticket, Worklog } from './state.ts';

export type Row = Record<string, unknown>;

/** Long lists show the same few seconds over and over. */
const timestamps = new Map<number, string>();

/** UTC, by the second, without a mark. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  const known = timestamps.get(second);
  if (known !== undefined) return known;
  const text = new Date(second * 1000).toISOString().slice(0, 19);
  timestamps.set(second, text);
  return text;
}

export function clientRef(state: SuperopsState, accountId: string | null): Row | null {
  const client = state.clients.find((one) => one.accountId === accountId);
  return client === undefined ? null : { accountId: client.accountId, name: client.name };
}

export function ticketRow(state: SuperopsState, ticket: Ticket, shiftMs: number): Row {
  const { clientId, techGroup, source = null, createdMs, updatedMs, ...plain } = ticket;
  return {
    ...plain,
    source,
    ticketType: 'INCIDENT',
    client: clientRef(state, clientId),
    techGroup: techGroup === null ? null : { groupId: '11', name: techGroup },
    technician: null,
    priority: null,
    createdTime: timestamp(createdMs + shiftMs),
    updatedTime: timestamp(updatedMs + shiftMs),
  };
}

function workOf({ technician, email, ticketId }: Worklog): Row {
  return {
    technician: technician === null ? null : { userId: technician, name: 'Ann Roy', email },
    workItem: ticketId === null ? null : { workId: ticketId, module: 'TICKET' },
    serviceItem: { itemId: '55', name: technician === null ? 'Router' : 'Remote support' },
  };
}

export function itemRow(state: SuperopsState, work: Worklog, shiftMs: number): Row {
  return {
    itemId: work.itemId,
    qty: work.qty,
    status: work.status,
    billable: work.isBillable,
    ...workOf(work),
    client: clientRef(state, work.clientId),
    billDate: timestamp(work.billMs + shiftMs),
    createdTime: timestamp(work.createdMs + shiftMs),
    updatedTime: timestamp(work.updatedMs + shiftMs),
    amount: null,
    notes: null,
  };
}

export function worklogRow(work: Worklog): Row {
  return {
    itemId: work.itemId,
    qty: work.qty,
    status: work.status,
    billable: work.isBillable,
    ...workOf(work),
    billDateTime: timestamp(work.billMs),
  };
}

export function invoiceRow(state: SuperopsState, invoice: Invoice): Row {
  const { clientId, items, ...plain } = invoice;
  return {
    ...plain,
    displayId: `INV-${invoice.invoiceId.slice(-4)}`,
    client: clientRef(state, clientId),
    items: items.map((line, at) => ({ itemId: String(at + 1), ...line })),
  };
}

export function contractRow(state: SuperopsState, { clientId, ...plain }: Contract): Row {
  const contract = { contractId: plain.contractId, ...plain.contract };
  return { ...plain, contract, client: clientRef(state, clientId) };
}
