import { burnHistoryFrom, forecastBlocks, usageSince } from '../domain/burn-history.ts';
import type { RunOut } from '../domain/forecast.ts';
import type { Client } from '../domain/terms.ts';
import { type DateText, dateInZone, type Instant } from '../domain/time.ts';
import type { BlockBalance, ClientLedger, MessageStatus, Store } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import { readUnlisted, type UnlistedWorkType } from './unlisted.ts';

export type BlockStatus = 'active' | 'ordered' | 'expired' | 'used-up' | 'void';

export interface ClientBalance {
  client: Client;
  /** Left in the blocks by the ledger; never below zero. */
  settledSeconds: number;
  /** What work not yet debited would cost. */
  pendingSeconds: number;
  overageSeconds: number;
  /** Settled less overage less pending. */
  projectedSeconds: number;
  /** Null: no day can be told. */
  runOut: RunOut | null;
  blocks: (BlockBalance & { shownStatus: BlockStatus })[];
  lastAlert: { at: Instant; status: MessageStatus } | null;
}

export interface BalanceReport {
  asOf: Instant;
  clients: ClientBalance[];
  /** Push messages that were refused for good. */
  deadMessages: number;
  /** Vendor rows that wait for a person. */
  openQuarantine: number;
  /** Debited, or left free, only because of the default for work types that no list names. */
  unlistedWorkTypes: UnlistedWorkType[];
}

/** What each of the clients has, has used and has coming; and what waits for a person. */
export async function buildBalances(
  store: Store,
  clients: readonly Client[],
  asOf: Instant,
): Promise<BalanceReport> {
  const ids = clients.map((client) => client.id);
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const byClient = new Map(ledgers.map((ledger) => [ledger.clientId, ledger]));
  const pending = await store.readPending(ids);
  const alerts = await store.readLatestMessages('alert-ticket');
  const report: BalanceReport = {
    asOf,
    clients: [],
    deadMessages: (await store.listMessages({ statuses: ['dead'] })).length,
    openQuarantine: (await store.listQuarantine(['open'])).length,
    unlistedWorkTypes: await readUnlisted(store, clients),
  };
  for (const client of clients) {
    const ledger = byClient.get(client.id) ?? emptyLedger(client.id);
    const { blocks, overageSeconds } = ledger;
    const pendingSeconds = pending.get(client.id) ?? 0;
    const settledSeconds = settled(blocks);
    const projectedSeconds = settledSeconds - overageSeconds - pendingSeconds;
    const alert = alerts.get(client.id);
    const today = dateInZone(asOf, client.timezone);
    report.clients.push({
      client,
      settledSeconds,
      pendingSeconds,
      overageSeconds,
      projectedSeconds,
      runOut: await readRunOut(store, client, ledger, today, pendingSeconds),
      blocks: blocks.map((block) => ({ ...block, shownStatus: statusOf(block, today) })),
      lastAlert: alert === undefined ? null : { at: alert.createdAt, status: alert.status },
    });
  }
  return report;
}

/** The report as programs read it; the counts are on the lists that show their rows. */
export function balancesToJson({ asOf, clients }: BalanceReport): unknown {
  return {
    asOf,
    clients: clients.map((balance) => ({
      client: balance.client.name,
      ids: Object.fromEntries(balance.client.sourceIds),
      settledSeconds: balance.settledSeconds,
      pendingSeconds: balance.pendingSeconds,
      projectedSeconds: balance.projectedSeconds,
      overageSeconds: balance.overageSeconds,
      runOutOn: balance.runOut?.runOutOn ?? null,
      runOutEarliestOn: balance.runOut?.earliestOn ?? null,
      runOutLatestOn: balance.runOut?.latestOn ?? null,
      blocks: balance.blocks.map((block) => ({
        id: block.id,
        hours: block.seconds / 3600,
        rateMinor: block.rateMinor,
        currency: block.currency,
        purchasedOn: block.purchasedOn,
        expiresOn: block.expiresOn,
        remainingSeconds: block.remainingSeconds,
        status: block.shownStatus,
      })),
    })),
  };
}

function emptyLedger(clientId: string): ClientLedger {
  return { clientId, blocks: [], overageSeconds: 0, clientSeq: 0 };
}

function settled(blocks: readonly BlockBalance[]): number {
  return blocks
    .filter((block) => block.status === 'active')
    .reduce((sum, block) => sum + block.remainingSeconds, 0);
}

/** By the calendar: a block past its last day is expired, whether or not a run has taken its rest yet. */
function statusOf(block: BlockBalance, today: DateText): BlockStatus {
  if (block.status !== 'active') return block.status;
  if (block.expiresOn !== null && block.expiresOn < today) return 'expired';
  return block.remainingSeconds === 0 ? 'used-up' : 'active';
}

/** Of the projected balance. */
async function readRunOut(
  store: Store,
  client: Client,
  ledger: ClientLedger,
  today: DateText,
  pendingSeconds: number,
): Promise<RunOut | null> {
  const usage = await store.readUsage(client.id, usageSince(today));
  const history = burnHistoryFrom(usage, client, ledger.blocks, today);
  const { blocks, overageSeconds } = accountFrom(ledger);
  return forecastBlocks(history, blocks, overageSeconds + pendingSeconds);
}
