import { familyOf } from '../domain/agreements/shares.ts';
import type { Agreement, Client } from '../domain/agreements/terms.ts';
import { type SpendableBlock, toSpendable } from '../domain/blocks/allocation.ts';
import { type Coverable, decideCoverage } from '../domain/charges/coverage.ts';
import { rateOf } from '../domain/charges/price.ts';
import { burnHistoryFrom, forecastBlocks, usageSince } from '../domain/forecast/burn-history.ts';
import type { RunOut } from '../domain/forecast/forecast.ts';
import type { BurnHistory } from '../domain/forecast/pace.ts';
import type { Account } from '../domain/ledger/postings.ts';
import { priceOf } from '../domain/money.ts';
import { type EntryNames, type NameBook, namesOfEntry } from '../domain/records/names.ts';
import { idleOf } from '../domain/thresholds/idle.ts';
import {
  type OwedWork,
  type PendingWork,
  positionsByKind,
} from '../domain/thresholds/positions.ts';
import { moneyLeftIn, type Position } from '../domain/thresholds/thresholds.ts';
import { type DateText, dateInZone } from '../domain/time.ts';
import { type Block, type ClientLedger, type PendingEntry, readNameBook } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';

/** Usage history of the clients whose rules need a forecast. */
export async function readHistories(
  context: Pick<ReplenishContext, 'store' | 'at' | 'clients'>,
  clients: readonly Client[],
  ledgers: readonly ClientLedger[],
): Promise<Map<string, BurnHistory>> {
  const histories = new Map<string, BurnHistory>();
  for (const client of clients) {
    if (client.paidBy !== null || !needsForecast(client)) continue;
    const blocks = ledgers.find(({ clientId }) => clientId === client.id)?.blocks ?? [];
    histories.set(client.id, await readHistory(context, client, blocks));
  }
  return histories;
}

async function readHistory(
  { store, at, clients }: Pick<ReplenishContext, 'store' | 'at' | 'clients'>,
  client: Client,
  blocks: ClientLedger['blocks'],
): Promise<BurnHistory> {
  const today = dateInZone(at, client.timezone);
  const family = familyOf(client, clients).map(({ id }) => id);
  const usage = await store.readUsage(family, usageSince(today));
  return burnHistoryFrom(usage, client, blocks, today);
}

/** Read only for a message: most rules need no forecast. */
export async function forecastRunOut(
  context: Pick<ReplenishContext, 'store' | 'at' | 'clients'>,
  client: Client,
  { blocks, overageSeconds }: Account,
  {
    histories,
    pending,
    ledgers,
  }: {
    histories: ReadonlyMap<string, BurnHistory>;
    pending: ReadonlyMap<string, number>;
    ledgers: ReadonlyMap<string, ClientLedger>;
  },
): Promise<RunOut | null> {
  const bought = ledgers.get(client.id)?.blocks ?? [];
  const history = histories.get(client.id) ?? (await readHistory(context, client, bought));
  const family = familyOf(client, context.clients);
  const pendingSeconds = family.reduce((sum, { id }) => sum + (pending.get(id) ?? 0), 0);
  return forecastBlocks(history, blocks, overageSeconds + pendingSeconds);
}

/** Also needed if the agreement ends, since nothing is sold that could not be used up. */
function needsForecast({ agreement }: Client): boolean {
  return agreement.replenish.some(
    (rule) => 'runOutWithinDays' in rule.when || (agreement.until !== null && rule.offer !== null),
  );
}

/** Overage and pending work by work type, if a client has limited blocks or offers. */
export async function readOwed(
  { store, clients: all }: Pick<ReplenishContext, 'store' | 'clients'>,
  clients: readonly Client[],
  ledgers: readonly ClientLedger[],
): Promise<Map<string, OwedWork>> {
  const owed = new Map<string, OwedWork>();
  let names: NameBook | undefined;
  for (const client of clients) {
    if (client.paidBy !== null) continue;
    const ledger = ledgers.find(({ clientId }) => clientId === client.id);
    const offers = client.agreement.replenish.flatMap(({ offer }) => offer ?? []);
    if (![...(ledger?.blocks ?? []), ...offers].some(isSpecial)) continue;
    const family = familyOf(client, all);
    const isOwing = (ledger?.overageSeconds ?? 0) > 0;
    const rows = await store.readPendingEntries(family.map(({ id }) => id));
    const book = names ?? (await readNameBook(store, all));
    names = book;
    const ruled = rows.map((row) => ({ ...row, ...namesOfEntry(row, book) }));
    owed.set(client.id, {
      overage: isOwing ? await store.readOpenOverage(client.id) : [],
      pending: family.flatMap((one) => pendingWork(ruled, one)),
    });
  }
  return owed;
}

