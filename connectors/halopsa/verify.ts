/** How each fact is verified: by reading, or by writing to a test client and removing it again. */
import type { CheckResult, Delivered, SourceId } from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { isAhead, isNow } from '../http/answers/clock.ts';
import type { Query } from '../kit/call.ts';
import { warningResult } from '../kit/checking/checks.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import type { Note } from '../kit/writing/notes.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { Halo } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { filterTime, invoiceList, ticketList } from './lists.ts';
import { changedAt } from './mapping.ts';
import { createTicketMapper } from './pull.ts';
import { alertRecord, clientFields, notes } from './push.ts';
import { saleRecord } from './sales.ts';
import { type ActionWire, InvoiceWire, isNone, isZero, TicketWire } from './schema.ts';
import { verifySessions } from './sessions.ts';
import { holdsTime, readActions, verifyUnit } from './ticket-time.ts';

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(halo: Halo, clientIds: readonly SourceId[]) {
  const client_ids = clientIds.slice(0, 50).join(',');
  const ticketsBy = async (query: Query): Promise<TicketWire[]> =>
    parseAll((await firstPage(halo, ticketList({ client_ids, ...query }))).rows, TicketWire);
  const newestFirst = { order: 'last_update', orderdesc: true };
  const newest = await ticketsBy(newestFirst);
  const { actions, isTotal } = await sampleActions(halo, newest);
  const isAnyAhead = newest.some((ticket) => isAhead(changedAt(ticket), halo.context.now()));
  await facts.verifyFact(halo.context, 'dates-utc', isAnyAhead ? false : null);
  await verifyUnit(halo, actions.filter(holdsTime));
  const [lastClosed] = await ticketsBy({ closed_only: true, ...newestFirst });
  const open = (await ticketsBy({ open_only: true })).map(await createTicketMapper(halo));
  return [
    ...timeWarnings(actions),
    ...(await facts.verifyAll(halo.context, {
      'time-unit': null,
      'ticket-total': isTotal,
      'client-ids': await honoursClientIds(halo, clientIds),
      'last-update': await comparesLastUpdate(halo, newest[0]),
      // Also among all that changed since.
      'closed-listed': await isListedSince(halo, lastClosed, -1),
      'closed-flag': open.length === 0 ? null : !open.some(({ isClosed }) => isClosed),
      'invoice-modified': await invoicesAreModified(halo, client_ids),
      ...(halo.config.remoteSessions ? await verifySessions(halo) : {}),
    })),
  ];
}

/** Also whether each ticket's row shows the sum of its time; null without time to compare. */
async function sampleActions(halo: Halo, tickets: readonly TicketWire[]) {
  const sample: ActionWire[] = [];
  let areSums = true;
  for (const { id, timetaken } of tickets.slice(0, 30)) {
    const { raw, actions } = await readActions(halo, id);
    sample.push(...actions);
    const timed = actions.filter(holdsTime);
    const hours = timed.reduce((sum, one) => sum + Number(one.timetaken ?? Number.NaN), 0);
    const isSum = Math.abs(Number(timetaken ?? 0) - hours) < 0.01;
    areSums &&= isSum && actions.length === raw.length;
  }
  return { actions: sample, isTotal: sample.some(holdsTime) ? areSums : null };
}

/** Two clients together must have as many tickets as each of them added up. */
async function honoursClientIds(halo: Halo, [one, other]: readonly SourceId[]) {
  if (one === undefined || other === undefined) return null;
  const count = async (query: Query) => (await firstPage(halo, ticketList(query, 1))).count ?? 0;
  const together = await count({ client_ids: `${one},${other}` });
  const sum = (await count({ client_id: one })) + (await count({ client_id: other }));
  return sum === 0 ? null : together === sum;
}

/** The newest ticket is listed since a second before its change, but not since a second after it. */
async function comparesLastUpdate(halo: Halo, newest: TicketWire | undefined) {
  const before = await isListedSince(halo, newest, -1);
  const after = await isListedSince(halo, newest, 1);
  // If the row only shows the last action, the ticket may have changed after it.
  const isUnclear = before && after && newest?.last_update == null;
  return before === null || after === null || isUnclear ? null : before && !after;
}

