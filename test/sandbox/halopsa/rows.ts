/** Rows as Halo shows them, by the models of its own text. */
import type {
  Action,
  Client,
  Contract,
  HalopsaState,
  Invoice,
  Payment,
  RemoteSession,
  Ticket,
} from './state.ts';

export interface Dialect {
  /** Unit of `timetaken`. */
  unit: 'hours' | 'minutes';
  /** Whether timestamps carry their `Z`. */
  hasZoneMark: boolean;
  /** Hours by which timestamps are off UTC, as in a tenant that shows local times. */
  offsetHours: number;
  /** A build that shows no `last_update`, and "no date" as one of long ago instead of leaving it out. */
  isOlderBuild: boolean;
}

/** As it goes out: keys that hold null are left out, and an older build lacks some. */
export function shownRow(row: Record<string, unknown>, { isOlderBuild }: Dialect) {
  const isShown = ([name, value]: [string, unknown]): boolean =>
    value !== null && !(isOlderBuild && name === 'last_update');
  return Object.fromEntries(Object.entries(row).filter(isShown));
}

function dateOf(ms: number | null, dialect: Dialect): string | null {
  if (ms !== null) return msFromWallClock(ms, dialect);
  return dialect.isOlderBuild ? msFromWallClock(never, dialect) : null;
}

export function msFromWallClock(ms: number, { hasZoneMark, offsetHours }: Dialect): string {
  const text = new Date(ms + offsetHours * 3_600_000).toISOString();
  return hasZoneMark ? text : text.slice(0, -1);
}

/** Halo's value for no date. */
const never = Date.parse('1899-12-30T00:00:00Z');

function timeOf(seconds: number, dialect: Dialect): number {
  return seconds / (dialect.unit === 'hours' ? 3600 : 60);
}

/** The shorter row of a list; `query` says what else it shows. */
export function ticketRow(
  state: HalopsaState,
  ticket: Ticket,
  query: URLSearchParams,
  dialect: Dialect,
): Record<string, unknown> {
  const isAsked = (name: string): boolean => query.get(name) === 'true';
  const seconds = state.actions
    .filter(({ ticketId }) => ticketId === ticket.id)
    .reduce((sum, action) => sum + action.seconds, 0);
  return {
    id: ticket.id,
    dateoccurred: msFromWallClock(ticket.openedMs, dialect),
    summary: ticket.summary,
    status_id: ticket.statusId,
    ...(isAsked('includestatus')
      ? { status_name: state.statuses.find(({ id }) => id === ticket.statusId)?.name ?? '' }
      : {}),
    tickettype_id: ticket.typeId,
    ...(isAsked('includetickettype')
      ? { tickettype_name: state.ticketTypes.find(({ id }) => id === ticket.typeId)?.name ?? '' }
      : {}),
    client_id: ticket.clientId,
    client_name: state.client(ticket.clientId).name,
    site_id: state.client(ticket.clientId).siteId,
    team: ticket.team,
    source: ticket.source,
    scomalertid: ticket.scomAlertId,
    orionalert: ticket.orionAlert,
    ...(isAsked('includetimetaken') ? { timetaken: timeOf(seconds, dialect) } : {}),
    hasbeenclosed: ticket.wasClosed || null,
    dateclosed: dateOf(ticket.closedMs, dialect),
    last_update: msFromWallClock(ticket.changedMs, dialect),
    lastactiondate: msFromWallClock(lastActionMs(state, ticket), dialect),
    merged_into_id: ticket.mergedInto ?? 0,
    third_party_id_string: ticket.key,
  };
}

function lastActionMs(state: HalopsaState, { id, openedMs }: Ticket): number {
  const actions = state.actions.filter(({ ticketId }) => ticketId === id);
  return Math.max(openedMs, ...actions.map(({ changedMs }) => changedMs));
}

/** A single ticket has more fields than its row. */
export function ticketDetail(
  state: HalopsaState,
  ticket: Ticket,
  dialect: Dialect,
): Record<string, unknown> {
  const all = new URLSearchParams('includetimetaken=true&includestatus=true');
  const row = ticketRow(state, ticket, all, dialect);
  return shownRow({ ...row, details: ticket.details, deleted: ticket.isDeleted }, dialect);
}

