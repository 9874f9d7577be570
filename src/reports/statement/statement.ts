import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import type { Locale } from '../../domain/format.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { textFromMinor } from '../../domain/money.ts';
import { addSeconds, type Instant } from '../../domain/time.ts';
import type { Block, PostedCharge, Store } from '../../store/port.ts';
import { readBlocksAsOf } from './blocks-as-of.ts';
import { isFirstMonth, readGroups } from './statement-groups.ts';
import { addUp, causeOf, type LineContext, toChargeLine, toPlainLine } from './statement-lines.ts';
import { type Period, periodOfMonth } from './statement-period.ts';
import type {
  Amount,
  LineKind,
  Statement,
  StatementBalance,
  StatementBlock,
  StatementLine,
} from './statement-shape.ts';
import { readProactiveShare } from './work-classes.ts';

interface StatementRequest {
  client: Client;
  /** `2026-03`, in the client's zone. */
  month: string;
  locale: Locale;
  now: Instant;
}

/**
 * A run that began before midnight posts with its own timestamp, and may still be posting after
 * midnight.
 */
const settlingSeconds = 3600;

/** During the current month, entries may be posted between two of our reads: then we read again. */
const attemptsMax = 3;

/**
 * What a client had, bought and used in a month: everything posted in it, whatever the day of work.
 * Reads only immutable rows, so a closed month always prints the same. Throws if opening balance
 * and lines do not add up to the closing balance.
 */
export async function buildStatement(store: Store, request: StatementRequest): Promise<Statement> {
  const { client, locale, now } = request;
  const period = periodOfMonth(request.month, client.timezone);
  const isOver = addSeconds(period.to, settlingSeconds) <= now;
  for (let attempt = 1; ; attempt++) {
    const sums = await readSums(store, client.id, period);
    const rows = await readRows(store, client.id, period);
    const context = await readContext(store, client, period, rows.entries);
    const lines = await readLines(store, period, context, rows);
    const isShared = client.paidBy !== null;
    const statement: Statement = {
      client: { id: client.id, name: client.name },
      paidBy: client.paidBy?.name ?? null,
      month: period.month,
      firstOn: period.firstOn,
      lastOn: period.lastOn,
      timezone: client.timezone,
      locale,
      durations: client.durations,
      opening: toBalance(sums.opening, context.blocks),
      lines,
      closing: toBalance(sums.closing, context.blocks),
      // What is left in a block is shown only to the client it belongs to.
      blocks: isShared ? [] : toStatementBlocks(sums, lines, context.blocks),
      isFirst: await isFirstMonth(store, client.id, period.from),
      provisional: isOver ? null : { pendingSeconds: await readPending(store, client.id) },
      ...(await readProactiveShare(store, client, period.month, rows.posted)),
    };
    const difference = differenceSeconds(statement);
    const money = differenceOfMoney(statement);
    if (difference === 0 && money.length === 0) return statement;
    if (isOver || attempt === attemptsMax) {
      throw new Error(
        `The statement of ${client.name} for ${period.month} does not add up: ` +
          `its lines miss ${[`${difference} s`, ...money.map(missing)].join(' and ')} between opening and closing balance.`,
      );
    }
  }
}

function missing({ minor, currency }: Amount): string {
  return `${textFromMinor(minor, currency)} ${currency}`;
}

/** Closing balance minus opening balance minus all lines; 0 on every statement that is shown. */
export function differenceSeconds({ opening, lines, closing }: Statement): number {
  const moved = lines.reduce((sum, line) => sum + line.seconds, 0);
  return closing.netSeconds - opening.netSeconds - moved;
}

/** The same for money, by currency; empty on every statement that is shown. */
function differenceOfMoney({ opening, lines, closing }: Statement): Amount[] {
  const signed = (amounts: readonly Amount[], sign: 1 | -1) =>
    amounts.map(({ currency, minor }) => ({ currency, minor: sign * minor }));
  const all = [
    ...signed(closing.money, 1),
    ...signed(opening.money, -1),
    ...lines.flatMap((line) => signed(line.money, -1)),
  ];
  return addUp(all, ({ minor }) => minor);
}

interface Sum {
  /** Of hours. */
  seconds: number;
  /** Null: hours. */
  minor: number | null;
}

type Sums = ReadonlyMap<string | null, Sum>;

/** Both sums over the whole ledger, in one query. */
async function readSums(
  store: Store,
  clientId: string,
  { from, to }: Period,
): Promise<{ opening: Sums; closing: Sums }> {
  const rows = [
    ...(await store.readBalancesAt(clientId, from, to)),
    ...(await store.readSharedUsesAt(clientId, from, to)),
  ];
  const opening = new Map<string | null, Sum>();
  const closing = new Map<string | null, Sum>();
  for (const row of rows) {
    add(opening, row.blockId, { seconds: row.openingSeconds, minor: row.openingMinor });
    add(closing, row.blockId, { seconds: row.closingSeconds, minor: row.closingMinor });
  }
  return { opening, closing };
}

/** A block pays for its own client's work and for others': both go into one sum. */
function add(sums: Map<string | null, Sum>, blockId: string | null, sum: Sum): void {
  const known = sums.get(blockId) ?? { seconds: 0, minor: null };
  const isMoney = known.minor !== null || sum.minor !== null;
  sums.set(blockId, {
    seconds: known.seconds + sum.seconds,
    minor: isMoney ? (known.minor ?? 0) + (sum.minor ?? 0) : null,
  });
}

