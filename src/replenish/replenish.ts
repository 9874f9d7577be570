import { familyOf, sharersOf } from '../domain/agreements/shares.ts';
import { type Client, payerOf } from '../domain/agreements/terms.ts';
import { isScheduled } from '../domain/blocks/validity.ts';
import { hoursText } from '../domain/duration.ts';
import type { BurnHistory } from '../domain/forecast/pace.ts';
import { pushKeyOf } from '../domain/keys.ts';
import { type Account, hoursLeftFor } from '../domain/ledger/postings.ts';
import { findCrossings, followEpisodes, needEntriesAfter } from '../domain/thresholds/episodes.ts';
import { type OwedWork, ownLeft } from '../domain/thresholds/positions.ts';
import type { Position } from '../domain/thresholds/thresholds.ts';
import { type DateText, dateInZone } from '../domain/time.ts';
import type {
  Block,
  ClientLedger,
  Episode,
  NewMessage,
  PushMessageRow,
  ReplenishBatch,
} from '../store/port.ts';
import { accountFrom, emptyBatch } from '../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { endBlocks } from './expiry.ts';
import { readLastWorked } from './idle.ts';
import { fieldTexts } from './messages/phrases.ts';
import { alertOnOnboarding } from './onboarding.ts';
import { bookHandSales } from './orders/hand-sales.ts';
import { firedEpisode, settleOrders } from './orders/orders.ts';
import { billOverage } from './overage.ts';
import { forecastRunOut, positionsOf, readHistories, readOwed } from './position.ts';
import { followRecharges, readRecharged } from './recharge/follow.ts';
import { alertOnMandates } from './recharge/mandate-alerts.ts';
import { withOrders } from './sale.ts';
import { composeCrossings, ordersSeen } from './sold.ts';
import { proposeUnlogged } from './unlogged.ts';

const clientsPerPage = 200;

/** The data of a page of clients before anything is decided. */
interface Situation {
  ledgers: ReadonlyMap<string, ClientLedger>;
  pending: ReadonlyMap<string, number>;
  lastCredits: ReadonlyMap<string, number>;
  episodes: ReadonlyMap<string, Episode[]>;
  balanceFields: ReadonlyMap<string, PushMessageRow>;
  /** For clients whose agreement needs the forecast. */
  histories: ReadonlyMap<string, BurnHistory>;
  /** For clients with several kinds of hours. */
  owed: ReadonlyMap<string, OwedWork>;
  /** Last day of charged work, for clients whose rules ask. */
  lastWorked: ReadonlyMap<string, DateText | null>;
}

interface ClosedSales {
  /** Blocks that are ordered, and whose invoice still counts, with its number. */
  openOrders: ReadonlyMap<string, string | null>;
  /** Clients with automatic sales on hold. */
  heldClients: ReadonlySet<string>;
}

/**
 * Checks every client's balance and decides on alerts, sales, expiries and balance fields.
 * Everything for one crossing is written in one transaction; nothing is sent from here.
 */
export async function replenish(context: ReplenishContext): Promise<ReplenishOutcome> {
  const outcome: ReplenishOutcome = { rows: 0, changed: 0, posted: 0, messages: 0 };
  await bookHandSales(context, outcome);
  const openOrders = await settleOrders(context, outcome);
  await followRecharges(context, outcome);
  await alertOnMandates(context, outcome);
  await proposeUnlogged(context, outcome);
  // A charge that was declined for good holds sales at once.
  const holds = await context.store.readSalesHolds();
  const closed = { openOrders, heldClients: new Set(holds.map(({ clientId }) => clientId)) };
  await billOverage(context, outcome);
  for (let first = 0; first < context.clients.length; first += clientsPerPage) {
    if (context.signal.aborted) break;
    const page = context.clients.slice(first, first + clientsPerPage);
    const situation = { ...(await readSituation(context, page)), ...closed };
    for (const client of page) {
      const batch =
        client.paidBy === null
          ? await decideClient(context, client, situation)
          : showShared(context, client, client.paidBy, situation);
      outcome.rows += 1;
      if (batch === null) continue;
      await context.store.writeReplenish(batch);
      outcome.changed += 1;
      outcome.posted += batch.postings.length;
      outcome.messages += batch.messages.length;
    }
  }
  if (!context.signal.aborted) await alertOnOnboarding(context, outcome);
  return outcome;
}

