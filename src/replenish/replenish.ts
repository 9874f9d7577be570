import { hoursText } from '../domain/duration.ts';
import { blockIdOf, pushKeyOf } from '../domain/keys.ts';
import type { BurnHistory } from '../domain/pace.ts';
import { hoursLeftFor } from '../domain/postings.ts';
import { familyOf, sharersOf } from '../domain/shares.ts';
import { type Client, payerOf } from '../domain/terms.ts';
import {
  blocksToBuy,
  type Crossing,
  findCrossings,
  findLeft,
  netSeconds,
  type Position,
} from '../domain/thresholds.ts';
import { addDays, addMonths, dateInZone } from '../domain/time.ts';
import type {
  Block,
  ClientLedger,
  Episode,
  NewMessage,
  PushMessageRow,
  ReplenishBatch,
} from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import { crossingsToBasis, type FoundCrossings } from './basis.ts';
import { composeNotice, invoiceKeyOf, type Notice, type Sale, toSale } from './compose.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { endBlocks } from './expiry.ts';
import { emptyBatch, settleOrders } from './orders.ts';
import { billOverage } from './overage.ts';
import { positionOf, readHistories } from './position.ts';

const clientsPerPage = 200;

/** What is known of a page of clients before anything is decided. */
interface Situation {
  ledgers: ReadonlyMap<string, ClientLedger>;
  pending: ReadonlyMap<string, number>;
  lastCredits: ReadonlyMap<string, number>;
  episodes: ReadonlyMap<string, Episode[]>;
  openOrders: ReadonlySet<string>;
  balanceFields: ReadonlyMap<string, PushMessageRow>;
  /** Of the clients whose agreement looks at the forecast. */
  histories: ReadonlyMap<string, BurnHistory>;
}

/**
 * Looks at every client's balance and decides what is to be told, sold, ended and shown. Everything
 * that one crossing calls for is written in one transaction; nothing is sent from here.
 */
export async function replenish(context: ReplenishContext): Promise<ReplenishOutcome> {
  const outcome: ReplenishOutcome = { rows: 0, changed: 0, posted: 0, messages: 0 };
  const openOrders = await settleOrders(context, outcome);
  await billOverage(context, outcome);
  for (let first = 0; first < context.clients.length; first += clientsPerPage) {
    if (context.signal.aborted) break;
    const page = context.clients.slice(first, first + clientsPerPage);
    const situation = await readSituation(context, page, openOrders);
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
  return outcome;
}

/** All that is known of these clients, before anything is decided. */
export async function readSituation(
  context: Pick<ReplenishContext, 'store' | 'clients' | 'balanceField' | 'at'>,
  page: readonly Client[],
  openOrders: ReadonlySet<string>,
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
    openOrders,
    balanceFields:
      balanceField === null ? new Map() : await store.readLatestMessages('balance-field'),
    histories: await readHistories(context, clients, ledgers),
  };
}

export function pendingOf(clients: readonly Client[], { pending }: Situation): number {
  return clients.reduce((sum, { id }) => sum + (pending.get(id) ?? 0), 0);
}

