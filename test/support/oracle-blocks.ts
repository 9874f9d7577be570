import type { Share } from '../../src/domain/agreements/terms.ts';
import { type Asked, type Price, plain } from './oracle-cost.ts';

/** A block of hours (counted in seconds) or of money (in minor units). */
export interface OracleBlock {
  /** The client that bought it. */
  owner: string;
  /** Null: hours. */
  currency: string | null;
  size: number;
  left: number;
  /** What was left at its end. */
  ended: number;
  priority: number;
  boughtOn: string;
  expiresOn: string;
  /** Null: all. */
  workTypes: readonly string[] | null;
  /** Made of another's hours: these roll over once. */
  isRolled: boolean;
  /** Withdrawn: it pays for nothing any more. */
  isVoid: boolean;
  /** What it has rolled over. */
  passedOn: number;
  /** What each client took of it. */
  used: Map<string, number>;
}

/** Work to be paid for. */
export interface Demand extends Asked {
  client: string;
  day: string;
}

export interface Payment {
  /** Null: overage. */
  block: OracleBlock | null;
  seconds: number;
  /** In the block's own unit. */
  taken: number;
}

/** The most that a client may take of each block; none: all of it. */
export type Shares = ReadonlyMap<string, Share>;

/** Who would pay for the work; nothing is taken yet. With `late`, what has ended may pay as well. */
export function planPayment(
  demand: Demand,
  blocks: readonly OracleBlock[],
  shares: Shares,
  late: 'with ended hours' | null = null,
): Payment[] {
  const payments: Payment[] = [];
  let wanted = demand.seconds;
  for (const block of [...blocks].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))) {
    if (!canPay(block, demand)) continue;
    const there = block.left + (late === null ? 0 : block.ended);
    const usable = Math.min(there, roomFor(demand.client, block, shares));
    const due =
      block.currency === null ? wanted : partOf(demand.price, wanted, demand.seconds).minor;
    const taken = Math.min(due, usable);
    const seconds = taken === due ? wanted : Math.floor((wanted * taken) / due);
    if (seconds <= 0 || taken <= 0) continue;
    payments.push({ block, seconds, taken });
    wanted -= seconds;
  }
  if (wanted > 0) payments.push({ block: null, seconds: wanted, taken: wanted });
  return payments;
}

/** Whether blocks, with what has ended of them, would pay for all of it. */
export function canPayAll(
  demands: readonly Demand[],
  blocks: readonly OracleBlock[],
  shares: Shares,
): boolean {
  const taken = demands.flatMap((demand) =>
    planPayment(demand, blocks, shares, 'with ended hours').map((payment) => {
      move(payment, demand.client, 1);
      return { payment, client: demand.client };
    }),
  );
  for (const { payment, client } of taken) move(payment, client, -1);
  return taken.every(({ payment }) => payment.block !== null);
}

export function canPay(block: OracleBlock, { day, price, workType }: Demand): boolean {
  if (block.isVoid || day > block.expiresOn) return false;
  if (block.currency !== null && block.currency !== price?.currency) return false;
  const limits = block.workTypes?.map(plain);
  return limits === undefined || (workType !== '' && limits.includes(workType));
}

export function partOf(price: Price | null, part: number, whole: number): Price {
  if (price === null || whole === 0) return { minor: 0, currency: '' };
  return { ...price, minor: Math.round((price.minor * part) / whole) };
}

function roomFor(client: string, { size, currency, used }: OracleBlock, shares: Shares): number {
  const share = shares.get(client);
  if (share === undefined) return Infinity;
  const most = 'percent' in share ? Math.floor((size * share.percent) / 100) : share.seconds;
  // Hours say nothing of money.
  if ('seconds' in share && currency !== null) return Infinity;
  return most - (used.get(client) ?? 0);
}

/** Takes it (or, with -1, gives it back). */
export function move({ block, taken }: Payment, client: string, times: 1 | -1): void {
  if (block === null) return;
  block.left -= times * taken;
  block.used.set(client, (block.used.get(client) ?? 0) + times * taken);
}

/** Two of the same rank: which of them goes first is up to the engine. */
export function rankOf({ priority, expiresOn, boughtOn }: OracleBlock): string {
  return `${String(priority).padStart(3, '0')} ${expiresOn} ${boughtOn}`;
}

/** The block that goes on with what is left of one that ends, up to a limit in hours for all it passes on. */
export function rollOver(
  block: OracleBlock,
  { seconds, validForMonths }: { seconds: number | null; validForMonths: number | null },
): OracleBlock | null {
  if (block.isRolled) return null;
  const limit = block.currency === null ? (seconds ?? Infinity) : seconds === null ? Infinity : 0;
  const size = Math.min(block.left, limit - block.passedOn);
  if (size <= 0) return null;
  block.left -= size;
  block.passedOn += size;
  const boughtOn = addDays(block.expiresOn, 1);
  const months = validForMonths ?? wholeMonths(block.boughtOn, boughtOn);
  const days = (Date.parse(boughtOn) - Date.parse(block.boughtOn)) / dayMs;
  const until = months === null ? addDays(boughtOn, days) : addMonths(boughtOn, months);
  return {
    ...block,
    size,
    left: size,
    ended: 0,
    passedOn: 0,
    isRolled: true,
    used: new Map(),
    boughtOn,
    expiresOn: addDays(until, -1),
  };
}

const dayMs = 86_400_000;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}

/** The same day of a later month, or that month's last where it has none. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const moved = Date.UTC(year, month - 1 + months, Math.min(date, last));
  return new Date(moved).toISOString().slice(0, 10);
}

function wholeMonths(from: string, to: string): number | null {
  for (let months = 1; addMonths(from, months) <= to; months += 1) {
    if (addMonths(from, months) === to) return months;
  }
  return null;
}