/** Reads the data of these clients, before anything is decided. */
export async function readSituation(
  context: Pick<ReplenishContext, 'store' | 'clients' | 'balanceField' | 'at'>,
  page: readonly Client[],
): Promise<Situation> {
  const { store, balanceField } = context;
  const payers = new Map(page.map(payerOf).map((client) => [client.id, client]));
  const clients = [...payers.values()].flatMap((client) => familyOf(client, context.clients));
  const ids = clients.map((client) => client.id);
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  return {
    ledgers: new Map(ledgers.map((ledger) => [ledger.clientId, ledger])),
    pending: await store.readPending(ids),
    lastCredits: await store.readLastCredits(ids),
    episodes: Map.groupBy(await store.readEpisodes(ids), (episode) => episode.clientId),
    balanceFields:
      balanceField === null ? new Map() : await store.readLatestMessages('balance-field'),
    histories: await readHistories(context, clients, ledgers),
    owed: await readOwed(context, clients, ledgers),
    lastWorked: await readLastWorked(context, clients),
  };
}

/** A position for each kind of the client's hours. */
export function positionsIn(
  situation: Situation,
  client: Client,
  clients: readonly Client[],
  { ledger, account, today }: { ledger: ClientLedger; account: Account; today: DateText },
): Position[] {
  const family = familyOf(client, clients);
  return positionsOf(account, ledger, {
    client,
    today,
    pendingSeconds: family.reduce((sum, { id }) => sum + (situation.pending.get(id) ?? 0), 0),
    history: situation.histories.get(client.id) ?? null,
    owed: situation.owed.get(client.id) ?? null,
    ...(situation.lastWorked.has(client.id)
      ? { lastWorkedOn: situation.lastWorked.get(client.id) ?? null }
      : {}),
  });
}

/**
 * Thresholds, sales and expiries belong to the payer. A client that is paid for only has its
 * balance field: what it may still use of the shared blocks, by the current ledger.
 */
function showShared(
  context: ReplenishContext,
  client: Client,
  payer: Client,
  situation: Situation,
): ReplenishBatch | null {
  const ledger = situation.ledgers.get(payer.id);
  if (ledger === undefined || ledger.clientSeq === 0) return null;
  const account = accountFrom(ledger, sharersOf(context.clients));
  const today = dateInZone(context.at, payer.timezone);
  const left = { hoursText: hoursText(hoursLeftFor(account, client.id, today)) };
  const field = showBalance(context, client, left, ledger, situation);
  if (field.length === 0) return null;
  return {
    ...emptyBatch(context),
    messages: field,
    superseded: field.map(({ clientId, kind, key }) => ({ clientId, kind, exceptKey: key })),
  };
}

