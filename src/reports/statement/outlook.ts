import {
  type Client,
  type Offer,
  type ReplenishRule,
  sellsBlock,
} from '../../domain/agreements/terms.ts';
import type { RunOut } from '../../domain/forecast/forecast.ts';
import { priceOf } from '../../domain/money.ts';
import { addMonths, type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { PendingEntry, Store } from '../../store/port.ts';
import { buildBalances, type ClientBalance } from '../balances/balances.ts';

/** What lies ahead of a client on a day: shown on the page of a running month only. */
export interface Outlook {
  asOf: DateText;
  open: OpenWork[];
  /** What all of it would take. */
  openSeconds: number;
  /** Settled hours less overage and open work. */
  projectedSeconds: number;
  runOut: RunOut | null;
  next: { offer: Offer; rule: ReplenishRule } | null;
  saving: Saving | null;
}

/** Work that is not charged yet, of one ticket. */
export interface OpenWork {
  ticketNumber: string | null;
  summary: string | null;
  technicians: string[];
  workedSeconds: number;
  pendingSeconds: number;
}

/** What the blocks of the last 12 months would have cost less at the rate of a larger one. */
interface Saving {
  offer: Offer;
  boughtSeconds: number;
  minor: number;
}

interface OutlookRequest {
  client: Client;
  /** All configured clients: some may share the blocks. */
  all: readonly Client[];
  offers: ReadonlyMap<string, Offer>;
  now: Instant;
  /** The client's, where it is known already. */
  balance?: ClientBalance | undefined;
}

export async function buildOutlook(
  store: Store,
  { client, all, offers, now, balance: known }: OutlookRequest,
): Promise<Outlook | null> {
  const balance = known ?? (await readBalance(store, { client, all, now }));
  if (balance === undefined) return null;
  const open = toOpenWork(await store.readPendingEntries([client.id]));
  const asOf = dateInZone(now, client.timezone);
  // Blocks, and what is sold next, are the business of the client who pays.
  const next = client.paidBy === null ? findNext(client) : null;
  return {
    asOf,
    open,
    openSeconds: open.reduce((sum, { pendingSeconds }) => sum + pendingSeconds, 0),
    projectedSeconds: balance.projectedSeconds,
    runOut: balance.runOut,
    next,
    saving: client.paidBy === null ? findSaving(balance, [...offers.values()], asOf) : null,
  };
}

async function readBalance(
  store: Store,
  { client, all, now }: Pick<OutlookRequest, 'client' | 'all' | 'now'>,
): Promise<ClientBalance | undefined> {
  const { clients } = await buildBalances(store, { shown: [client], all, asOf: now });
  return clients[0];
}

function toOpenWork(rows: readonly PendingEntry[]): OpenWork[] {
  return [...Map.groupBy(rows, ({ groupKey }) => groupKey).values()].map((group) => {
    const [first] = group;
    return {
      ticketNumber: first?.ticketNumber ?? null,
      summary: first?.ticketSummary ?? null,
      technicians: [...new Set(group.map(({ technician }) => technician))],
      workedSeconds: group.reduce((sum, { seconds }) => sum + seconds, 0),
      pendingSeconds: first?.pendingSeconds ?? 0,
    };
  });
}

/** The first offer that an invoice is made of, or else the first that is proposed. */
function findNext({ agreement }: Client): Outlook['next'] {
  const rules = agreement.replenish.flatMap((rule) =>
    rule.offer === null ? [] : [{ rule, offer: rule.offer }],
  );
  return rules.find(({ rule }) => sellsBlock(rule)) ?? rules[0] ?? null;
}

/**
 * The offer that would have saved most on blocks of hours for any work, among those no larger than what
 * was bought; null: none cheaper.
 */
function findSaving(
  { blocks }: ClientBalance,
  offers: readonly Offer[],
  today: DateText,
): Saving | null {
  const since = addMonths(today, -12);
  const bought = blocks.filter(
    (block) =>
      block.purchasedOn > since &&
      block.purchasedOn <= today &&
      block.amountMinor === null &&
      block.workTypes === null &&
      ['opening', 'purchase', 'manual'].includes(block.source) &&
      block.status !== 'void',
  );
  const savings = offers.flatMap((offer): Saving[] => {
    if (offer.amountMinor !== null || offer.workTypes !== null) return [];
    const dearer = bought.filter(
      ({ currency, rateMinor, seconds }) =>
        currency === offer.currency && rateMinor > offer.rateMinor && seconds < offer.seconds,
    );
    const boughtSeconds = dearer.reduce((sum, { seconds }) => sum + seconds, 0);
    const minor = dearer.reduce(
      (sum, { seconds, rateMinor }) => sum + priceOf(seconds, rateMinor - offer.rateMinor),
      0,
    );
    return boughtSeconds >= offer.seconds && minor > 0 ? [{ offer, boughtSeconds, minor }] : [];
  });
  return savings.toSorted((a, b) => b.minor - a.minor)[0] ?? null;
}