/** Whether its client’s tickets changed since then include it; null if there are too many to tell. */
async function isListedSince(halo: Halo, ticket: TicketWire | undefined, offsetSeconds: number) {
  if (ticket?.client_id == null) return null;
  const since = filterTime(addSeconds(changedAt(ticket), offsetSeconds));
  const list = ticketList({ client_id: ticket.client_id, lastupdatefromdate: since });
  const { rows, count } = await firstPage(halo, list);
  const isThere = parseAll(rows, TicketWire).some(({ id }) => id === ticket.id);
  return isThere || rows.length >= (count ?? 0) ? isThere : null;
}

/** The last created and the last paid: to the day, since accounting systems give no time. */
async function invoicesAreModified(halo: Halo, client_ids: string): Promise<boolean | null> {
  const read = async (order: string): Promise<InvoiceWire[]> =>
    parseAll((await firstPage(halo, invoiceList({ client_ids, order }))).rows, InvoiceWire);
  const invoices = [...(await read('id')), ...(await read('datepaid'))];
  const isModified = ({ last_modified, datepaid }: InvoiceWire): boolean =>
    last_modified != null && last_modified.slice(0, 10) >= (datepaid ?? '').slice(0, 10);
  if (!invoices.every(isModified)) return false;
  return invoices.some(({ datepaid }) => datepaid != null) ? true : null;
}

export const endPrepay =
  'Enter the remaining hours as an opening block and end the pre-pay in Halo, or leave the client out.';
const drawn = 'that Halo took from its own pre-pay: two systems would debit the same hour';

/** Time that Halo records or debits besides the time taken, and what to do instead. */
const besides = [
  ['traveltime', 'travel', 'Log travel to be debited as time taken, with its own charge type.'],
  ['timetakenadjusted', 'adjusted', 'Correct the time taken itself, so that both agree.'],
  ['nonbilltime', 'non-billed', 'Log it as a separate action, with a non-billed charge type.'],
  ['actionprepayhours', null, endPrepay],
] as const;

/** Also of time that is free because it has no charge type. */
function timeWarnings(actions: readonly ActionWire[]): CheckResult[] {
  const warnings = besides.flatMap(([field, name, fix]) => {
    const found = actions.find((action) => !isZero(action[field]));
    if (found === undefined) return [];
    const id = name === null ? 'native-prepay.drawn' : `time.${name}`;
    const what = name === null ? drawn : `of ${name} time (${field}), which is not read`;
    return [warningResult(id, `Ticket ${found.ticket_id} has ${found[field]} h ${what}.`, fix)];
  });
  const timed = actions.filter(holdsTime);
  const areFree = timed.every(({ chargerate }) => isNone(chargerate ?? ''));
  if (timed.length === 0 || !areFree) return warnings;
  const detail = 'None of the time sampled has a charge type, so none of it is debited.';
  const fix = 'If you do not use charge types, set billableBy: flag.';
  return [...warnings, warningResult('time.charge-type', detail, fix)];
}

export const probeConnection = createProbe<Halo, FactId>('Halo', facts, ({ config }) => ({
  ticket: config.alerts !== undefined && {
    facts: ['ticket-key', 'ticket-search', 'dates-utc', 'action-moves-ticket'],
    create: (halo, alert) => createKeyed(halo, facts, alertRecord, alert),
    path: (id) => `/Tickets/${id}`,
    noteFact: 'note-audience',
    writeNote: writeAndWatch,
  },
  field: clientFields,
  sale: {
    facts: ['invoice-key'],
    async create(halo, sale, wrote) {
      wrote(`/Invoice/${(await createKeyed(halo, facts, saleRecord, sale)).remoteId}`);
    },
  },
  fix: 'Delete these by hand in Halo; the API application may lack permission.',
}));

/** A new action must move its ticket, whose last change is then now. */
async function writeAndWatch(halo: Halo, note: Note): Promise<Delivered> {
  const { context } = halo;
  if (note.audience === 'client') return notes.write(halo, note);
  const lastChange = async (): Promise<string | null> => {
    const ticket = await halo.get(`/Tickets/${note.ticketId}`, TicketWire);
    return ticket.last_update ?? ticket.lastactiondate ?? null;
  };
  const before = await lastChange();
  if (before !== null) await facts.verifyFact(context, 'dates-utc', isNow(before, context.now()));
  const written = await notes.write(halo, note);
  const after = await lastChange();
  await facts.verifyFact(context, 'action-moves-ticket', before && after ? after > before : null);
  return written;
}
