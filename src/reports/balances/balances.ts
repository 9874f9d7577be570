import { familyOf, sharersOf } from '../../domain/agreements/shares.ts';
import { type Client, type Offer, payerOf } from '../../domain/agreements/terms.ts';
import { isScheduled } from '../../domain/blocks/validity.ts';
import { burnHistoryFrom, forecastBlocks, usageSince } from '../../domain/forecast/burn-history.ts';
import type { RunOut } from '../../domain/forecast/forecast.ts';
import { type Format, formatIn, toFormatOptions } from '../../domain/format.ts';
import { type Account, hoursLeftFor } from '../../domain/ledger/postings.ts';
import type { NameNotice } from '../../domain/records/names.ts';
import { moneyLeftIn } from '../../domain/thresholds/thresholds.ts';
import { type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type {
  BlockBalance,
  ClientLedger,
  Episode,
  MessageStatus,
  PushMessageRow,
  Store,
} from '../../store/port.ts';
import { accountFrom, readHandSales } from '../../store/port.ts';
import { type LeftClient, readLeftClients } from '../notices/left-clients.ts';
import { readNameNotices } from '../notices/name-notices.ts';
import { readRechargeNotices } from '../notices/recharge-notices.ts';
import { type Reconciliation, readReconciliation } from '../notices/reconciliation.ts';
import { readUndelivered, type Undelivered } from '../notices/undelivered.ts';
import { readUndoneNotices } from '../notices/undone-invoices.ts';
import { readUnlisted, type UnlistedWorkType } from '../notices/unlisted.ts';
import { handSaleText, readSalesQuestions } from './open-orders.ts';

type BlockStatus = 'active' | 'future' | 'ordered' | 'expired' | 'used-up' | 'void';

export interface ClientBalance {
  client: Client;
  /**
   * Left in the blocks by the ledger (of shared ones, what this client may use); never negative.
   */
  settledSeconds: number;
  /** Left in money blocks, minor units by currency; no entry if there never was one. */
  moneyLeft: ReadonlyMap<string, number>;
  /** What pending work would cost. */
  pendingSeconds: number;
  overageSeconds: number;
  /** Settled − overage − pending. */
  projectedSeconds: number;
  /** Null: no date can be forecast. */
  runOut: RunOut | null;
  blocks: (BlockBalance & { shownStatus: BlockStatus })[];
  /** Marked: an admin marked the levels as told before going live, and no alert was written since. */
  lastAlert: { at: Instant; status: MessageStatus | 'marked' } | null;
  /** When levels that are reached were last marked as told; null: never, or they were told since. */
  markedAt: Instant | null;
}

export interface BalanceReport {
  asOf: Instant;
  clients: ClientBalance[];
  undelivered: Undelivered;
  /** Quarantined vendor rows that need review. */
  openQuarantine: number;
  /** Work types debited, or left free, only by the `unlisted` default. */
  unlistedWorkTypes: UnlistedWorkType[];
  /** Names in the rules that were renamed in the PSA, or do not exist there. */
  names: NameNotice[];
  /** Orders and payments that need a decision, one line each. */
  salesQuestions: string[];
  /** Clients with a balance that are no longer in the config, or that others pay for now. */
  leftClients: LeftClient[];
  /** The last comparison of all clients with the vendors; null: never. */
  reconciliation: Reconciliation | null;
}

export interface BalanceRequest {
  shown: readonly Client[];
  /** All configured clients: some may share the blocks of those shown. */
  all: readonly Client[];
  asOf: Instant;
  /** Offers whose products are searched for on invoices; absent: none. */
  offers?: ReadonlyMap<string, Offer>;
  /** As the MSP reads; default: English. */
  format?: Format;
}

/** Builds each client's balance, and the list of what needs attention. */
export async function buildBalances(
  store: Store,
  {
    shown: clients,
    all,
    asOf,
    offers = new Map(),
    format = formatIn(toFormatOptions('en')),
  }: BalanceRequest,
): Promise<BalanceReport> {
  const payers = new Map(clients.map(payerOf).map((client) => [client.id, client]));
  const ids = [...payers.values()].flatMap((client) => familyOf(client, all).map(({ id }) => id));
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const byClient = new Map(ledgers.map((ledger) => [ledger.clientId, ledger]));
  const pending = await store.readPending(ids);
  const alerts = await store.readLatestMessages('alert-ticket');
  const marks = (await store.readEpisodes(ids)).filter(isMark);
  const report: BalanceReport = {
    asOf,
    clients: [],
    undelivered: await readUndelivered(store),
    openQuarantine: (await store.listQuarantine(['open'])).length,
    unlistedWorkTypes: await readUnlisted(store, clients),
    names: await readNameNotices(store, all),
    salesQuestions: [
      ...(await readSalesQuestions(store, clients)),
      ...(await readUndoneNotices(store, clients)),
      ...(await readHandSales(store, clients, offers)).map((sale) => handSaleText(sale, format)),
      ...(await readRechargeNotices(store, { clients, asOf, format })),
    ],
    leftClients: await readLeftClients(store, all, all),
    reconciliation: await readReconciliation(store),
  };
  for (const client of clients) {
    const payer = payerOf(client);
    const ledger = byClient.get(payer.id) ?? emptyLedger(payer.id);
    const { blocks } = ledger;
    // The payer is charged for overage and pending work of all clients it pays for.
    const isPayer = client === payer;
    const overageSeconds = isPayer ? ledger.overageSeconds : 0;
    const answersFor = isPayer ? familyOf(client, all) : [client];
    const pendingSeconds = answersFor.reduce((sum, { id }) => sum + (pending.get(id) ?? 0), 0);
    const today = dateInZone(asOf, client.timezone);
    const account = accountFrom(ledger, sharersOf(all));
    const settledSeconds = isPayer ? settled(blocks) : hoursLeftFor(account, client.id, today);
    const projectedSeconds = settledSeconds - overageSeconds - pendingSeconds;
    const marked = marks.filter(({ clientId }) => clientId === client.id);
    const markedAt =
      marked
        .map(({ firedAt }) => firedAt)
        .toSorted()
        .at(-1) ?? null;
    report.clients.push({
      client,
      settledSeconds,
      moneyLeft: moneyLeftIn(account.blocks),
      pendingSeconds,
      overageSeconds,
      projectedSeconds,
      runOut: isPayer ? await readRunOut(store, answersFor, account, pendingSeconds, today) : null,
      blocks: blocks.map((block) => ({
        ...block,
        // Nothing is credited or used before its first day.
        ...(isScheduled(block)
          ? { remainingSeconds: block.seconds, remainingMinor: block.amountMinor }
          : {}),
        shownStatus: statusOf(block, today),
      })),
      lastAlert: lastAlertOf(alerts.get(client.id), markedAt),
      markedAt,
    });
  }
  return report;
}

/** The JSON form of the report; counts are derived from the lists that show the rows. */
export function balancesToJson(report: BalanceReport): object {
  const { asOf, clients, names, leftClients, reconciliation, undelivered } = report;
  return {
    asOf,
    salesQuestions: report.salesQuestions,
    messages: { waiting: undelivered.waiting, refused: undelivered.refused },
    reconciled:
      reconciliation === null
        ? null
        : {
            at: reconciliation.at,
            clients: reconciliation.clients,
            seconds: reconciliation.found.seconds,
            differences: reconciliation.found.rows,
            failed: reconciliation.failed,
          },
    names,
    leftClients: leftClients.map(
      ({ id, name, paidBy, settledSeconds, overageSeconds, moneyLeft }) => ({
        client: name,
        id,
        paidBy,
        settledSeconds,
        overageSeconds,
        money: [...moneyLeft].map(([currency, leftMinor]) => ({ currency, leftMinor })),
      }),
    ),
    clients: clients.map((balance) => ({
      client: balance.client.name,
      ids: Object.fromEntries(balance.client.sourceIds),
      settledSeconds: balance.settledSeconds,
      pendingSeconds: balance.pendingSeconds,
      projectedSeconds: balance.projectedSeconds,
      overageSeconds: balance.overageSeconds,
      money: [...balance.moneyLeft].map(([currency, leftMinor]) => ({ currency, leftMinor })),
      paidBy: balance.client.paidBy?.name ?? null,
      markedAsToldAt: balance.markedAt,
      runOutOn: balance.runOut?.runOutOn ?? null,
      runOutEarliestOn: balance.runOut?.earliestOn ?? null,
      runOutLatestOn: balance.runOut?.latestOn ?? null,
      blocks: balance.blocks.map((block) => ({
        id: block.id,
        hours: block.seconds / 3600,
        amountMinor: block.amountMinor,
        rateMinor: block.rateMinor,
        currency: block.currency,
        purchasedOn: block.purchasedOn,
        expiresOn: block.expiresOn,
        remainingSeconds: block.remainingSeconds,
        remainingMinor: block.remainingMinor,
        status: block.shownStatus,
        purpose: block.onboarding === undefined ? null : 'onboarding',
        followedBy: block.onboarding?.followedBy ?? null,
      })),
    })),
  };
}

function isMark({ isFired, firedMode }: Episode): boolean {
  return isFired && firedMode === 'marked';
}

function lastAlertOf(
  alert: PushMessageRow | undefined,
  markedAt: Instant | null,
): ClientBalance['lastAlert'] {
  if (markedAt !== null && (alert === undefined || alert.createdAt <= markedAt)) {
    return { at: markedAt, status: 'marked' };
  }
  return alert === undefined ? null : { at: alert.createdAt, status: alert.status };
}

function emptyLedger(clientId: string): ClientLedger {
  return { clientId, blocks: [], sharedUse: [], overageSeconds: 0, clientSeq: 0 };
}

function settled(blocks: readonly BlockBalance[]): number {
  return blocks
    .filter((block) => block.status === 'active')
    .reduce((sum, block) => sum + block.remainingSeconds, 0);
}

/**
 * By the calendar: a block past its last day is expired, even if no run has posted the expiry yet.
 */
function statusOf(block: BlockBalance, today: DateText): BlockStatus {
  if (isScheduled(block)) return 'future';
  if (block.status !== 'active') return block.status;
  if (block.expiresOn !== null && block.expiresOn < today) return 'expired';
  return block.remainingSeconds === 0 && !block.remainingMinor ? 'used-up' : 'active';
}

/** Forecasts the run-out of the projected balance from the usage of all clients that share it. */
async function readRunOut(
  store: Store,
  clients: readonly Client[],
  account: Account,
  pendingSeconds: number,
  today: DateText,
): Promise<RunOut | null> {
  const [payer] = clients;
  if (payer === undefined) return null;
  const ids = clients.map(({ id }) => id);
  const usage = await store.readUsage(ids, usageSince(today));
  const history = burnHistoryFrom(usage, payer, account.blocks, today);
  return forecastBlocks(history, account.blocks, account.overageSeconds + pendingSeconds);
}
