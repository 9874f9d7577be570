import { backtest, type PastBook, type Score } from '../../domain/forecast/backtest.ts';
import { burnHistoryFrom, usageSince } from '../../domain/forecast/burn-history.ts';
import { signedSeconds } from '../../domain/ledger/ledger.ts';
import { type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';
import { type BalanceRequest, buildBalances, type ClientBalance } from './balances.ts';

export interface ForecastReport {
  asOf: Instant;
  clients: (ClientBalance & { score: Score | null })[];
  /** All clients together; null without a backtest. */
  score: Score | null;
}

/** Forecasts when each client's hours run out, and optionally how accurate past forecasts were. */
export async function buildForecast(
  store: Store,
  { isBacktest, ...request }: BalanceRequest & { isBacktest: boolean },
): Promise<ForecastReport> {
  const { asOf } = request;
  const balances = (await buildBalances(store, request)).clients;
  const report: ForecastReport = { asOf, clients: [], score: isBacktest ? noScore() : null };
  for (const balance of balances) {
    // A client that is paid for has no hours of its own.
    const isTested = isBacktest && balance.client.paidBy === null;
    const score = isTested ? backtest(await readBook(store, balance, asOf)) : null;
    report.clients.push({ ...balance, score });
    if (score !== null && report.score !== null) report.score = added(report.score, score);
  }
  return report;
}

export function forecastToJson({ asOf, clients, score }: ForecastReport): unknown {
  return {
    asOf,
    clients: clients.map((one) => ({
      client: one.client.name,
      projectedSeconds: one.projectedSeconds,
      runOutOn: one.runOut?.runOutOn ?? null,
      runOutEarliestOn: one.runOut?.earliestOn ?? null,
      runOutLatestOn: one.runOut?.latestOn ?? null,
      ...(one.score === null ? {} : { backtest: scoreToJson(one.score) }),
    })),
    ...(score === null ? {} : { backtest: scoreToJson(score) }),
  };
}

function scoreToJson(score: Score): unknown {
  const { judged, held } = score;
  return { stated: 0.8, ...score, heldShare: judged === 0 ? null : held / judged };
}

function noScore(): Score {
  return { judged: 0, held: 0, early: 0, late: 0 };
}

function added(a: Score, b: Score): Score {
  return {
    judged: a.judged + b.judged,
    held: a.held + b.held,
    early: a.early + b.early,
    late: a.late + b.late,
  };
}

/** The whole ledger by the day that each entry counts for, and pending work. */
async function readBook(
  store: Store,
  { client, blocks }: ClientBalance,
  asOf: Instant,
): Promise<PastBook> {
  const today = dateInZone(asOf, client.timezone);
  const debited = new Map<DateText, number>();
  const otherByDay = new Map<DateText, number>();
  for await (const page of store.streamLedger(client.id, null, null)) {
    for (const entry of page) {
      const day = entry.workedOn ?? dateInZone(entry.postedAt, client.timezone);
      const byDay = entry.chargeId === null ? otherByDay : debited;
      const sign = entry.chargeId === null ? 1 : -1;
      byDay.set(day, (byDay.get(day) ?? 0) + sign * signedSeconds(entry));
    }
  }
  const { pending } = await store.readUsage([client.id], usageSince(today));
  const used = [...debited].map(([workedOn, seconds]) => ({ workedOn, seconds }));
  const history = burnHistoryFrom({ debited: used, pending }, client, blocks, today);
  return { ...history, otherByDay };
}