export function actionRow(
  action: Action,
  query: URLSearchParams,
  dialect: Dialect,
): Record<string, unknown> {
  const row = {
    ticket_id: action.ticketId,
    id: action.id,
    outcome: action.outcome,
    who_agentid: action.agentId ?? 0,
    actionby_agent_id: action.agentId ?? 0,
    datetime: msFromWallClock(action.atMs, dialect),
    actiondatecreated: msFromWallClock(action.changedMs, dialect),
    last_updated: msFromWallClock(action.changedMs, dialect),
    note: action.noteHtml.replaceAll('<br>', '\n').replace(/<[^>]*>/g, ''),
    ...(query.get('includehtmlnote') === 'true' ? { note_html: action.noteHtml } : {}),
    actionarrivaldate: dateOf(action.startMs, dialect),
    actioncompletiondate: dateOf(action.endMs, dialect),
    timetaken: action.seconds === 0 ? null : timeOf(action.seconds, dialect),
    timetakenadjusted: timeOf(action.adjustedSeconds, dialect),
    traveltime: timeOf(action.travelSeconds, dialect),
    nonbilltime: timeOf(action.nonBilledSeconds, dialect),
    actionprepayhours: action.prepaySeconds / 3600,
    chargerate: action.chargeType,
    actisbillable: action.isBillable,
    actreviewed: action.isReviewed,
    hiddenfromuser: action.isHidden,
    action_contract_ref: action.contract,
  };
  return shownRow(row, dialect);
}

export function clientRow(client: Client): Record<string, unknown> {
  return { id: client.id, name: client.name, inactive: client.isInactive, toplevel_id: 1 };
}

export function clientDetail(client: Client): Record<string, unknown> {
  return {
    ...clientRow(client),
    main_site_id: client.siteId,
    currencyisocode: client.currency,
    customfields: client.customFields.map((field) => ({ ...field, type: 0, usage: 1 })),
    prepaybalance: client.prepayBalance,
    prepayrecurringhours: 0,
    autotopupthreshhold: client.autoTopUpBy === 0 ? 0 : 2,
    autotopupbyamount: client.autoTopUpBy,
    autotopuptoamount: 0,
  };
}

export function invoiceRow(invoice: Invoice, dialect: Dialect): Record<string, unknown> {
  return {
    id: invoice.id,
    client_id: invoice.clientId,
    invoicenumber: `INV-${invoice.id}`,
    reference: invoice.reference,
    thirdpartyinvoicenumber: '',
    currency_code_name: 'EUR',
    invoice_date: invoice.date,
    date_created: msFromWallClock(invoice.madeMs, dialect),
    last_modified: invoice.changedMs === null ? null : msFromWallClock(invoice.changedMs, dialect),
    total: invoice.total,
    tax_total: invoice.tax,
    amountpaid: invoice.paid,
    amountdue: invoice.total - invoice.paid - invoice.credited,
    datepaid: dateOf(invoice.paidMs, dialect),
    voided: invoice.isVoid,
  };
}

/** By itself an invoice shows its lines. */
export function invoiceDetail(invoice: Invoice, dialect: Dialect): Record<string, unknown> {
  const lines = invoice.lines.map(({ title, quantity, price, itemId }, index) => ({
    id: index + 1,
    item_shortdescription: title,
    _itemid: itemId ?? 0,
    qty_order: quantity,
    unit_price: price,
    net_amount: quantity * price,
  }));
  return { ...invoiceRow(invoice, dialect), lines };
}

export function paymentRow({ id, invoiceId, ...payment }: Payment): Record<string, unknown> {
  const { date, amount, reference } = payment;
  return { id, invoice_id: invoiceId, date, amount, status: 1, thirdpartyid: reference };
}

export function sessionRow(
  state: HalopsaState,
  session: RemoteSession,
  dialect: Dialect,
): Record<string, unknown> {
  const { agentId, startMs, endMs } = session;
  return {
    id: session.id,
    thirdpartyid: `c-${session.id}`,
    ticket_id: session.ticketId ?? 0,
    actionnumber: session.action ?? 0,
    customername: 'Somebody',
    username: 'Paula Client',
    emailaddress: 'paula@dupont.example',
    sessionstate: session.isFinished ? 3 : 2,
    sessionfinished: session.isFinished,
    unum: agentId ?? 0,
    uname: state.agents.find(({ id }) => id === agentId)?.name ?? null,
    queuedate: msFromWallClock(session.queuedMs, dialect),
    sessionstartdate: dateOf(startMs, dialect),
    sessionenddate: dateOf(endMs, dialect),
    matchedclient: session.matchedClient ?? 0,
    clientid: session.clientId,
    phonenumber: '+33 1 00 00 00 00',
    notes: 'Talked about the printer.',
    time_taken: startMs === null || endMs === null ? 0 : (endMs - startMs) / 3_600_000,
    new_webhook_password: 'webhook-secret',
  };
}

/** The row of the list shows no balance. */
export function contractRow({ id, clientId, ref }: Contract): Record<string, unknown> {
  return { id, client_id: clientId, ref };
}

export function contractDetail(contract: Contract): Record<string, unknown> {
  const balance = contract.prepayBalance;
  return {
    ...contractRow(contract),
    allowprepay: balance !== 0,
    contract_prepaybalance: balance,
  };
}
