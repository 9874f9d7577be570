import type { LedgerEntry } from '../ledger/ledger.ts';
import { addMonths, type DateText, dateInZone } from '../time.ts';
import type { ZoneName } from '../zone.ts';
import type { ValuedBlock } from './block-value.ts';
import { deferredChange, EntryValuer, emptyFigures, type Figures } from './movements.ts';

/** Whole months, `2026-03`, both included. */
export interface RevenuePeriod {
  from: string;
  to: string;
}

/** A client's blocks in one currency, in one month of the client's calendar. */
export interface MonthRow extends Figures {
  month: string;
  currency: string;
  openingMinor: number;
  closingMinor: number;
  /** Left in blocks of hours. */
  closingSeconds: number;
}

/** What was left of a block at the start and at the end of the period: seconds, or minor units. */
interface BlockLeft {
  opening: number;
  closing: number;
  closingMinor: number;
}

/** A block that was bought, and not taken back by the end of the period. */
interface Purchase {
  blockId: string;
  /** The day on which its hours were first credited. */
  on: DateText;
}

export interface AccountRevenue {
  /** By currency, then month; months without anything are left out. */
  rows: MonthRow[];
  left: Map<string, BlockLeft>;
  /** Ever, oldest first; without overage that was billed. */
  purchases: Purchase[];
  /** Sold, less reversed, in the equally long period before, by currency. */
  soldBefore: Map<string, number>;
}

export function monthsOf({ from, to }: RevenuePeriod): string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = addMonths(`${month}-01`, 1).slice(0, 7)) {
    months.push(month);
  }
  return months;
}

/** The equally long period before. */
export function periodBefore(period: RevenuePeriod): RevenuePeriod {
  const shift = (month: string) => addMonths(`${month}-01`, -monthsOf(period).length).slice(0, 7);
  return { from: shift(period.from), to: shift(period.to) };
}

interface MonthSum {
  figures: Figures;
  seconds: number;
}

/**
 * One client's ledger in money: all of its entries, oldest first. An entry belongs to the month in
 * which it was posted, as on statements, so a closed month never changes.
 */
export function measureAccount(
  entries: Iterable<LedgerEntry>,
  blocks: Iterable<ValuedBlock>,
  zone: ZoneName,
  period: RevenuePeriod,
): AccountRevenue {
  const valuer = new EntryValuer(blocks);
  const sums = new Map<string, Map<string, MonthSum>>();
  const left = new Map<string, BlockLeft>();
  const purchases = new PurchaseList();
  for (const entry of entries) {
    const day = dateInZone(entry.postedAt, zone);
    const month = day.slice(0, 7);
    if (month > period.to) break;
    const movement = valuer.value(entry);
    if (movement === null) continue;
    const { block, kind, minor } = movement;
    const sum = sumOf(sums, block.currency, month);
    sum.figures[kind] += minor;
    const isHours = block.amountMinor === null;
    if (isHours) sum.seconds += entry.side === 'credit' ? entry.seconds : -entry.seconds;
    left.set(block.id, {
      opening: month < period.from ? movement.left : (left.get(block.id)?.opening ?? 0),
      closing: movement.left,
      closingMinor: movement.leftMinor,
    });
    if (kind === 'sold' || kind === 'reversed') purchases.note(entry, day);
  }
  return {
    rows: [...sums].flatMap(([currency, months]) => toRows(currency, months, period)),
    left,
    purchases: purchases.list(),
    soldBefore: new Map(
      [...sums].map(([currency, months]) => [currency, soldIn(months, periodBefore(period))]),
    ),
  };
}

function sumOf(
  sums: Map<string, Map<string, MonthSum>>,
  currency: string,
  month: string,
): MonthSum {
  const months = sums.get(currency) ?? new Map<string, MonthSum>();
  sums.set(currency, months);
  const sum = months.get(month) ?? { figures: emptyFigures(), seconds: 0 };
  months.set(month, sum);
  return sum;
}

function toRows(
  currency: string,
  months: ReadonlyMap<string, MonthSum>,
  period: RevenuePeriod,
): MonthRow[] {
  let openingMinor = 0;
  let closingSeconds = 0;
  for (const [month, { figures, seconds }] of months) {
    if (month >= period.from) continue;
    openingMinor += deferredChange(figures);
    closingSeconds += seconds;
  }
  const rows: MonthRow[] = [];
  for (const month of monthsOf(period)) {
    const sum = months.get(month);
    const figures = sum?.figures ?? emptyFigures();
    const closingMinor = openingMinor + deferredChange(figures);
    closingSeconds += sum?.seconds ?? 0;
    const isEmpty = sum === undefined && openingMinor === 0 && closingSeconds === 0;
    if (!isEmpty) {
      rows.push({ month, currency, openingMinor, ...figures, closingMinor, closingSeconds });
    }
    openingMinor = closingMinor;
  }
  return rows;
}

function soldIn(months: ReadonlyMap<string, MonthSum>, { from, to }: RevenuePeriod): number {
  const within = [...months].filter(([month]) => from <= month && month <= to);
  return within.reduce((sum, [, { figures }]) => sum + figures.sold - figures.reversed, 0);
}

/** A block whose payment was returned, in full or in part, is credited again if it is paid. */
class PurchaseList {
  readonly #firstOn = new Map<string, DateText>();
  readonly #standing = new Set<string>();

  note({ blockId, reason, reverses }: LedgerEntry, day: DateText): void {
    if (blockId === null || reason === 'overage') return;
    if (reverses !== null) this.#standing.delete(blockId);
    else {
      this.#standing.add(blockId);
      if (!this.#firstOn.has(blockId)) this.#firstOn.set(blockId, day);
    }
  }

  list(): Purchase[] {
    return [...this.#firstOn]
      .filter(([blockId]) => this.#standing.has(blockId))
      .map(([blockId, on]) => ({ blockId, on }));
  }
}
