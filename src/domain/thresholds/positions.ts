import type { ReplenishRule } from '../agreements/terms.ts';
import type { ChargedWorkTypes } from '../blocks/allocation.ts';
import { canKindPay, coversKind, isOfKind, type Kind, kindKey } from '../blocks/kinds.ts';
import type { OpenOverage } from '../ledger/postings.ts';
import type { Price } from '../money.ts';
import { sum } from '../statistics.ts';
import { type HeldBlock, isAboutHours, moneyLeftIn, type Position } from './thresholds.ts';

/** Overage and pending work, by work type. */
export interface OwedWork {
  overage: readonly Pick<OpenOverage, 'workTypes' | 'seconds' | 'price'>[];
  pending: readonly PendingWork[];
}

export interface PendingWork {
  workTypes: ChargedWorkTypes;
  seconds: number;
  /** Null: no money block can pay for it. */
  price: Price | null;
}

/**
 * A client's position per kind of hours: general hours, and each set of work types to which a
 * block, or a rule's offer, is limited. Work of a limited kind may also use general hours, so they
 * count for it; limited hours count for no other work. The general kind comes first, and is omitted
 * if every block is limited and nothing is owed that these could not pay.
 */
export function positionsByKind(
  whole: Position,
  rules: readonly ReplenishRule[],
  owed: OwedWork,
): Position[] {
  const offers = rules.flatMap(({ offer }) => offer ?? []);
  const held = whole.blocks.filter(({ isActive }) => isActive);
  const limited = new Map<string, readonly string[]>();
  for (const { workTypes } of [...held, ...offers]) {
    if (workTypes !== null) limited.set(kindKey(workTypes), workTypes);
  }
  const kinds = [...limited.values()];
  const general = generalPosition(whole, kinds, owed);
  if (kinds.length === 0) {
    return [{ ...general, balances: whole.balances, hasHours: isAboutHours(whole) }];
  }
  const special = kinds.map((kind): Position => {
    const own = held.filter((block) => isOfKind(block, kind));
    const sold = offers.filter((offer) => isOfKind(offer, kind));
    const position = restrict(whole, kind, {
      overage: owed.overage.filter(({ workTypes }) => canKindPay(kind, workTypes)),
      pending: owed.pending.filter(({ workTypes }) => canKindPay(kind, workTypes)),
    });
    const isOwnMoney = ([currency]: [string, number]) =>
      own.some((one) => one.remainingMinor !== null && one.currency === currency) ||
      sold.some((one) => one.amountMinor !== null && one.currency === currency);
    return {
      ...position,
      hasHours:
        own.some(({ remainingMinor }) => remainingMinor === null) ||
        (sold.some(({ amountMinor }) => amountMinor === null) && isAboutHours(position)),
      moneyLeft: new Map([...position.moneyLeft].filter(isOwnMoney)),
    };
  });
  const { overageSeconds, pendingSeconds } = general.balances;
  const isForAll = held.length === 0 || held.some(({ workTypes }) => workTypes === null);
  const hasGeneral = isForAll || overageSeconds + pendingSeconds > 0;
  // Usage is only known for all kinds together, so the run-out is forecast, and idle time is found, once.
  return [...(hasGeneral ? [general] : []), ...special].map((position, index) =>
    index === 0 ? position : { ...position, forecast: () => null, idle: null },
  );
}

/** Limited hours pay what they can of pending work first. Overage is what they could not pay. */
function generalPosition(whole: Position, kinds: readonly Kind[], owed: OwedWork): Position {
  const held = whole.blocks.filter(({ isActive }) => isActive);
  const hasGeneral = held.some(({ workTypes }) => workTypes === null);
  const isLimited = ({ workTypes }: { workTypes: ChargedWorkTypes }) =>
    workTypes !== null && kinds.some((kind) => canKindPay(kind, workTypes));
  if (!hasGeneral && held.length > 0) {
    return restrict(whole, null, {
      overage: owed.overage.filter((entry) => !isLimited(entry)),
      pending: owed.pending.filter((work) => !isLimited(work)),
    });
  }
  const left = new Map(held.map((block) => [block.id, block.remainingSeconds]));
  const pending = owed.pending.map((work) => ({
    ...work,
    seconds: work.seconds - takeLimited(held, left, work),
  }));
  return restrict(whole, null, { overage: owed.overage, pending });
}

function takeLimited(
  held: readonly HeldBlock[],
  left: Map<string, number>,
  { workTypes, seconds }: PendingWork,
): number {
  let taken = 0;
  for (const block of held) {
    if (block.workTypes === null || !canKindPay(block.workTypes, workTypes)) continue;
    const own = Math.min(left.get(block.id) ?? 0, seconds - taken);
    left.set(block.id, (left.get(block.id) ?? 0) - own);
    taken += own;
  }
  return taken;
}

function restrict(whole: Position, kind: Kind, { overage, pending }: OwedWork): Position {
  const blocks = whole.blocks.filter(({ workTypes }) => coversKind(workTypes, kind));
  const balances = {
    settledSeconds: secondsIn(blocks),
    overageSeconds: sum(overage.map(({ seconds }) => seconds)),
    pendingSeconds: sum(pending.map(({ seconds }) => seconds)),
  };
  const position = { ...whole, workTypes: kind, balances, blocks, moneyLeft: moneyLeftIn(blocks) };
  const hasHours = isAboutHours(position);
  const moneyOwed = new Map<string, number>();
  for (const { price } of hasHours ? overage : [...overage, ...pending]) {
    if (price === null) continue;
    moneyOwed.set(price.currency, (moneyOwed.get(price.currency) ?? 0) + price.minor);
  }
  return { ...position, hasHours, moneyOwed };
}

/** What is left in blocks of exactly this kind, after subtracting what is owed. */
export interface KindBalance {
  workTypes: Kind;
  hasHours: boolean;
  settledSeconds: number;
  /** Negative if more was used than bought. */
  netSeconds: number;
  projectedSeconds: number;
  moneyLeft: ReadonlyMap<string, number>;
}

/** Each kind separately, lowest first, for display: these add up, the positions do not. */
export function ownLeft(positions: readonly Position[]): KindBalance[] {
  const limited = positions.filter(({ workTypes }) => workTypes !== null);
  const total = (of: (position: Position) => number) => sum(limited.map(of));
  const kinds = positions.map((position) => {
    const { workTypes, balances, hasHours } = position;
    const own = position.blocks.filter((block) => isOfKind(block, workTypes));
    const settledSeconds = secondsIn(own);
    const isGeneral = workTypes === null;
    const overage = isGeneral
      ? Math.max(0, balances.overageSeconds - total((one) => one.balances.overageSeconds))
      : balances.overageSeconds;
    const pending = isGeneral
      ? Math.max(0, balances.pendingSeconds - total(excessPending))
      : balances.pendingSeconds;
    const netSeconds = settledSeconds - overage;
    const projectedSeconds = netSeconds - pending;
    const moneyLeft = moneyLeftIn(own);
    return { workTypes, hasHours, settledSeconds, netSeconds, projectedSeconds, moneyLeft };
  });
  return kinds.sort((a, b) => a.netSeconds - b.netSeconds);
}

function excessPending({ workTypes, blocks, balances }: Position): number {
  const own = secondsIn(blocks.filter((block) => isOfKind(block, workTypes)));
  return Math.max(0, balances.pendingSeconds - own);
}

function secondsIn(blocks: readonly HeldBlock[]): number {
  return sum(blocks.filter(({ isActive }) => isActive).map((block) => block.remainingSeconds));
}