/**
 * Levels, sales and ends are those of the client that pays. One that is paid for has only its field:
 * what it may still take of the shared blocks, by today's ledger.
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
  const left = hoursLeftFor(account, client.id, today);
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
  situation: Situation,
): Promise<ReplenishBatch | null> {
  const ledger = situation.ledgers.get(client.id);
  // Before the first hour is bought or used there is no way down that a level could lie on.
  if (ledger === undefined || ledger.clientSeq === 0) return null;
  const today = dateInZone(context.at, client.timezone);
  const account = accountFrom(ledger, sharersOf(context.clients));
  const { rollover } = client.agreement;
  const ended = await endBlocks(context.store, ledger, account, { rollover, today });
  const { postings } = ended;
  const position = positionOf(account, ledger, {
    today,
    pendingSeconds: pendingOf(familyOf(client, context.clients), situation),
    history: situation.histories.get(client.id) ?? null,
  });
  const batch: ReplenishBatch = { ...emptyBatch(context), expected: [ledger], postings };
  const { replenish: rules } = client.agreement;
  const known = situation.episodes.get(client.id) ?? [];
  const lastCreditSeq = situation.lastCredits.get(client.id) ?? 0;
  const crossings = findCrossings(rules, position, known, { lastCreditSeq, mode: context.mode });
  const left = findLeft(rules, position, known, { lastCreditSeq });
  const hasOrder = situation.openOrders.has(client.id);
  const told = tellCrossings(context, client, { position, crossings, hasOrder });
  const settledSeconds = netSeconds(position.balances, 'settled');
  const field = showBalance(context, client, settledSeconds, ledger, situation);
  const messages = [...told.messages, ...field];
  if (postings.length + messages.length + crossings.length + left.length === 0) return null;
  return {
    ...batch,
    blocks: [...ended.blocks, ...told.blocks],
    messages,
    episodes: [
      ...left.map((episode) => ({ ...episode, isFired: false })),
      ...crossings.map((crossing) => toEpisode(context, client, ledger, crossing, postings)),
    ],
    superseded: field.map(({ clientId, kind, key }) => ({ clientId, kind, exceptKey: key })),
  };
}

/** The messages that the crossings call for, and the block that is ordered. */
export function tellCrossings(
  context: ReplenishContext,
  client: Client,
  found: FoundCrossings,
): { messages: NewMessage[]; blocks: Block[] } {
  const { position, crossings, hasOrder } = found;
  if (crossings.length === 0) return { messages: [], blocks: [] };
  const sale = hasOrder ? null : findSale(crossings, position, 'invoice');
  const proposal = sale ?? (hasOrder ? null : findSale(crossings, position, 'alert'));
  const notice: Notice = { client, position, crossings, sale, proposal };
  const basis = crossingsToBasis(found);
  const messages = composeNotice(context, notice).map((message) => ({ ...message, basis }));
  const isOrdered = sale !== null && context.mode === 'live';
  return { messages, blocks: isOrdered ? [toBlock(context, notice, sale)] : [] };
}

/**
 * At most one sale for a notice, of the offer that the first such rule names, large enough for every
 * level at which something is bought.
 */
function findSale(
  crossings: readonly Crossing[],
  position: Position,
  action: 'alert' | 'invoice',
): Sale | null {
  const buying = crossings.filter(({ rule }) => rule.do.includes(action) && rule.offer !== null);
  const offer = buying[0]?.rule.offer;
  if (!offer) return null;
  const quantities = buying.map(({ rule }) => blocksToBuy(rule.when, position, offer));
  return toSale(offer, Math.max(...quantities));
}

function toBlock(context: ReplenishContext, notice: Notice, sale: Sale): Block {
  const invoiceKey = invoiceKeyOf(context, notice);
  const { client, position } = notice;
  const { today } = position;
  const { offer } = sale;
  const months = offer.validForMonths;
  return {
    id: blockIdOf(invoiceKey),
    key: invoiceKey,
    clientId: client.id,
    source: 'purchase',
    offer: offer.name,
    seconds: sale.seconds,
    amountMinor: offer.amountMinor === null ? null : sale.totalMinor,
    rateMinor: offer.rateMinor,
    currency: offer.currency,
    purchasedOn: today,
    expiresOn: months === null ? null : addDays(addMonths(today, months), -1),
    priority: 0,
    workTypes: offer.workTypes,
    status: 'ordered',
    activate: client.agreement.activate,
    invoiceKey,
  };
}

function toEpisode(
  context: ReplenishContext,
  client: Client,
  ledger: ClientLedger,
  { threshold, number }: Crossing,
  postings: readonly unknown[],
): Episode {
  return {
    clientId: client.id,
    threshold,
    number,
    isFired: true,
    firedClientSeq: ledger.clientSeq + postings.length,
    firedMode: context.mode,
    firedAt: context.at,
  };
}

/** Hours left in the field that technicians look at, whenever the figure there would change. */
function showBalance(
  context: ReplenishContext,
  client: Client,
  leftSeconds: number,
  ledger: ClientLedger,
  situation: Situation,
): NewMessage[] {
  const sourceId = client.sourceIds.get(context.balanceField?.connection ?? '');
  if (context.balanceField === null || sourceId === undefined) return [];
  const { connection, field } = context.balanceField;
  const shown = hoursText(leftSeconds);
  const payload = JSON.stringify({ clientId: sourceId, field, hoursText: shown });
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
