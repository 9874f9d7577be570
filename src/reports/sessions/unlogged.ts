import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { byBurnOrder, toSpendable } from '../../domain/blocks/allocation.ts';
import { isListed } from '../../domain/charges/coverage.ts';
import { rateOf } from '../../domain/charges/price.ts';
import { priceOf } from '../../domain/money.ts';
import type { SessionRow } from '../../domain/records/rows.ts';
import { type UncountedReason, whyUncounted } from '../../domain/sessions/counted.ts';
import type { TechnicianBook } from '../../domain/sessions/technicians.ts';
import {
  addDays,
  type DateText,
  type Instant,
  secondsBetween,
  startOfDay,
} from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { ClientLedger, Store, UnloggedRow } from '../../store/port.ts';
import { readUnmatched, type UnmatchedTechnician } from '../notices/unmatched-technicians.ts';

export interface UnloggedReport {
  from: DateText;
  to: DateText;
  rows: ReportedUnlogged[];
  /** Sessions that count for nothing, and why. */
  uncounted: UncountedSession[];
  /** Whose sessions cannot be compared with the time they logged. */
  unmatched: UnmatchedTechnician[];
}

type Shown = 'technician' | 'connection' | 'device' | 'ticketId' | 'workedOn';

export interface ReportedUnlogged
  extends Pick<UnloggedRow, Shown | 'startedAt' | 'endedAt' | 'seconds'> {
  /** For `explain`, once it is debited. */
  id: string;
  clientId: string;
  client: string;
  timezone: ZoneName;
  /** At the rate of the client's current block; null: it has none. */
  worthMinor: number | null;
  currency: string;
  state: 'reported' | 'to-propose' | 'proposed' | 'to-debit' | 'debited';
  /** When it is proposed or debited, unless it is logged by then. */
  dueAt: Instant | null;
  /** The number of the ticket or note that proposed it. */
  message: string | null;
}

export interface UncountedSession
  extends Pick<SessionRow, 'technician' | 'clientId' | 'device' | 'startedAt' | 'endedAt'> {
  reason: UncountedReason;
  connection: string;
  sessionId: string;
  seconds: number;
}

interface UnloggedRequest {
  clients: readonly Client[];
  /** Of these clients alone; null: of all, and whatever belongs to none. */
  shown: readonly Client[] | null;
  from: DateText;
  to: DateText;
  timezone: ZoneName;
  technicians: TechnicianBook;
  timeConnections: readonly string[];
  findClient(connection: string, sourceId: string): Client | undefined;
}

/** What nobody logged in the period by the last run, in order of time. */
export async function buildUnlogged(
  store: Store,
  request: UnloggedRequest,
): Promise<UnloggedReport> {
  const { clients, shown, from, to } = request;
  const ids = shown?.map(({ id }) => id) ?? null;
  const found = await store.readUnlogged(ids, from, to);
  const known = found.flatMap((row) => {
    const client = clients.find(({ id }) => id === row.clientId);
    return client === undefined ? [] : [{ row, client }];
  });
  const payers = [...new Set(known.map(({ client }) => payerOf(client).id))];
  const ledgers = new Map((await store.readLedgers(payers)).map((one) => [one.clientId, one]));
  const rows: ReportedUnlogged[] = [];
  for (const { row, client } of known) {
    const ledger = ledgers.get(payerOf(client).id);
    rows.push(await toReported(store, row, client, ledger));
  }
  const isAll = shown === null;
  return {
    from,
    to,
    rows,
    uncounted: isAll ? await listUncounted(store, request) : [],
    unmatched: isAll ? await readUnmatched(store, request) : [],
  };
}

async function toReported(
  store: Store,
  row: UnloggedRow,
  client: Client,
  ledger: ClientLedger | undefined,
): Promise<ReportedUnlogged> {
  const message =
    row.done === null || row.done === 'debited' ? null : await store.readMessage(row.done);
  const { connection, device, ticketId, workedOn, startedAt, endedAt, seconds, technician } = row;
  const state = stateOf(row);
  return {
    ...{ id: row.sourceId, clientId: client.id, client: client.name, technician, connection },
    ...{ device, ticketId, workedOn, startedAt, endedAt, timezone: client.timezone, seconds },
    ...worthOf(row, client, ledger),
    state,
    dueAt: state === 'to-propose' || state === 'to-debit' ? row.dueAt : null,
    message: message?.remoteLabel ?? message?.remoteId ?? null,
  };
}

function stateOf({ action, done }: UnloggedRow): ReportedUnlogged['state'] {
  if (done === 'debited') return 'debited';
  if (done !== null) return 'proposed';
  return action === 'report' ? 'reported' : action === 'propose' ? 'to-propose' : 'to-debit';
}

/** At what the next hour costs, without rounding and multipliers. */
function worthOf(
  { seconds, workType }: UnloggedRow,
  client: Client,
  ledger: ClientLedger | undefined,
): Pick<ReportedUnlogged, 'worthMinor' | 'currency'> {
  const usable = (ledger?.blocks ?? []).filter(
    ({ status, workTypes }) =>
      status === 'active' && (workTypes === null || isListed(workType, workTypes)),
  );
  const [block] = usable.sort((a, b) => byBurnOrder(toSpendable(a), toSpendable(b)));
  if (block === undefined) return { worthMinor: null, currency: client.currency };
  const rateMinor =
    block.amountMinor === null ? block.rateMinor : rateOf(workType, client.agreement.rates);
  return { worthMinor: priceOf(seconds, rateMinor), currency: block.currency };
}

async function listUncounted(
  store: Store,
  { from, to, timezone, ...context }: UnloggedRequest,
): Promise<UncountedSession[]> {
  const first = startOfDay(from, timezone);
  const sessions = await store.readSessions(null, first, startOfDay(addDays(to, 1), timezone));
  return sessions.flatMap((session) => {
    const reason = whyUncounted(context, session);
    if (reason === null) return [];
    const { connection, sourceId, technician, clientId, device, startedAt, endedAt } = session;
    const seconds = Math.floor(secondsBetween(startedAt, endedAt));
    const shown = { connection, sessionId: sourceId, technician, clientId, device };
    return [{ reason, ...shown, startedAt, endedAt, seconds }];
  });
}
