/** Reading: lists newest first, by cursor; single records; the search, which lags. */
import { type FormValue, formFields } from '../../support/form-fields.ts';
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import {
  chargeRow,
  customerRow,
  disputeRow,
  eventRow,
  intentRow,
  mandateRow,
  methodRow,
  setupRow,
} from './rows.ts';
import type { Intent, StripeState } from './state.ts';

export interface Account {
  /** The API gives no more rows than this, whatever `limit` says. */
  rowsMax: number;
  /** A restricted key may not see the account. */
  showsAccount: boolean;
  capabilities: Record<string, string>;
  searchLagMs: number;
  /** Most answers to too many requests are 429, some 400. */
  limitedStatus: 429 | 400;
}

const eventDays = 30;

export function read(
  state: StripeState,
  account: Account,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const [, , kind = '', id = '', part = ''] = request.path.split('/').map(decodeURIComponent);
  if (kind === 'account') return readAccount(account);
  if (id === 'search') return search(state, account, request);
  if (id !== '' && part === '') return readOne(state, request, kind, id);
  const rows = rowsOf(state, request, kind, id, part);
  return 'status' in rows ? rows : page(rows, account, request, takeFault);
}

export function refused(
  status: number,
  error: { type?: string; code?: string; message: string; [field: string]: unknown },
): SandboxAnswer {
  return { status, json: { error: { type: 'invalid_request_error', ...error } } };
}

export function missing(what: string, id: string, status = 404): SandboxAnswer {
  return refused(status, { code: 'resource_missing', message: `No such ${what}: '${id}'` });
}

function readAccount({ showsAccount, capabilities }: Account): SandboxAnswer {
  if (!showsAccount) return refused(403, { message: 'This key may not read accounts.' });
  return {
    status: 200,
    json: {
      id: 'acct_1',
      object: 'account',
      capabilities,
      charges_enabled: true,
      country: 'DE',
      default_currency: 'eur',
    },
  };
}

function readOne(
  state: StripeState,
  request: SandboxRequest,
  kind: string,
  id: string,
): SandboxAnswer {
  const intent = state.intents.get(id);
  const rows: Record<string, object | undefined> = {
    customers: state.customers.has(id) ? customerRow(state.customer(id)) : undefined,
    payment_methods: state.methods.has(id) ? methodRow(state.method(id)) : undefined,
    mandates: mandateOrNone(state, id),
    payment_intents: intent && shownIntent(state, request, 'latest_charge', intent),
  };
  const row = rows[kind];
  return row === undefined ? missing(kind.replace(/s$/, ''), id) : { status: 200, json: row };
}

function mandateOrNone(state: StripeState, id: string): object | undefined {
  const mandate = state.mandates.get(id);
  return mandate && mandateRow(mandate);
}

function shownIntent(
  state: StripeState,
  { query }: SandboxRequest,
  expanded: string,
  intent: Intent,
): object {
  const isShown = expandedIn(query).includes(expanded);
  return intentRow(intent, isShown, state.mandateOf(intent.method.id)?.id ?? null);
}

function expandedIn(query: URLSearchParams): FormValue[] {
  const { expand = {} } = formFields(query);
  return typeof expand === 'string' ? [] : Object.values(expand);
}

interface Listed {
  id: string;
  created: number;
  row: object;
}

