import type { Agreement, Multiplier } from '../agreements/terms.ts';
import type { EntryNames } from '../records/names.ts';
import { type DateText, type Instant, msFromInstant } from '../time.ts';
import type { ZoneName } from '../zone.ts';
import { type Stretch, scaleStretches, splitAtBusinessHours } from './calendar.ts';
import type {
  ChargeFacts,
  MinimumFacts,
  PartFacts,
  PieceFacts,
  RoundingFacts,
  TicketFacts,
} from './charge-facts.ts';
import { addedByMinimums, ruledWorkType } from './charge-facts.ts';
import { decideCoverage, isCovered, isListed } from './coverage.ts';
import { sumCharge } from './price.ts';
import { roundWorked } from './rounding.ts';
import { type ClassSeconds, classify, isProactive, type WorkOrigin } from './work-class.ts';

/** A time entry to charge: it belongs to the client, under the agreement. */
export interface ChargeableEntry {
  sourceId: string;
  ticketNumber: string | null;
  technician: string;
  startedAt: Instant;
  endedAt: Instant;
  isTimed: boolean;
  /** Worked time, after corrections. */
  seconds: number;
  correctedSeconds: number;
  /** By how much the vendor's own rounding may have changed the seconds. */
  precisionSeconds?: number | null | undefined;
  /** Whether the seconds are billable hours instead of hours worked. */
  isBilledTime?: boolean | undefined;
  /** The connection with the remote sessions that it was made of. */
  recordedBy?: string;
  secondsText: string;
  workType: string | null;
  role: string | null;
  isBillable: boolean | null;
  workedOn: DateText;
  /** Names in the rules, if they differ from the vendor's. */
  ruleNames?: EntryNames;
  /** Absent or null: without a ticket. */
  origin?: WorkOrigin | null;
}

interface ChargeQuestion {
  connection: string;
  ticket: TicketFacts | null;
  entries: readonly ChargeableEntry[];
  agreement: Agreement;
  timezone: ZoneName;
}

/**
 * Steps 2, 4 and 5 of a debit: what these entries cost together, with everything that decided it.
 */
export function computeCharge(question: ChargeQuestion): ChargeFacts {
  const { agreement, timezone } = question;
  const parts = question.entries.map((entry) => toPart(entry, agreement, timezone));
  const rounding = roundParts(parts, agreement, precisionOf(question.entries, parts));
  return {
    agreement: agreement.name,
    connection: question.connection,
    ticket: question.ticket,
    debitWhen: agreement.debitWhen,
    parts,
    rounding,
    ...sumCharge(parts, rounding, agreement.rates),
  };
}

function toPart(entry: ChargeableEntry, agreement: Agreement, zone: ZoneName): PartFacts {
  const verdict = decideCoverage({ ...entry, ...entry.ruleNames }, agreement);
  const pieces = isCovered(verdict) && entry.seconds > 0 ? toPieces(entry, agreement, zone) : [];
  const classes = pieces.length === 0 ? null : toClasses(entry, agreement, zone);
  return {
    entryId: entry.sourceId,
    ticketNumber: entry.ticketNumber,
    technician: entry.technician,
    workedOn: entry.workedOn,
    startedAt: entry.startedAt,
    seconds: entry.seconds,
    secondsText: entry.secondsText,
    isTimed: entry.isTimed,
    correctedSeconds: entry.correctedSeconds,
    ...(entry.isBilledTime ? { isBilledTime: true } : {}),
    ...(entry.recordedBy === undefined ? {} : { recordedBy: entry.recordedBy }),
    workType: entry.workType,
    ...(entry.ruleNames?.workType === undefined ? {} : { workTypeNames: entry.ruleNames.workType }),
    ...(verdict === 'free-role' ? { role: entry.role } : {}),
    verdict,
    pieces,
    ...(classes === null ? {} : { classes }),
  };
}

