import type { Client } from '../agreements/terms.ts';
import { byBurnOrder, type SpendableBlock } from '../blocks/allocation.ts';
import { addDays, type DateText, dateInZone, type Instant } from '../time.ts';
import { forecastRunOut, type RunOut } from './forecast.ts';
import { type BurnHistory, weeksBack } from './pace.ts';

/**
 * A client's usage: debited time by date of work, and pending time with the start of the last work.
 */
export interface Usage {
  debited: readonly { workedOn: DateText; seconds: number }[];
  pending: readonly { startedAt: Instant; seconds: number }[];
}

/** The first day of work that a forecast considers. */
export function usageSince(today: DateText): DateText {
  return addDays(today, -7 * weeksBack);
}

/**
 * `blocks` are all blocks the client ever had: if no start is configured, the first one is the
 * start.
 */
export function burnHistoryFrom(
  usage: Usage,
  { timezone, startOn }: Pick<Client, 'timezone' | 'startOn'>,
  blocks: readonly { purchasedOn: DateText }[],
  today: DateText,
): BurnHistory {
  const usedByDay = new Map<DateText, number>();
  const add = (day: DateText, seconds: number) => {
    usedByDay.set(day, (usedByDay.get(day) ?? 0) + seconds);
  };
  for (const { workedOn, seconds } of usage.debited) add(workedOn, seconds);
  for (const { startedAt, seconds } of usage.pending) add(dateInZone(startedAt, timezone), seconds);
  const first = blocks.map(({ purchasedOn }) => purchasedOn).toSorted()[0];
  return { usedByDay, startedOn: startOn ?? first ?? usageSince(today), today };
}

/**
 * When the blocks' hours, minus what is owed, are used up or expired. Null while money is left too:
 * how many hours it pays for depends on the work types.
 */
export function forecastBlocks(
  history: BurnHistory,
  blocks: readonly SpendableBlock[],
  owedSeconds: number,
): RunOut | null {
  if (blocks.some((block) => block.isActive && (block.remainingMinor ?? 0) > 0)) return null;
  const lots = blocks
    .filter((block) => block.isActive)
    .toSorted(byBurnOrder)
    .map(({ remainingSeconds, expiresOn }) => ({ seconds: remainingSeconds, expiresOn }));
  return forecastRunOut(history, { lots, owedSeconds });
}
