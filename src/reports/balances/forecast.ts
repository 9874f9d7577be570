import {
  backtest,
  countMondays,
  type PastBook,
  type Sample,
  type Score,
} from '../../domain/forecast/backtest.ts';
import { burnHistoryFrom, usageSince } from '../../domain/forecast/burn-history.ts';
import { signedSeconds } from '../../domain/ledger/ledger.ts';
import { type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';
import { type BalanceRequest, buildBalances, type ClientBalance } from './balances.ts';

/** Some ten seconds of processor time; nobody sees the difference in a share of so many. */
const sampledMondays = 4000;

/** `all`: from every past Monday; `sample`: of many clients, from some. */
type BacktestScope = 'none' | 'sample' | 'all';

export interface ForecastReport {
  asOf: Instant;
  clients: (ClientBalance & { score: Score | null })[];
  /** All clients together; null without a backtest. */
  score: Score | null;
  /** Past Mondays, and from one in how many of each client's was forecast. */
  mondays: { total: number; oneIn: number };
}

/** Forecasts when each client's hours run out, and optionally how accurate past forecasts were. */
export async function buildForecast(
  store: Store,
  { backtest: scope, ...request }: BalanceRequest & { backtest: BacktestScope },
): Promise<ForecastReport> {
  const { asOf } = request;
  const balances = (await buildBalances(store, request)).clients;
  // A client that is paid for has no hours of its own.
  const tested = scope === 'none' ? [] : balances.filter(({ client }) => client.paidBy === null);
  const total = tested.reduce((sum, one) => sum + countMondays(historyOf(one, asOf)), 0);
  const oneIn = scope === 'sample' ? Math.max(1, Math.ceil(total / sampledMondays)) : 1;
  const scores = new Map<ClientBalance, Score>();
  for (const [index, balance] of tested.entries()) {
    const sample = { oneIn, offset: index % oneIn };
    scores.set(balance, await testBalance(store, balance, asOf, sample));
  }
  return {
    asOf,
    clients: balances.map((balance) => ({ ...balance, score: scores.get(balance) ?? null })),
    score: scope === 'none' ? null : [...scores.values()].reduce(added, noScore()),
    mondays: { total, oneIn },
  };
}

async function testBalance(
  store: Store,
  balance: ClientBalance,
  asOf: Instant,
  sample: Sample,
): Promise<Score> {
  // Its whole ledger is not read for nothing.
  if (countMondays(historyOf(balance, asOf)) <= sample.offset) return noScore();
  return backtest(await readBook(store, balance, asOf), sample);
}

/** Without any usage. */
function historyOf({ client, blocks }: ClientBalance, asOf: Instant) {
  const today = dateInZone(asOf, client.timezone);
  return burnHistoryFrom({ debited: [], pending: [] }, client, blocks, today);
}

export function forecastToJson({ asOf, clients, score, mondays }: ForecastReport): unknown {
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
    ...(score === null
      ? {}
      : { backtest: { ...scoreToJson(score), mondays: mondays.total, oneIn: mondays.oneIn } }),
  };
}

function scoreToJson(score: Score) {
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