/** The calendar counts here even where a higher multiplier than its own decides the price. */
function toClasses(
  entry: ChargeableEntry,
  { proactive, multipliers }: Agreement,
  zone: ZoneName,
): ClassSeconds | null {
  if (proactive === null) return null;
  const { workType, origin = null } = { ...entry, ...entry.ruleNames };
  if (isProactive({ workType, origin }, proactive)) return classify(entry.seconds, 0, true);
  const byCalendar = multipliers.filter(({ outside }) => outside !== null);
  const outside = byCalendar.length === 0 ? [] : splitByRules(entry, byCalendar, zone);
  const outsideSeconds = outside.reduce(
    (sum, { seconds, rules }) => sum + (rules.length > 0 ? seconds : 0),
    0,
  );
  return classify(entry.seconds, outsideSeconds, false);
}

/**
 * Splits at the boundaries of every calendar used in a rule, then finds the matching rules per
 * piece.
 */
function toPieces(entry: ChargeableEntry, agreement: Agreement, zone: ZoneName): PieceFacts[] {
  const always = agreement.multipliers.filter(
    (rule) => rule.outside === null && matches(entry, rule),
  );
  const byCalendar = agreement.multipliers.filter((rule) => rule.outside !== null);
  if (byCalendar.length === 0) return [toPiece(entry.seconds, always, agreement)];
  const pieces: PieceFacts[] = [];
  for (const { seconds, rules } of splitByRules(entry, byCalendar, zone)) {
    const piece = toPiece(seconds, [...always, ...rules], agreement);
    const last = pieces.at(-1);
    if (last !== undefined && isSameRate(last, piece)) last.seconds += piece.seconds;
    else pieces.push(piece);
  }
  return pieces;
}

function splitByRules(
  entry: ChargeableEntry,
  rules: readonly Multiplier[],
  zone: ZoneName,
): { seconds: number; rules: Multiplier[] }[] {
  const startMs = msFromInstant(entry.startedAt);
  // An entry with a length but no span (start equals end) is assumed to begin at its start.
  const spanEndMs = Math.max(msFromInstant(entry.endedAt), startMs);
  const endMs = spanEndMs > startMs ? spanEndMs : startMs + entry.seconds * 1000;
  const timelines = rules.map((rule) => ({
    rule,
    stretches: rule.outside ? splitAtBusinessHours(startMs, endMs, rule.outside, zone) : [],
  }));
  const edges = new Set<number>();
  for (const { stretches } of timelines) addEdges(edges, stretches);
  const sorted = [...edges].sort((a, b) => a - b);
  const merged: { seconds: number; rules: Multiplier[] }[] = [];
  let from = 0;
  for (const to of sorted) {
    const active = timelines
      .filter(({ stretches }) => isOutsideAt(stretches, from))
      .map(({ rule }) => rule);
    merged.push({ seconds: to - from, rules: active });
    from = to;
  }
  return scaleStretches(merged, entry.seconds);
}

function addEdges(edges: Set<number>, stretches: readonly Stretch[]): void {
  let at = 0;
  for (const stretch of stretches) {
    at += stretch.seconds;
    edges.add(at);
  }
}

function isOutsideAt(stretches: readonly Stretch[], offset: number): boolean {
  let at = 0;
  for (const stretch of stretches) {
    at += stretch.seconds;
    if (offset < at) return stretch.isOutside;
  }
  return false;
}

function matches(entry: ChargeableEntry, rule: Multiplier): boolean {
  const { workType, role } = { ...entry, ...entry.ruleNames };
  if (rule.workType !== null) return isListed(workType, [rule.workType]);
  return rule.role !== null && isListed(role, [rule.role]);
}

/** By default, the highest multiplier applies; they only stack if the agreement says so. */
function toPiece(seconds: number, rules: readonly Multiplier[], agreement: Agreement): PieceFacts {
  if (rules.length === 0) return { seconds, factorThousandths: 1000, rules: [] };
  if (agreement.stackMultipliers) {
    const product = rules.reduce((factor, rule) => (factor * rule.factorThousandths) / 1000, 1000);
    return { seconds, factorThousandths: Math.round(product), rules: rules.map(toRuleFacts) };
  }
  const highest = rules.reduce((a, b) => (b.factorThousandths > a.factorThousandths ? b : a));
  return {
    seconds,
    factorThousandths: highest.factorThousandths,
    rules: [toRuleFacts(highest)],
  };
}

