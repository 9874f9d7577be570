import type { Client } from '../../domain/agreements/terms.ts';
import type { ChargeFacts, Verdict } from '../../domain/charges/charge-facts.ts';
import type { OpenReason } from '../../domain/charges/standing.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { StoredDifference } from '../../store/port.ts';

/** All mirrored work, and what became of it: the source of the owner's reports. */
export interface WorkHistory {
  asOf: Instant;
  mode: 'observe' | 'live';
  clients: ClientWork[];
  /** Work whose client is unknown, so that nobody is charged. */
  withoutClient: WorkEntry[];
}

export interface ClientWork {
  client: Client;
  /** First day that is debited. */
  startOn: DateText;
  /** From the first day on: what is posted. */
  current: Work;
  /** Before that day: what the agreement would have charged, with the past blocks. */
  past: Work;
}

export interface Work {
  entries: WorkEntry[];
  charges: ReadonlyMap<string, WorkCharge>;
  /** Of the client, or of the one that pays for it. */
  blocks: readonly WorkBlock[];
  /** What the last reconcile found about charged work. */
  differences: readonly StoredDifference[];
}

/** One time entry. It is in exactly one state. */
export interface WorkEntry {
  connection: string;
  id: string;
  ticketId: string | null;
  ticket: string | null;
  summary: string | null;
  /** The vendor's name of an unknown client. */
  clientName: string | null;
  technician: string;
  workType: string | null;
  workedOn: DateText;
  startedAt: Instant;
  isTimed: boolean;
  /** Time that counts: worked, after corrections, or billable if the agreement says so. */
  seconds: number;
  /** The PSA's own billable time; null: unknown. */
  billedSeconds: number | null;
  isBillable: boolean | null;
  /** `outside`: of another agreement, or before the first day. */
  state: 'charged' | 'free' | 'open' | 'set-aside' | 'outside';
  reason: Verdict | OpenReason | 'quarantined' | null;
  /** The charge that it is part of; null: none. */
  chargeId: string | null;
  /** Charged, although the PSA has deleted it. */
  isDeleted: boolean;
}

export interface WorkCharge {
  facts: ChargeFacts;
  workedOn: DateText;
  slices: readonly WorkSlice[];
}

interface WorkSlice {
  /** Null: overage. */
  blockId: string | null;
  seconds: number;
  /** The day on which a block paid for what had been overage; null: it was never overage. */
  paidLaterOn: DateText | null;
}

export interface WorkBlock {
  id: string;
  /** 0 for money. */
  rateMinor: number;
  isMoney: boolean;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  priority: number;
  workTypes: readonly string[] | null;
  /** Hours that expired unused. */
  expiredSeconds: number;
}