function isSpecial({ workTypes, amountMinor }: Pick<Block, 'workTypes' | 'amountMinor'>): boolean {
  return workTypes !== null || amountMinor !== null;
}

type RuledEntry = Omit<PendingEntry, keyof EntryNames> & Coverable;

/**
 * Splits a group's pending cost among the work types of its covered entries, by the time that would
 * be debited. There may be none while a change of an entry waits to be debited.
 */
function pendingWork(rows: readonly RuledEntry[], { id, agreement }: Client): PendingWork[] {
  const own = rows.filter(({ clientId }) => clientId === id);
  return [...Map.groupBy(own, ({ groupKey }) => groupKey).values()].flatMap((group) => {
    const covered = group.filter((row) => decideCoverage(row, agreement).startsWith('covered'));
    const whole = timeOf(covered, agreement);
    let left = group[0]?.pendingSeconds ?? 0;
    const parts = [...Map.groupBy(covered, ({ workType }) => JSON.stringify(workType)).values()];
    return parts.map((entries, index) => {
      const { workType = null } = entries[0] ?? {};
      const share = timeOf(entries, agreement) / Math.max(1, whole);
      const isLast = index === parts.length - 1;
      const seconds = isLast ? left : Math.round((group[0]?.pendingSeconds ?? 0) * share);
      left -= seconds;
      const { rates } = agreement;
      const price = rates && {
        minor: priceOf(seconds, rateOf(workType, rates)),
        currency: rates.currency,
      };
      return { workTypes: [workType], seconds, price };
    });
  });
}

function timeOf(entries: readonly RuledEntry[], { timeFrom }: Agreement): number {
  const isBilled = timeFrom === 'billed';
  return entries.reduce((sum, { seconds, billedSeconds }) => {
    return sum + ((isBilled ? billedSeconds : null) ?? seconds);
  }, 0);
}

interface KnownOfClient {
  client: Client;
  today: DateText;
  pendingSeconds: number;
  history: BurnHistory | null;
  owed: OwedWork | null;
  /** Null: no charged work yet; absent: nobody asks. */
  lastWorkedOn?: DateText | null;
}

/**
 * The positions that thresholds are checked against, one per kind of hours, after expiries. A block
 * just created by a rollover is as large as its contents.
 */
export function positionsOf(
  account: Account,
  ledger: ClientLedger,
  { client, today, pendingSeconds, history, owed, lastWorkedOn }: KnownOfClient,
): Position[] {
  const { overageSeconds } = account;
  const settledSeconds = account.blocks
    .filter((block) => block.isActive)
    .reduce((sum, block) => sum + block.remainingSeconds, 0);
  const known = new Map(ledger.blocks.map((block) => [block.id, block]));
  const blocks = account.blocks.map((block) => ({
    ...block,
    seconds: known.get(block.id)?.seconds ?? block.remainingSeconds,
    isBought: ['opening', 'purchase', 'manual'].includes(known.get(block.id)?.source ?? ''),
    usableOn: originOf(known, block.id)?.purchasedOn ?? block.purchasedOn,
  }));
  const isIdle = lastWorkedOn !== undefined && pendingSeconds === 0;
  const whole: Position = {
    today,
    workTypes: null,
    balances: { settledSeconds, overageSeconds, pendingSeconds },
    blocks,
    idle: isIdle ? idleOf(blocks, lastWorkedOn, today) : null,
    hasHours: true,
    moneyLeft: moneyLeftIn(account.blocks),
    moneyOwed: new Map(),
    forecast: (balance, boughtSeconds = 0) => {
      if (history === null) return null;
      const due = overageSeconds + (balance === 'projected' ? pendingSeconds : 0);
      return forecastBlocks(history, [...account.blocks, soldOn(today, boughtSeconds)], due);
    },
  };
  return positionsByKind(whole, client.agreement.replenish, owed ?? { overage: [], pending: [] });
}

/** The block that hours were bought with: they roll over once. */
function originOf(known: ReadonlyMap<string, Block>, id: string): Block | undefined {
  const block = known.get(id);
  return block?.source === 'rollover' ? known.get(block.key.split(':')[1] ?? '') : block;
}

function soldOn(today: DateText, seconds: number): SpendableBlock {
  const terms = { priority: 0, expiresOn: null, workTypes: null, currency: '', amountMinor: null };
  return toSpendable({ id: '', purchasedOn: today, seconds, ...terms });
}
