import type { LedgerEntry } from '../domain/ledger.ts';
import type { Client, Locale } from '../domain/terms.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { Block, PostedCharge, Store } from '../store/port.ts';
import { readGroups } from './statement-groups.ts';
import { causeOf, type LineContext, toChargeLine, toPlainLine } from './statement-lines.ts';
import { type Period, periodOfMonth } from './statement-period.ts';
import type {
  LineKind,
  Statement,
  StatementBalance,
  StatementBlock,
  StatementLine,
} from './statement-shape.ts';

export interface StatementRequest {
  client: Client;
  /** `2026-03`, in the client's zone. */
  month: string;
  locale: Locale;
  now: Instant;
}

/** A run that began before midnight posts at its own moment, and may still be at it after midnight. */
const settlingSeconds = 3600;

/** While a month runs, entries may be posted between two of our reads: then we read again. */
const attemptsMax = 3;

/**
 * What a client had, bought and used in a month: what was posted in it, whatever the day of work.
 * Reads only rows that never change, so a month that is over comes out the same for ever.
 * Throws when opening balance and lines do not come to the closing balance.
 */
export async function buildStatement(store: Store, request: StatementRequest): Promise<Statement> {
  const { client, locale, now } = request;
  const period = periodOfMonth(request.month, client.timezone);
  const isOver = addSeconds(period.to, settlingSeconds) <= now;
  for (let attempt = 1; ; attempt++) {
    const sums = await readSums(store, client.id, period);
    const context = { zone: client.timezone, blocks: await readBlocks(store, client.id) };
    const lines = await readLines(store, client.id, period, context);
    const statement: Statement = {
      client: { id: client.id, name: client.name },
      month: period.month,
      firstOn: period.firstOn,
      lastOn: period.lastOn,
      timezone: client.timezone,
      locale,
      opening: toBalance(sums.opening),
      lines,
      closing: toBalance(sums.closing),
      blocks: toStatementBlocks(sums, lines, context.blocks),
      provisional: isOver ? null : { pendingSeconds: await readPending(store, client.id) },
    };
    const difference = differenceSeconds(statement);
    if (difference === 0) return statement;
    if (isOver || attempt === attemptsMax) {
      throw new Error(
        `The statement of ${client.name} for ${period.month} does not add up: ` +
          `its lines miss ${difference} s between opening and closing balance.`,
      );
    }
  }
}

/** Closing balance less opening balance less all lines; 0 on every statement that is shown. */
export function differenceSeconds({ opening, lines, closing }: Statement): number {
  const moved = lines.reduce((sum, line) => sum + line.seconds, 0);
  return closing.netSeconds - opening.netSeconds - moved;
}

type Sums = ReadonlyMap<string | null, number>;

/** Both over the whole ledger, in one reading of it. */
async function readSums(
  store: Store,
  clientId: string,
  { from, to }: Period,
): Promise<{ opening: Sums; closing: Sums }> {
  const rows = await store.readBalancesAt(clientId, from, to);
  return {
    opening: new Map(rows.map((row) => [row.blockId, row.openingSeconds])),
    closing: new Map(rows.map((row) => [row.blockId, row.closingSeconds])),
  };
}

function toBalance(sums: Sums): StatementBalance {
  let settledSeconds = 0;
  for (const [blockId, seconds] of sums) if (blockId !== null) settledSeconds += seconds;
  // Overage is debited from nothing, so its sum is below zero while some is open.
  const overageSeconds = 0 - (sums.get(null) ?? 0);
  return { settledSeconds, overageSeconds, netSeconds: settledSeconds - overageSeconds };
}

async function readBlocks(store: Store, clientId: string): Promise<ReadonlyMap<string, Block>> {
  const [ledger] = await store.readLedgers([clientId], { isAllBlocks: true });
  return new Map((ledger?.blocks ?? []).map((block) => [block.id, block]));
}

async function readPending(store: Store, clientId: string): Promise<number> {
  return (await store.readPending([clientId])).get(clientId) ?? 0;
}

async function readLines(
  store: Store,
  clientId: string,
  { from, to }: Period,
  context: LineContext,
): Promise<StatementLine[]> {
  const entries: LedgerEntry[] = [];
  for await (const page of store.streamLedger(clientId, from, to)) entries.push(...page);
  const posted: PostedCharge[] = [];
  for await (const page of store.streamCharges(clientId, from, to)) posted.push(...page);
  const groups = await readGroups(store, clientId, from, entries, posted);
  const lines: StatementLine[] = [];
  for (const group of groups) {
    const line = toChargeLine(group, context);
    if (line !== null) lines.push(line);
  }
  for (const cause of groupByCause(entries.filter((entry) => entry.chargeId === null))) {
    lines.push(toPlainLine(cause, context));
  }
  return lines
    .map((line, index) => ({ line, index }))
    .sort(byReading)
    .map(({ line }) => line);
}

function groupByCause(entries: readonly LedgerEntry[]): LedgerEntry[][] {
  const causes = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const cause = causeOf(entry);
    causes.set(cause, [...(causes.get(cause) ?? []), entry]);
  }
  return [...causes.values()];
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

/** Purchases, work by its day, corrections, the rest; ties keep the order of the stored rows. */
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
  const shown = [...blocks.values()].filter(
    ({ id }) => used.has(id) || (opening.get(id) ?? 0) !== 0,
  );
  return shown
    .map((block) => ({
      blockId: block.id,
      seconds: block.seconds,
      rateMinor: block.rateMinor,
      currency: block.currency,
      purchasedOn: block.purchasedOn,
      expiresOn: block.expiresOn,
      workTypes: block.workTypes,
      openingSeconds: opening.get(block.id) ?? 0,
      closingSeconds: closing.get(block.id) ?? 0,
    }))
    .sort(
      (a, b) => compareTexts(a.purchasedOn, b.purchasedOn) || compareTexts(a.blockId, b.blockId),
    );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
