import type { DateText, Instant } from '../../domain/time.ts';
import type { LeakRate } from './rates.ts';

/**
 * `unbilled`: work that nobody paid for; `added`: what the agreement charges beyond the PSA's own
 * billable time; `paid-later`: overage that a later block paid; `over`: charged, and
 * perhaps not rightly.
 */
export type LeakSection = 'unbilled' | 'added' | 'paid-later' | 'over';

/** In the order in which they are shown, and of precedence: an entry's seconds are in one row only. */
export const sectionOf = {
  'client-unmapped': 'unbilled',
  'without-client': 'unbilled',
  'ticket-unseen': 'unbilled',
  'double-count': 'unbilled',
  quarantined: 'unbilled',
  'held-without-ticket': 'unbilled',
  'no-hours': 'unbilled',
  'outside-dates': 'unbilled',
  'expired-open': 'unbilled',
  'free-not-billable': 'unbilled',
  'free-technician': 'unbilled',
  'free-role': 'unbilled',
  'free-excluded': 'unbilled',
  'free-unlisted': 'unbilled',
  'after-expiry': 'unbilled',
  overage: 'unbilled',
  multiplier: 'added',
  minimum: 'added',
  rounding: 'added',
  'psa-shorter': 'added',
  'paid-later': 'paid-later',
  'charged-deleted': 'over',
  'charged-missing-there': 'over',
  'charged-not-billable': 'over',
  'charged-outside-dates': 'over',
  'charged-twice': 'over',
  'charged-unlisted': 'over',
  'native-block': 'over',
} as const satisfies Record<string, LeakSection>;
export type LeakReason = keyof typeof sectionOf;

/** Of one charge, or of one ticket's work without a charge. */
export interface LeakRow {
  month: string;
  section: LeakSection;
  reason: LeakReason;
  /** Whether the sum of leaks includes it: what this program charges already is left out. */
  isLeak: boolean;
  ticket: string | null;
  summary: string | null;
  /** What `explain` takes. */
  explain: string | null;
  /** Of the entries' own time; 0 for time added by rules. */
  workedSeconds: number;
  /** Hours that the amount is the price of. */
  seconds: number;
  rate: LeakRate | null;
  /** Null: nothing says what an hour costs. */
  minor: number | null;
  /** What else there is to say, such as when it was paid, or the vendor's name of the client. */
  detail: string | null;
  entries: { connection: string; id: string; seconds: number }[];
}

export interface LeakMonth {
  month: string;
  /** The sum of the next four. */
  workedSeconds: number;
  chargedSeconds: number;
  freeSeconds: number;
  openSeconds: number;
  setAsideSeconds: number;
  /** Of other agreements; not part of the above. */
  outsideSeconds: number;
}

export interface LeakSum {
  section: LeakSection;
  reason: LeakReason;
  isLeak: boolean;
  rows: number;
  workedSeconds: number;
  seconds: number;
  /** Null: a row has no price. */
  minor: number | null;
  currency: string | null;
}

export interface ClientLeaks {
  client: string;
  currency: string;
  /** First day that is debited. */
  startOn: DateText;
  /** Whether past blocks are given, so that earlier months are reported. */
  hasPast: boolean;
  months: LeakMonth[];
  sums: LeakSum[];
  rows: LeakRow[];
  /** Charged time of which the PSA's own billable time is unknown. */
  uncomparedSeconds: number;
}

export interface LeakTotal {
  currency: string;
  unbilledMinor: number;
  addedMinor: number;
  /** The sum of both, without what is charged already. */
  leakMinor: number;
  overMinor: number;
}

export interface LeakReport {
  asOf: Instant;
  mode: 'observe' | 'live';
  from: string | null;
  to: string | null;
  clients: ClientLeaks[];
  /** Work whose client is not in the config. */
  withoutClient: LeakRow[];
  /** One per currency. */
  totals: LeakTotal[];
}