function toRuleFacts(rule: Multiplier): PieceFacts['rules'][number] {
  if (rule.workType !== null) return { kind: 'workType', name: rule.workType };
  if (rule.role !== null) return { kind: 'role', name: rule.role };
  return { kind: 'outside', name: rule.outside?.name ?? '' };
}

function isSameRate(a: PieceFacts, b: PieceFacts): boolean {
  return (
    a.factorThousandths === b.factorThousandths &&
    JSON.stringify(a.rules) === JSON.stringify(b.rules)
  );
}

/** For entries charged by time worked, not by billable hours. */
function precisionOf(entries: readonly ChargeableEntry[], parts: readonly PartFacts[]): number {
  const charged = entries.filter(
    ({ isBilledTime }, at) => !isBilledTime && (parts[at]?.pieces.length ?? 0) > 0,
  );
  return charged.reduce((sum, { precisionSeconds }) => sum + (precisionSeconds ?? 0), 0);
}

/**
 * Rounds the covered time of the group together, including what is missing to the minimums of its
 * work types. A minimum applies to its own work type, so other work is added on top, and rounding
 * never reduces it. An excess over full increments that the vendor's own rounding explains does not
 * start an increment. Time added by rounding is charged at the lowest factor of the pieces; time
 * removed by grace is credited at the highest, so that rounding never turns lower-rate time into
 * higher-rate time.
 */
function roundParts(
  parts: readonly PartFacts[],
  agreement: Agreement,
  precisionSeconds: number,
): RoundingFacts {
  const pieces = parts.flatMap((part) => part.pieces);
  const workedSeconds = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
  const minimums = findMinimums(parts, agreement);
  const raisedSeconds = workedSeconds + addedByMinimums({ minimums });
  const leastSeconds = minimums.reduce((sum, { minimumSeconds }) => sum + minimumSeconds, 0);
  const graceSeconds = Math.max(agreement.rounding.graceSeconds, precisionSeconds);
  const [strictSeconds = 0, roundedSeconds = 0] = [agreement.rounding.graceSeconds, graceSeconds]
    .map((grace) => roundWorked(raisedSeconds, { ...agreement.rounding, graceSeconds: grace }))
    .map((seconds) => Math.max(seconds, leastSeconds));
  const factors = pieces.map((piece) => piece.factorThousandths);
  const lowest = factors.reduce((a, b) => Math.min(a, b), factors[0] ?? 1000);
  const highest = factors.reduce((a, b) => Math.max(a, b), factors[0] ?? 1000);
  return {
    ...agreement.rounding,
    workedSeconds,
    ...(minimums.length === 0 ? {} : { minimums }),
    roundedSeconds,
    ...(roundedSeconds < strictSeconds ? { precisionSeconds } : {}),
    differenceFactorThousandths: roundedSeconds >= raisedSeconds ? lowest : highest,
  };
}

/** Finds what is missing to each minimum, at the lowest factor of that work type's pieces. */
function findMinimums(parts: readonly PartFacts[], agreement: Agreement): MinimumFacts[] {
  return agreement.workTypeMinimums.flatMap(({ workType, seconds: minimumSeconds }) => {
    const pieces = parts
      .filter((part) => isListed(ruledWorkType(part), [workType]))
      .flatMap((part) => part.pieces);
    if (pieces.length === 0) return [];
    const worked = pieces.reduce((sum, piece) => sum + piece.seconds, 0);
    const addedSeconds = Math.max(0, minimumSeconds - worked);
    const factorThousandths = Math.min(...pieces.map((piece) => piece.factorThousandths));
    return [{ workType, minimumSeconds, addedSeconds, factorThousandths }];
  });
}
