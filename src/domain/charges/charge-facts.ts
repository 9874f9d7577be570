import { hash } from 'node:crypto';
import type { Price } from '../money.ts';
import type { DateText, Instant } from '../time.ts';
import type { RuleName } from './coverage.ts';
import type { ClassSeconds } from './work-class.ts';

/**
 * Everything that decided a charge, as of the time of posting. Stored with the charge and never
 * changed: statements and explanations read this, not the current mirror or config. Codes and
 * numbers only; worded in the reader's language.
 */
export interface ChargeFacts {
  agreement: string;
  connection: string;
  /** Null for time without a ticket, and for a daily charge over several tickets. */
  ticket: TicketFacts | null;
  debitWhen: 'ticket-closed' | 'approved' | 'logged';
  parts: PartFacts[];
  rounding: RoundingFacts;
  /** Seconds debited from the blocks. */
  seconds: number;
  /** Their price when paid from a money block; absent if the agreement has no rates. */
  price?: Price;
  /** The cost per work type, in the order of the work; absent if there is only one. */
  byWorkType?: WorkTypeCost[];
}

/** Blocks may be limited to work types, so each work type is paid separately. */
export interface WorkTypeCost {
  /** As named in the rules; null: work without one. */
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

/** The charged work types, as named in the rules; null for work without one. */
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
  /** Number of the entry's ticket; null without one. */
  ticketNumber: string | null;
  technician: string;
  workedOn: DateText;
  startedAt: Instant;
  /** Worked time that counts, after corrections. */
  seconds: number;
  /** As the vendor wrote it. */
  secondsText: string;
  isTimed: boolean;
  /** Seconds removed from this entry by later negative entries; usually 0. */
  correctedSeconds: number;
  /** Whether the seconds are billable hours instead of hours worked. */
  isBilledTime?: true;
  /** The connection with the remote sessions that it was made of, since nobody logged them. */
  recordedBy?: string;
  workType: string | null;
  /** The work type's names in the rules, if they differ from the vendor's. */
  workTypeNames?: readonly string[];
  /** Only if the role decided. */
  role?: string | null;
  verdict: Verdict;
  /** Split at the calendar's boundaries; empty for free work. */
  pieces: PieceFacts[];
  /** Absent for free work, and if the agreement said nothing of proactive work. */
  classes?: ClassSeconds;
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
  /** Minimums of the work types in the charge; absent if the agreement has none for them. */
  minimums?: MinimumFacts[];
  /** Time worked plus what minimums added, rounded. */
  roundedSeconds: number;
  /** Only if it decided: by how much the vendor's own rounding may have changed the time worked. */
  precisionSeconds?: number;
  /** Factor at which time added by rounding was charged (or removed time credited). */
  differenceFactorThousandths: number;
}

export interface MinimumFacts {
  workType: string;
  minimumSeconds: number;
  /** The time missing to the minimum; 0 if enough was worked. */
  addedSeconds: number;
  /** The lowest factor of the work type's pieces. */
  factorThousandths: number;
}

/** The time added by minimums of work types. */
export function addedByMinimums({ minimums = [] }: Pick<RoundingFacts, 'minimums'>): number {
  return minimums.reduce((sum, minimum) => sum + minimum.addedSeconds, 0);
}

/** The next revision of a group's charge, as it is posted. */
export function chargeRevision(
  groupKey: string,
  revision: number,
  { clientId, workedOn }: { clientId: string; workedOn: DateText },
  charged: ChargeFacts,
) {
  const facts = JSON.stringify(charged);
  const charge = { id: `${groupKey}#${revision}`, groupKey, revision, clientId, workedOn };
  return { ...charge, seconds: charged.seconds, facts, factsHash: hash('sha256', facts, 'hex') };
}
