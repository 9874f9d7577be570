import type { ChargeFacts, PartFacts } from '../../domain/charges/charge-facts.ts';
import type { DateText } from '../../domain/time.ts';

/** One difference between two revisions of a charge, as a code; worded in the reader's language. */
export type ChargeChange =
  /** `reason` is the ledger's note on why: `ticket-open`, `gone`, `moved` … */
  | { code: 'withdrawn'; reason: string | null }
  | { code: 'restored' }
  | { code: 'worked'; beforeSeconds: number; afterSeconds: number }
  | { code: 'entries-added'; count: number }
  | { code: 'entries-removed'; count: number }
  | { code: 'worked-on'; before: DateText; after: DateText }
  | { code: 'work-type'; before: string | null; after: string | null }
  | { code: 'coverage' }
  | { code: 'multiplier' }
  | { code: 'rounding' }
  | { code: 'agreement'; before: string; after: string }
  | { code: 'ticket'; before: string; after: string };

/** A revision without work means that nothing is charged any more. */
export function isWithdrawn(facts: ChargeFacts): boolean {
  return facts.parts.length === 0;
}

/** Compares two revisions. `reason` is the note of the entries that reversed the first. */
export function compareCharges(
  before: ChargeFacts,
  after: ChargeFacts,
  reason: string | null,
): ChargeChange[] {
  if (isWithdrawn(after)) {
    const wasUnlogged = before.parts.every(({ recordedBy }) => recordedBy !== undefined);
    const isLogged = reason === 'gone' && wasUnlogged;
    return [{ code: 'withdrawn', reason: isLogged ? 'logged-since' : reason }];
  }
  if (isWithdrawn(before)) return [{ code: 'restored' }];
  const old = new Map(before.parts.map((part) => [part.entryId, part]));
  const kept = after.parts.filter((part) => old.has(part.entryId));
  const added = after.parts.length - kept.length;
  const removed = before.parts.length - kept.length;
  const changes: ChargeChange[] = [];
  const beforeSeconds = workedSeconds(before);
  const afterSeconds = workedSeconds(after);
  if (beforeSeconds !== afterSeconds) changes.push({ code: 'worked', beforeSeconds, afterSeconds });
  if (added > 0) changes.push({ code: 'entries-added', count: added });
  if (removed > 0) changes.push({ code: 'entries-removed', count: removed });
  for (const part of kept) {
    const earlier = old.get(part.entryId);
    if (earlier !== undefined) changes.push(...compareParts(earlier, part));
  }
  changes.push(...compareTerms(before, after));
  return unique(changes);
}

function compareParts(before: PartFacts, after: PartFacts): ChargeChange[] {
  const changes: ChargeChange[] = [];
  if (before.workedOn !== after.workedOn) {
    changes.push({ code: 'worked-on', before: before.workedOn, after: after.workedOn });
  }
  if (before.workType !== after.workType) {
    changes.push({ code: 'work-type', before: before.workType, after: after.workType });
  }
  if (before.verdict !== after.verdict) changes.push({ code: 'coverage' });
  if (factors(before) !== factors(after)) changes.push({ code: 'multiplier' });
  return changes;
}

function compareTerms(before: ChargeFacts, after: ChargeFacts): ChargeChange[] {
  const changes: ChargeChange[] = [];
  if (before.agreement !== after.agreement) {
    changes.push({ code: 'agreement', before: before.agreement, after: after.agreement });
  }
  if (roundingRule(before) !== roundingRule(after)) changes.push({ code: 'rounding' });
  const beforeTicket = ticketText(before);
  const afterTicket = ticketText(after);
  if (beforeTicket !== afterTicket) {
    changes.push({ code: 'ticket', before: beforeTicket, after: afterTicket });
  }
  return changes;
}

/** All time worked in the charge, including free work. */
export function workedSeconds(facts: ChargeFacts): number {
  return facts.parts.reduce((sum, part) => sum + part.seconds, 0);
}

function factors(part: PartFacts): string {
  return JSON.stringify(part.pieces.map((piece) => [piece.factorThousandths, piece.rules]));
}

function roundingRule({ rounding }: ChargeFacts): string {
  const { per, incrementSeconds, minimumSeconds, graceSeconds } = rounding;
  const minimums = rounding.minimums?.map((one) => [one.workType, one.minimumSeconds]);
  return JSON.stringify([per, incrementSeconds, minimumSeconds, graceSeconds, minimums ?? []]);
}

function ticketText({ ticket }: ChargeFacts): string {
  return ticket === null ? '' : `#${ticket.number} ${ticket.summary}`;
}

function unique(changes: ChargeChange[]): ChargeChange[] {
  const seen = new Map(changes.map((change) => [JSON.stringify(change), change]));
  return [...seen.values()];
}
