/** Reading: lists newest first, by cursor, and single records, all in envelopes. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { creditorRow, customerRow, eventRow, mandateRow, paymentRow, refundRow } from './rows.ts';
import type { GoCardlessState } from './state.ts';

export interface Organisation {
  /** The API gives no more rows than this, whatever `limit` says. */
  rowsMax: number;
  creditor: Record<string, unknown>;
  /** An unknown customer in a filter. */
  unknownCustomer: 404 | 422;
}

export function newOrganisation(): Organisation {
  return { rowsMax: 500, creditor: { ...creditorRow }, unknownCustomer: 404 };
}

interface Problem {
  reason: string;
  message: string;
  field?: string;
  links?: object;
}

export function refused(status: number, type: string, problem: Problem): SandboxAnswer {
  const error = {
    message: problem.message,
    documentation_url: `https://developer.gocardless.com/api-reference#${problem.reason}`,
    type,
    request_id: 'sandbox-1',
    code: status,
    errors: [problem],
  };
  return { status, json: { error } };
}

export function missing(): SandboxAnswer {
  const problem = { reason: 'resource_not_found', message: 'Resource not found' };
  return refused(404, 'invalid_api_usage', problem);
}

export function read(
  state: GoCardlessState,
  organisation: Organisation,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const [, resource = '', id = ''] = request.path.split('/').map(decodeURIComponent);
  if (id !== '') return readOne(state, resource, id);
  const customer = request.query.get('customer');
  if (customer !== null && !state.customers.has(customer)) {
    const { unknownCustomer: status } = organisation;
    if (status === 404) return missing();
    const problem = { reason: 'invalid', field: 'customer', message: 'customer is not known' };
    return refused(status, 'validation_failed', problem);
  }
  const rows = rowsOf(state, organisation, request, resource);
  return rows === null ? missing() : page(resource, rows, organisation, request, takeFault);
}

function readOne(state: GoCardlessState, resource: string, id: string): SandboxAnswer {
  const customer = state.customers.get(id);
  if (resource === 'customers' && customer?.isRemoved === true) {
    const problem = { reason: 'customer_data_removed', message: 'Customer data removed' };
    return refused(410, 'invalid_state', problem);
  }
  const mandate = state.mandates.get(id);
  const payment = state.payments.get(id);
  const refund = state.refunds.get(id);
  const rows: Record<string, object | undefined> = {
    customers: customer && customerRow(customer),
    mandates: mandate && mandateRow(mandate, state.now()),
    payments: payment && paymentRow(payment),
    refunds: refund && refundRow(refund),
  };
  const row = rows[resource];
  return row === undefined ? missing() : { status: 200, json: { [resource]: row } };
}

interface Listed {
  id: string;
  createdMs: number;
  row: object;
}

function rowsOf(
  state: GoCardlessState,
  { creditor }: Organisation,
  { query }: SandboxRequest,
  resource: string,
): Listed[] | null {
  const isWanted = (name: string, value: string | undefined): boolean =>
    query.get(name) === null || query.get(name) === value;
  if (resource === 'creditors') return [{ id: 'CR000001', createdMs: 0, row: creditor }];
  if (resource === 'customers') {
    const present = [...state.customers.values()].filter(({ isRemoved }) => !isRemoved);
    return present.map((one) => ({ ...one, row: customerRow(one) }));
  }
  if (resource === 'mandates') {
    const mandates = [...state.mandates.values()];
    const ours = mandates.filter((one) => isWanted('customer', one.customer));
    return ours.map((one) => ({ ...one, row: mandateRow(one, state.now()) }));
  }
  if (resource === 'payments') {
    const payments = [...state.payments.values()];
    const ours = payments.filter(({ mandate }) => isWanted('customer', mandate.customer));
    return ours.map((one) => ({ ...one, row: paymentRow(one) }));
  }
  if (resource !== 'events') return null;
  const events = state.events.filter(
    ({ type, links }) => isWanted('resource_type', type) && isWanted('payment', links.payment),
  );
  return events
    .sort((a, b) => a.createdMs - b.createdMs)
    .map((one) => ({ ...one, row: eventRow(one) }));
}

function page(
  resource: string,
  all: readonly Listed[],
  { rowsMax }: Organisation,
  { query }: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const rows = all.filter(({ createdMs }) => isCreated(query, createdMs)).reverse();
  const limit = Math.min(rowsMax, Number(query.get('limit') ?? 50));
  const answer = (shown: readonly Listed[], after: string | null): SandboxAnswer => {
    const data = shown.map(({ row }) => row);
    if (data.length > 0 && takeFault('bad-row')) data[0] = { ...data[0], links: 'none' };
    const meta = { cursors: { before: null, after }, limit };
    return { status: 200, json: { [resource]: data, meta } };
  };
  if (takeFault('page-loop')) return answer(rows.slice(0, limit), rows[limit - 1]?.id ?? null);
  const after = query.get('after');
  const start = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) {
    const problem = { reason: 'cursor_not_found', message: 'The cursor was not found' };
    return refused(400, 'invalid_api_usage', problem);
  }
  // Rows of the page before come once more.
  const from = start > 0 && takeFault('duplicate-page') ? Math.max(0, start - limit) : start;
  const hasMore = start + limit < rows.length;
  return answer(
    rows.slice(from, start + limit),
    hasMore ? (rows[start + limit - 1]?.id ?? null) : null,
  );
}

function isCreated(query: URLSearchParams, createdMs: number): boolean {
  const bound = (name: string): number | null => {
    const value = query.get(`created_at[${name}]`);
    return value === null ? null : Date.parse(value);
  };
  const [gte, gt, lte, lt] = ['gte', 'gt', 'lte', 'lt'].map(bound);
  return (
    createdMs >= (gte ?? createdMs) &&
    createdMs > (gt ?? createdMs - 1) &&
    createdMs <= (lte ?? createdMs) &&
    createdMs < (lt ?? createdMs + 1)
  );
}
