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

/** Between two of our reads, a running service may post entries, and add blocks. */
const attemptsMax = 3;

interface RevenueRequest extends SourceOptions {
  period: RevenuePeriod;
  /** Null: all. */
  clientId: string | null;
  /** Gets the entries of each account, up to the end of the period; again, if they are read again. */
  keep?(account: Account, entries: readonly LedgerEntry[]): void;
}

/**
 * Measures the accounts, and compares what is left of each block with the database's own sums: a
 * report that does not tie to the ledger is not shown.
 */
export async function readRevenue(
  store: Store,
  request: RevenueRequest,
): Promise<MeasuredAccount[]> {
  const { clientId } = request;
  for (let attempt = 1; ; attempt += 1) {
    const accounts = await readAccounts(store, request);
    const measured: MeasuredAccount[] = [];
    let fault: string | null = null;
    for (const account of accounts.filter(({ id }) => clientId === null || id === clientId)) {
      const { revenue, fault: found } = await measure(store, account, request);
      measured.push({ ...account, revenue });
      fault ??= found;
    }
    if (fault === null) return measured;
    if (attempt === attemptsMax) throw new Error(`Revenue does not tie to the ledger: ${fault}.`);
  }
}

async function measure(store: Store, account: Account, { period, keep }: RevenueRequest) {
  const { id, zone, blocks } = account;
  const from = startOfDay(`${period.from}-01`, zone);
  const to = startOfDay(addMonths(`${period.to}-01`, 1), zone);
  const entries: LedgerEntry[] = [];
  for await (const page of store.streamLedger(id, null, to)) entries.push(...page);
  keep?.(account, entries);
  const known = new Set(blocks.map((block) => block.id));
  const stray = entries.find(({ blockId }) => blockId !== null && !known.has(blockId));
  const usable = stray === undefined ? entries : [];
  const revenue = measureAccount(usable, blocks, zone, period);
  const fault = findFault(revenue, await store.readBalancesAt(id, from, to), account);
  return { revenue, fault };
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
