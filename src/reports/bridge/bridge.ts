import type { Client } from '../../domain/agreements/terms.ts';
import { classesOf, sumOf } from '../../domain/charges/work-class.ts';
import { partOfPrice, priceOf } from '../../domain/money.ts';
import { percentOf, quartilesOf, sum } from '../../domain/statistics.ts';
import { addMonths, dateInZone, type Instant } from '../../domain/time.ts';
import { findRate } from '../leaks/rates.ts';
import type { ClientWork, Work, WorkCharge, WorkHistory } from '../leaks/work-history.ts';
import { compareOffer, type FlatTerms, type OfferComparison } from './offers.ts';

export interface BridgeMonth {
  month: string;
  /** Charged hours, and the time worked for them. */
  usedSeconds: number;
  workedSeconds: number;
  /** What the hours cost from blocks. */
  costMinor: number;
}

type BridgeVerdict = 'candidate' | 'few-months' | 'irregular' | 'wide-spread' | 'no-rate';

export interface ClientBridge {
  client: string;
  currency: string;
  /** The last complete months, at most twelve. */
  months: BridgeMonth[];
  /** Of these months, how many are calculated from the PSA's time and not posted. */
  calculatedMonths: number;
  /** Hours used per month. */
  spread: { min: number; lower: number; median: number; upper: number; max: number } | null;
  /** Of the time worked; null: the agreement has no business hours. */
  afterHoursPercent: number | null;
  /** Of the time worked; null: of some of it, it is not known whether it was proactive. */
  reactivePercent: number | null;
  verdict: BridgeVerdict;
  offers: OfferComparison[];
}

export interface BridgeReport {
  asOf: Instant;
  clients: ClientBridge[];
}

const monthsMax = 12;
const monthsMin = 6;

/** Half of the months may differ by this share of the median at most. */
const spreadPercentMax = 50;

/** Compares a flat monthly price with what the last complete months cost from blocks. */
export function buildBridge(
  { asOf, clients }: WorkHistory,
  shown: ReadonlySet<string> | null,
  termsIn: (currency: string) => FlatTerms,
): BridgeReport {
  return {
    asOf,
    clients: clients
      .filter(({ client }) => shown === null || shown.has(client.id))
      .map((work) => bridgeOf(work, asOf, termsIn(work.client.currency))),
  };
}

function bridgeOf(work: ClientWork, asOf: Instant, terms: FlatTerms): ClientBridge {
  const { client, startOn } = work;
  const months = new Map(monthsShown(work, asOf).map((month) => [month, emptyMonth(month)]));
  const parts = { all: 0, outside: 0, known: 0, reactive: 0 };
  let isPriced = true;
  for (const part of [work.past, work.current]) {
    for (const charge of part.charges.values()) {
      const month = months.get(charge.workedOn.slice(0, 7));
      if (month === undefined) continue;
      const costMinor = costOf(client, part, charge);
      month.usedSeconds += charge.facts.seconds;
      month.workedSeconds += charge.facts.rounding.workedSeconds;
      month.costMinor += costMinor ?? 0;
      isPriced &&= costMinor !== null;
      countParts(charge, client, parts);
    }
  }
  const all = [...months.values()];
  const hasHours = client.agreement.multipliers.some(({ outside }) => outside !== null);
  return {
    ...{ client: client.name, currency: client.currency, months: all },
    calculatedMonths: all.filter(({ month }) => month < startOn.slice(0, 7)).length,
    spread: all.length === 0 ? null : quartilesOf(all.map(({ usedSeconds }) => usedSeconds)),
    afterHoursPercent: hasHours ? percentOf(parts.outside, parts.all) : null,
    reactivePercent: parts.known < parts.all ? null : percentOf(parts.reactive, parts.all),
    verdict: isPriced ? judge(all) : 'no-rate',
    offers: isPriced ? compareOffer(all, terms) : [],
  };
}

/** Complete months since the client's first work; a first month that begins late is left out. */
function monthsShown({ client, current, past }: ClientWork, asOf: Instant): string[] {
  const days = [...past.entries, ...current.entries].map(({ workedOn }) => workedOn).sort();
  const [first] = days;
  if (first === undefined) return [];
  const firstOn = `${first.slice(0, 7)}-01`;
  let month = first.slice(8) > '07' ? addMonths(firstOn, 1) : firstOn;
  const today = `${dateInZone(asOf, client.timezone).slice(0, 7)}-01`;
  const earliest = addMonths(today, -monthsMax);
  if (month < earliest) month = earliest;
  const months: string[] = [];
  for (; month < today; month = addMonths(month, 1)) months.push(month.slice(0, 7));
  return months;
}

function emptyMonth(month: string): BridgeMonth {
  return { month, usedSeconds: 0, workedSeconds: 0, costMinor: 0 };
}

/** At the prices of the blocks that paid; what none paid, at the rate of the day. Null: no price. */
function costOf(client: Client, { blocks }: Work, charge: WorkCharge): number | null {
  const { facts, slices, workedOn } = charge;
  let minor = 0;
  for (const { blockId, seconds } of slices) {
    const block = blocks.find(({ id }) => id === blockId);
    if (block?.isMoney)
      minor += partOfPrice(facts.price ?? null, facts.seconds, seconds)?.minor ?? 0;
    else {
      const workType = facts.parts[0]?.workType ?? null;
      const rate =
        block === undefined
          ? findRate(client, blocks, { workedOn, workType })
          : { minor: block.rateMinor, currency: block.currency };
      if (rate === null || rate.currency !== client.currency) return null;
      minor += priceOf(seconds, rate.minor);
    }
  }
  return minor;
}

function countParts(
  { facts }: WorkCharge,
  { agreement }: Client,
  counts: { all: number; outside: number; known: number; reactive: number },
): void {
  for (const part of facts.parts) {
    const classes = classesOf(part, agreement);
    if (classes !== null) counts.known += sumOf(part.pieces);
    counts.reactive += (classes?.reactive ?? 0) + (classes?.emergency ?? 0);
    for (const { seconds, rules } of part.pieces) {
      counts.all += seconds;
      if (rules.some(({ kind }) => kind === 'outside')) counts.outside += seconds;
    }
  }
}

function judge(months: readonly BridgeMonth[]): BridgeVerdict {
  if (months.length < monthsMin) return 'few-months';
  if (months.some(({ usedSeconds }) => usedSeconds === 0)) return 'irregular';
  const used = months.map(({ usedSeconds }) => usedSeconds);
  const { lower, median, upper } = quartilesOf(used);
  const isWide = (upper - lower) * 100 > median * spreadPercentMax || sum(used) === 0;
  return isWide ? 'wide-spread' : 'candidate';
}
