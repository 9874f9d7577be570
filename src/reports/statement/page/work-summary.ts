import type { Texts } from '../../text/texts.ts';
import type { StatementLine, WorkShare } from '../statement-shape.ts';

export interface SummaryRow {
  name: string;
  charged: string;
  /** Of all that was charged, in per cent. */
  percent: number;
}

/** What was charged, by a property of each time entry; the most first. */
export function summarize(
  lines: readonly StatementLine[],
  nameOf: (share: WorkShare) => string,
  texts: Texts,
): SummaryRow[] {
  const sums = new Map<string, number>();
  for (const share of lines.flatMap(({ shares }) => shares)) {
    if (share.chargedSeconds === 0) continue;
    const name = nameOf(share);
    sums.set(name, (sums.get(name) ?? 0) + share.chargedSeconds);
  }
  const whole = [...sums.values()].reduce((sum, seconds) => sum + seconds, 0);
  return [...sums]
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name, seconds]) => ({
      name,
      charged: texts.duration(seconds),
      percent: Math.round((1000 * seconds) / whole) / 10,
    }));
}