/** Null: nothing to write. */
async function decideClient(
  context: ReplenishContext,
  client: Client,
  situation: Situation & ClosedSales,
): Promise<ReplenishBatch | null> {
  const ledger = situation.ledgers.get(client.id);
  const lastCreditSeq = situation.lastCredits.get(client.id) ?? 0;
  if (ledger === undefined || isUntouched(ledger, lastCreditSeq)) return null;
  const today = dateInZone(context.at, client.timezone);
  const account = accountFrom(ledger, sharersOf(context.clients));
  const { rollover } = client.agreement;
  const ended = await endBlocks(context.store, ledger, account, { rollover, today });
  const { postings } = ended;
  const positions = positionsIn(situation, client, context.clients, { ledger, account, today });
  const batch: ReplenishBatch = { ...emptyBatch(context), expected: [ledger], postings };
  const { replenish: rules } = client.agreement;
  const known = situation.episodes.get(client.id) ?? [];
  const { mode } = context;
  const found = { mode, zone: client.timezone, lastCreditSeq };
  const after = needEntriesAfter(rules, positions, known, found);
  const entries = after === null ? [] : await context.store.readEntriesAfter(client.id, after);
  const ordered = ledger.blocks.filter((block) => block.status === 'ordered');
  const crossings = findCrossings(rules, positions, known, {
    ...found,
    ordered,
    // The expiries posted with it lower the balance too.
    moves: [
      ...entries,
      ...postings.map((posting, index) => ({
        ...posting,
        clientSeq: ledger.clientSeq + index + 1,
        workTypes: null,
      })),
    ],
  });
  const followed = followEpisodes(rules, positions, known, found);
  const isHeld = situation.heldClients.has(client.id);
  const open = ordered.filter(({ id }) => situation.openOrders.has(id));
  const toOpenOrder = (block: Block) => ({
    ...block,
    invoice: situation.openOrders.get(block.id) ?? null,
  });
  const reached = withOrders(positions, crossings, {
    family: familyOf(client, context.clients),
    // A hold refuses whatever is ordered.
    ordered: isHeld ? [] : open.filter((block) => !isScheduled(block)).map(toOpenOrder),
    isClosed: isHeld || open.length > 0,
  });
  const runOut =
    crossings.length > 0 ? await forecastRunOut(context, client, account, situation) : null;
  const recharges = await readRecharged(context, client, crossings, today);
  const told = composeCrossings(context, client, { today, ...reached, runOut, ...recharges });
  const field = showBalance(context, client, fieldTexts(ownLeft(positions)), ledger, situation);
  const messages = [...told.messages, ...field];
  const now = { clientId: client.id, clientSeq: ledger.clientSeq + postings.length };
  if (postings.length + messages.length + crossings.length + followed.length === 0) return null;
  return {
    ...batch,
    blocks: [...ended.blocks, ...told.blocks],
    expectedOrders: told.blocks.length > 0 ? [ordersSeen(ledger)] : [],
    recharges: told.recharges,
    messages,
    episodes: [
      ...followed,
      ...crossings.map(({ threshold, number, position }) => ({
        ...firedEpisode(context, now, threshold, number),
        pendingSeconds: position.balances.pendingSeconds,
      })),
    ],
    superseded: field.map(({ clientId, kind, key }) => ({ clientId, kind, exceptKey: key })),
  };
}

/**
 * Before the first hour is bought or used, no threshold can be crossed. A first sale that was undone
 * leaves a client as it was before: nothing is sold instead of it.
 */
function isUntouched({ clientSeq, blocks, overageSeconds }: ClientLedger, lastCreditSeq: number) {
  if (clientSeq === 0) return true;
  const isActive = blocks.some(({ status }) => status === 'active');
  return lastCreditSeq === 0 && overageSeconds === 0 && !isActive;
}

/** Updates the balance field that technicians see, whenever it would change. */
function showBalance(
  context: ReplenishContext,
  client: Client,
  shown: ReturnType<typeof fieldTexts>,
  ledger: ClientLedger,
  situation: Situation,
): NewMessage[] {
  const sourceId = client.sourceIds.get(context.balanceField?.connection ?? '');
  if (context.balanceField === null || sourceId === undefined) return [];
  const { connection, field } = context.balanceField;
  const payload = JSON.stringify({ clientId: sourceId, field, ...shown });
  const latest = situation.balanceFields.get(client.id);
  const wasWithheld = latest?.status === 'withheld' && context.mode === 'live';
  if (latest?.payload === payload && !wasWithheld) return [];
  return [
    {
      key: pushKeyOf(
        'bal',
        client.id,
        `${context.firstRunAt} ${context.mode} ${ledger.clientSeq} ${payload}`,
      ),
      kind: 'balance-field',
      clientId: client.id,
      connection,
      payload,
      afterKey: null,
      status: context.mode === 'live' ? 'pending' : 'withheld',
    },
  ];
}