function rowsOf(
  state: StripeState,
  request: SandboxRequest,
  kind: string,
  id: string,
  part: string,
): Listed[] | SandboxAnswer {
  const { query } = request;
  const customer = query.get('customer');
  if (customer !== null && !state.customers.has(customer))
    return missing('customer', customer, 400);
  const isOf = (one: string | null): boolean => customer === null || one === customer;
  const intents = [...state.intents.values()].filter((intent) => isOf(intent.customer));
  if (kind === 'customers' && part === 'payment_methods') {
    if (!state.customers.has(id)) return missing('customer', id);
    return state.methodsOf(id).map((one) => ({ ...one, row: methodRow(one) }));
  }
  if (kind === 'customers' && id === '') {
    const present = [...state.customers.values()].filter(({ isDeleted }) => !isDeleted);
    return present.map((one) => ({ ...one, row: customerRow(one) }));
  }
  if (kind === 'payment_intents' && id === '') {
    const shown = 'data.latest_charge';
    return intents.map((one) => ({ ...one, row: shownIntent(state, request, shown, one) }));
  }
  if (kind === 'charges') {
    return intents.map((one) => {
      const row = chargeRow(one, state.mandateOf(one.method.id)?.id ?? null);
      return { id: one.charge.id, created: one.charge.created, row };
    });
  }
  if (kind === 'setup_intents') {
    const isShown = expandedIn(query).includes('data.mandate');
    const setups = state.setups.filter((setup) => isOf(setup.customer));
    return setups.map((one) => ({ ...one, row: setupRow(one, isShown) }));
  }
  if (kind === 'disputes') {
    const wanted = query.get('payment_intent');
    const ours = state.disputes.filter(({ intent }) => wanted === null || intent.id === wanted);
    return ours.map((one) => ({ ...one, row: disputeRow(one) }));
  }
  return kind === 'events'
    ? listedEvents(state, query)
    : refused(404, { message: 'Unrecognized URL.' });
}

/** In the order in which they happened. */
function listedEvents(state: StripeState, query: URLSearchParams): Listed[] {
  const { types = {} } = formFields(query);
  const named = typeof types === 'string' ? [types] : Object.values(types);
  const type = query.get('type');
  const isOfType = (given: string): boolean =>
    type?.endsWith('*') === true ? given.startsWith(type.slice(0, -1)) : given === type;
  const isWanted = (given: string): boolean =>
    (named.length === 0 || named.includes(given)) && (type === null || isOfType(given));
  const oldest = state.now() / 1000 - eventDays * 86_400;
  return state.events
    .filter((event) => event.created >= oldest && isWanted(event.type))
    .sort((a, b) => a.created - b.created)
    .map((event) => ({ ...event, row: eventRow(event) }));
}

function page(
  all: readonly Listed[],
  { rowsMax }: Account,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const { query, path: url } = request;
  const rows = all.filter(({ created }) => isCreated(query, created)).reverse();
  const size = Math.min(rowsMax, Number(query.get('limit') ?? 10));
  const answer = (shown: readonly Listed[], has_more: boolean): SandboxAnswer => {
    const data = shown.map(({ row }) => row);
    if (data.length > 0 && takeFault('bad-row')) data[0] = spoilt(data[0] ?? {});
    return { status: 200, json: { object: 'list', url, has_more, data } };
  };
  if (takeFault('page-loop')) return answer(rows.slice(0, size), true);
  const after = query.get('starting_after');
  const start = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) return missing('object', after, 400);
  // Rows of the page before come once more.
  const from = start > 0 && takeFault('duplicate-page') ? Math.max(0, start - size) : start;
  return answer(rows.slice(from, start + size), start + size < rows.length);
}

function spoilt(row: object): object {
  if ('data' in row) return { ...row, data: null };
  return 'amount' in row ? { ...row, amount: 'much' } : { ...row, type: null };
}

function isCreated(query: URLSearchParams, created: number): boolean {
  const bound = (name: string): number | null => {
    const value = query.get(`created[${name}]`);
    return value === null ? null : Number(value);
  };
  const [gte, gt, lte, lt] = ['gte', 'gt', 'lte', 'lt'].map(bound);
  return (
    created >= (gte ?? created) &&
    created > (gt ?? created - 1) &&
    created <= (lte ?? created) &&
    created < (lt ?? created + 1)
  );
}

/** `metadata['key']:'value'`; new records appear in it later. */
function search(
  state: StripeState,
  { searchLagMs }: Account,
  { query, path: url }: SandboxRequest,
): SandboxAnswer {
  const [, name = '', value = ''] =
    /^metadata\['(.+?)'\]:'(.*)'$/.exec(query.get('query') ?? '') ?? [];
  const known = [...state.intents.values()].filter(
    ({ created, metadata }) =>
      created * 1000 <= state.now() - searchLagMs && metadata[name] === value,
  );
  const data = known.map((intent) => intentRow(intent));
  return { status: 200, json: { object: 'search_result', url, has_more: false, data } };
}