function toBalance(sums: Sums, blocks: ReadonlyMap<string, Block>): StatementBalance {
  let settledSeconds = 0;
  const amounts: Amount[] = [];
  for (const [blockId, { seconds, minor }] of sums) {
    if (blockId === null) continue;
    settledSeconds += seconds;
    const currency = blocks.get(blockId)?.currency;
    if (minor !== null && currency !== undefined) amounts.push({ currency, minor });
  }
  // Overage is only debited, so its sum is negative while some is open.
  const overageSeconds = 0 - (sums.get(null)?.seconds ?? 0);
  const money = addUp(amounts, ({ minor }) => minor);
  return { settledSeconds, overageSeconds, netSeconds: settledSeconds - overageSeconds, money };
}

/** The rows behind the period's lines. */
interface Rows {
  entries: LedgerEntry[];
  posted: PostedCharge[];
}

/**
 * Reads the client's own account, and what others' blocks paid for its work. The account of a
 * client that pays for others includes their charges where its blocks paid for them.
 */
async function readRows(store: Store, clientId: string, { from, to }: Period): Promise<Rows> {
  const entries: LedgerEntry[] = [];
  for await (const page of store.streamLedger(clientId, from, to)) entries.push(...page);
  for await (const page of store.streamSharedUse(clientId, from, to)) entries.push(...page);
  const posted: PostedCharge[] = [];
  for await (const page of store.streamCharges(clientId, from, to)) posted.push(...page);
  const charged = new Set(entries.map(({ chargeId }) => chargeId));
  const sharers = new Set(entries.map(({ usedBy }) => usedBy ?? clientId));
  sharers.delete(clientId);
  for (const sharer of sharers) {
    const paid: PostedCharge[] = [];
    for await (const page of store.streamCharges(sharer, from, to)) paid.push(...page);
    const groups = new Set(paid.filter(({ id }) => charged.has(id)).map((one) => one.groupKey));
    for (const charge of await store.readCharges(chargesOf(entries, sharer))) {
      groups.add(charge.groupKey);
    }
    posted.push(...paid.filter(({ groupKey }) => groups.has(groupKey)));
  }
  return { entries, posted };
}

function chargesOf(entries: readonly LedgerEntry[], sharer: string): string[] {
  const own = entries.filter(({ usedBy }) => usedBy === sharer);
  return [...new Set(own.flatMap(({ chargeId }) => chargeId ?? []))];
}

async function readContext(
  store: Store,
  client: Client,
  { to }: Period,
  entries: readonly LedgerEntry[],
): Promise<LineContext> {
  const accounts = new Set([client.id, payerOf(client).id, ...entries.map((one) => one.clientId)]);
  const isAlone = entries.every(({ usedBy }) => usedBy === null);
  const names = isAlone ? [] : await store.listClients();
  return {
    zone: client.timezone,
    clientId: client.id,
    blocks: await readBlocksAsOf(store, [...accounts], to),
    names: new Map(names.map(({ id, name }) => [id, name])),
  };
}

async function readPending(store: Store, clientId: string): Promise<number> {
  return (await store.readPending([clientId])).get(clientId) ?? 0;
}

async function readLines(
  store: Store,
  { from }: Period,
  context: LineContext,
  { entries, posted }: Rows,
): Promise<StatementLine[]> {
  const groups = await readGroups(store, from, entries, posted);
  const lines: StatementLine[] = [];
  for (const group of groups) {
    const line = toChargeLine(group, context);
    if (line !== null) lines.push(line);
  }
  const uncharged = entries.filter((entry) => entry.chargeId === null);
  for (const ofOneCause of Map.groupBy(uncharged, causeOf).values()) {
    lines.push(toPlainLine(ofOneCause, context));
  }
  return lines
    .map((line, index) => ({ line, index }))
    .sort(byReading)
    .map(({ line }) => line);
}

const readingOrder: Record<LineKind, number> = {
  purchase: 0,
  rollover: 0,
  'overage-billed': 0,
  usage: 1,
  correction: 2,
  'overage-paid': 3,
  adjustment: 4,
  refund: 4,
  reversal: 4,
  expiry: 5,
};

/** Purchases, work by date, corrections, the rest; ties keep the order of the stored rows. */
function byReading(
  a: { line: StatementLine; index: number },
  b: { line: StatementLine; index: number },
): number {
  const rank = readingOrder[a.line.kind] - readingOrder[b.line.kind];
  if (rank !== 0) return rank;
  const dayA = a.line.workedFrom ?? a.line.postedOn;
  const dayB = b.line.workedFrom ?? b.line.postedOn;
  return dayA < dayB ? -1 : dayA > dayB ? 1 : a.index - b.index;
}

function toStatementBlocks(
  { opening, closing }: { opening: Sums; closing: Sums },
  lines: readonly StatementLine[],
  blocks: ReadonlyMap<string, Block>,
): StatementBlock[] {
  const used = new Set(lines.flatMap((line) => line.blocks.map((block) => block.blockId)));
  const shown = [...blocks.values()].filter(({ id }) => used.has(id) || isLeft(opening.get(id)));
  return shown
    .map((block) => ({
      blockId: block.id,
      seconds: block.seconds,
      amountMinor: block.amountMinor,
      rateMinor: block.rateMinor,
      currency: block.currency,
      purchasedOn: block.purchasedOn,
      expiresOn: block.expiresOn,
      workTypes: block.workTypes,
      openingSeconds: opening.get(block.id)?.seconds ?? 0,
      closingSeconds: closing.get(block.id)?.seconds ?? 0,
      openingMinor: block.amountMinor === null ? null : (opening.get(block.id)?.minor ?? 0),
      closingMinor: block.amountMinor === null ? null : (closing.get(block.id)?.minor ?? 0),
    }))
    .sort(
      (a, b) => compareTexts(a.purchasedOn, b.purchasedOn) || compareTexts(a.blockId, b.blockId),
    );
}

function isLeft(sum: Sum | undefined): boolean {
  return sum !== undefined && (sum.seconds !== 0 || (sum.minor ?? 0) !== 0);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
