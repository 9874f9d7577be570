import type { Client } from '../../domain/agreements/terms.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import {
  type AccountRevenue,
  measureAccount,
  type RevenuePeriod,
} from '../../domain/revenue/account.ts';
import type { ValuedBlock } from '../../domain/revenue/block-value.ts';
import { addMonths, type DateText, dateInZone, startOfDay } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { BlockSale, BlockSums, Store } from '../../store/port.ts';

export interface RevenueBlock extends ValuedBlock {
  clientId: string;
  offer: string | null;
  seconds: number;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  status: string;
  invoice: string | null;
  /** On the client's calendar. */
  lowOn: DateText | null;
  orderedOn: DateText;
  paidOn: DateText | null;
}

/** A client with a ledger of its own. */
export interface Account {
  id: string;
  name: string;
  zone: ZoneName;
  blocks: RevenueBlock[];
}

export interface MeasuredAccount extends Account {
  revenue: AccountRevenue;
}

interface SourceOptions {
  /** As configured, with their time zones. */
  clients: readonly Client[];
  /** Of clients that are no longer configured. */
  zone: ZoneName;
}

/** Every client that the database knows: what is owed to one that left the config is still owed. */
export async function readAccounts(
  store: Store,
  { clients, zone }: SourceOptions,
): Promise<Account[]> {
  const known = await store.listClients();
  const zones = new Map(clients.map(({ id, timezone }) => [id, timezone]));
  const ids = known.map(({ id }) => id);
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const sales = new Map((await store.readBlockSales(ids)).map((sale) => [sale.blockId, sale]));
  const blocks = new Map(ledgers.map((ledger) => [ledger.clientId, ledger.blocks]));
  return known.map(({ id, name }) => {
    const own = zones.get(id) ?? zone;
    const toRow = (block: Omit<RevenueBlock, keyof ReturnType<typeof saleOf>>) => ({
      ...block,
      ...saleOf(sales.get(block.id), own),
    });
    return { id, name, zone: own, blocks: (blocks.get(id) ?? []).map(toRow) };
  });
}

function saleOf(sale: BlockSale | undefined, zone: ZoneName) {
  if (sale === undefined) throw new Error('a block was added while the report was read');
  const { invoiced, label, lowAt, orderedAt, paidOn } = sale;
  const lowOn = lowAt === null ? null : dateInZone(lowAt, zone);
  return { invoiced, invoice: label, lowOn, orderedOn: dateInZone(orderedAt, zone), paidOn };
}

/** Entries may be posted between two of our reads, in a month that is still running. */
const attemptsMax = 3;

/**
 * Measures the account, and compares what is left of each block with the database's own sums: a
 * report that does not tie to the ledger is not shown.
 */
export async function readRevenue(
  store: Store,
  account: Account,
  period: RevenuePeriod,
): Promise<MeasuredAccount> {
  const next = addMonths(`${period.to}-01`, 1);
  const [from, to] = [`${period.from}-01`, next].map((day) => startOfDay(day, account.zone));
  if (from === undefined || to === undefined) throw new Error('a period has two ends');
  for (let attempt = 1; ; attempt += 1) {
    const entries: LedgerEntry[] = [];
    for await (const page of store.streamLedger(account.id, null, to)) entries.push(...page);
    const revenue = measureAccount(entries, account.blocks, account.zone, period);
    const fault = findFault(revenue, await store.readBalancesAt(account.id, from, to), account);
    if (fault === null) return { ...account, revenue };
    if (attempt === attemptsMax) {
      throw new Error(`The revenue of ${account.name} does not tie to the ledger: ${fault}.`);
    }
  }
}

function findFault(
  { left, rows }: AccountRevenue,
  sums: readonly BlockSums[],
  { blocks }: Account,
): string | null {
  for (const { blockId, ...sum } of sums) {
    if (blockId === null) continue;
    const opening = sum.openingMinor ?? sum.openingSeconds;
    const closing = sum.closingMinor ?? sum.closingSeconds;
    const found = left.get(blockId);
    if (found?.opening === opening && found.closing === closing) continue;
    return `block ${blockId} holds ${opening} and ${closing}, not ${found?.opening} and ${found?.closing}`;
  }
  const worth = new Map<string, number>();
  for (const { id, currency } of blocks) {
    const minor = left.get(id)?.closingMinor ?? 0;
    worth.set(currency, (worth.get(currency) ?? 0) + minor);
  }
  for (const [currency, minor] of worth) {
    const closing = rows.filter((row) => row.currency === currency).at(-1)?.closingMinor ?? 0;
    if (closing !== minor) return `${currency} ${closing} deferred, its blocks are worth ${minor}`;
  }
  return null;
}
