import type { Price } from '../money.ts';
import type { DateText, Instant } from '../time.ts';
import type { RuleName } from './coverage.ts';

/**
 * Everything that decided what a charge costs, as it stood when the charge was posted. Stored with
 * the charge and never changed: statements and explanations read this, not today's mirror or config.
 * Codes and numbers only; the words are put to it in the reader's language.
 */
export interface ChargeFacts {
  agreement: string;
  connection: string;
  /** Null for time that hangs on no ticket, and for a day's charge over several tickets. */
  ticket: TicketFacts | null;
  debitWhen: 'ticket-closed' | 'approved' | 'logged';
  parts: PartFacts[];
  rounding: RoundingFacts;
  /** What comes off the blocks, seconds. */
  seconds: number;
  /** What these cost off a block of money; absent where the agreement has no rates. */
  price?: Price;
  /** What each work type costs of it, in the order of the work; absent where there is only one. */
  byWorkType?: WorkTypeCost[];
}

/** Blocks may be limited to work types: each of them is paid on its own. */
export interface WorkTypeCost {
  /** As the rules know it; null: work without one. */
  workType: RuleName;
  seconds: number;
  price?: Price;
}

export interface TicketFacts {
  id: string;
  number: string;
  summary: string;
  closedAt: Instant | null;
}

/** The work types of what is charged, as rules know them; null among them for work without one. */
export function chargedWorkTypes({ parts }: Pick<ChargeFacts, 'parts'>): RuleName[] {
  const charged = parts.filter((part) => part.pieces.length > 0);
  const distinct = new Map(charged.map(ruledWorkType).map((name) => [JSON.stringify(name), name]));
  return [...distinct.values()];
}

export function ruledWorkType(part: Pick<PartFacts, 'workType' | 'workTypeNames'>): RuleName {
  return part.workTypeNames ?? part.workType;
}

/** One time entry's share. */
export interface PartFacts {
  entryId: string;
  /** Number of the entry's ticket, null when it hangs on none. */
  ticketNumber: string | null;
  technician: string;
  workedOn: DateText;
  startedAt: Instant;
  /** Worked time that counts, corrections taken off. */
  seconds: number;
  /** As the vendor wrote it. */
  secondsText: string;
  isTimed: boolean;
  /** Seconds that later negative entries took off this one; 0 mostly. */
  correctedSeconds: number;
  /** The seconds are the hours to bill, not those worked. */
  isBilledTime?: true;
  workType: string | null;
  /** By which the rules know the work type, where that is another name than the vendor's. */
  workTypeNames?: readonly string[];
  /** Only where the role decided. */
  role?: string | null;
  verdict: Verdict;
  /** Split at the calendar's edges; empty for work that is free. */
  pieces: PieceFacts[];
}

/** Why a part is (not) debited. */
export type Verdict =
  | 'covered'
  | 'covered-unlisted'
  | 'free-excluded'
  | 'free-unlisted'
  | 'free-not-billable'
  | 'free-technician'
  | 'free-role';

export interface PieceFacts {
  seconds: number;
  factorThousandths: number;
  /** The rules that gave the factor; empty for ×1. */
  rules: { kind: 'workType' | 'role' | 'outside'; name: string }[];
}

export interface RoundingFacts {
  per: 'entry' | 'ticket' | 'day';
  incrementSeconds: number;
  minimumSeconds: number;
  graceSeconds: number;
  workedSeconds: number;
  /** Minimums of the work types that were done; absent where the agreement has none for them. */
  minimums?: MinimumFacts[];
  /** What was worked and what minimums added, rounded. */
  roundedSeconds: number;
  /** Only where it decided: by how much the vendor's own rounding may have moved the time worked. */
  precisionSeconds?: number;
  /** Factor at which what rounding added was charged (or what it forgave given back). */
  differenceFactorThousandths: number;
}

export interface MinimumFacts {
  workType: string;
  minimumSeconds: number;
  /** What was missing to the minimum; 0 where enough was worked. */
  addedSeconds: number;
  /** The lowest among the work type's pieces. */
  factorThousandths: number;
}

/** What minimums of work types added to the time worked. */
export function addedByMinimums({ minimums = [] }: Pick<RoundingFacts, 'minimums'>): number {
  return minimums.reduce((sum, minimum) => sum + minimum.addedSeconds, 0);
}
