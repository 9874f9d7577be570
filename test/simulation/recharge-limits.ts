/** What is checked of a recharge when it is decided, by its terms. */
import type { RechargeRow } from './books.ts';
import type { RechargePlan } from './terms.ts';
import { Violation } from './violation.ts';

/** `others` are those that count: neither over nor declined. */
export function checkLimits(
  row: RechargeRow,
  others: readonly RechargeRow[],
  { limits, limitsOfAll }: RechargePlan,
): void {
  const { clientId, issuedOn, priceMinor } = row;
  const sumOf = (isCounted: (other: RechargeRow) => boolean) =>
    others.filter(isCounted).reduce((sum, other) => sum + other.priceMinor, priceMinor);
  const isOwn = (other: RechargeRow) => other.clientId === clientId;
  const isToday = (other: RechargeRow) => other.issuedOn === issuedOn;
  const isThisMonth = (other: RechargeRow) => other.issuedOn.slice(0, 7) === issuedOn.slice(0, 7);
  const sums: [string, number, number | null][] = [
    ['a recharge', priceMinor, limits.chargeMinor],
    ['a day', sumOf((other) => isOwn(other) && isToday(other)), limits.dayMinor],
    ['a month', sumOf((other) => isOwn(other) && isThisMonth(other)), limits.monthMinor],
    ['a day of all', sumOf(isToday), limitsOfAll.dayMinor],
    ['a month of all', sumOf(isThisMonth), limitsOfAll.monthMinor],
  ];
  for (const [what, minor, limit] of sums) {
    if (limit === null || minor <= limit) continue;
    throw new Violation('within limits', `${clientId}: ${minor} exceeds ${limit} ${what}`);
  }
}

/** The MSP is told where the collector leaves an invoice alone, and only there. */
export function checkAutopay(
  { invoiceKey, priceMinor, alertBody }: RechargeRow,
  plan: RechargePlan,
): void {
  const isAbove = priceMinor > (plan.autopayUpToMinor ?? Number.POSITIVE_INFINITY);
  if (isAbove === /so it is not collected automatically/.test(alertBody)) return;
  const detail = `${invoiceKey} at ${priceMinor}: the alert is wrong about the collector's limit`;
  throw new Violation('told once', detail);
}
