import type { Durations, Locale } from '../format.ts';
import type { DateText } from '../time.ts';
import type { ZoneName } from '../zone.ts';

/** The terms under which a client's time is paid. Times in whole seconds, factors in thousandths. */
export interface Agreement {
  name: string;
  /** Which work the agreement covers; null in a field means all. Names as shown in the PSA. */
  applies: {
    boards: readonly string[] | null;
    ticketTypes: readonly string[] | null;
    agreements: readonly string[] | null;
  };
  debitWhen: 'ticket-closed' | 'approved' | 'logged';
  /** Which time counts, if the vendor has billable hours besides worked hours. */
  timeFrom: 'worked' | 'billed';
  /** Time without a ticket: debited as soon as it is logged (or approved), or kept pending. */
  withoutTicket: 'debit' | 'hold';
  rounding: Rounding;
  workTypes: {
    covered: readonly string[];
    excluded: readonly string[];
    unlisted: 'covered' | 'excluded';
  };
  /** Minimum time of the work type in a charge, if there is any. */
  workTypeMinimums: readonly { workType: string; seconds: number }[];
  /** Roles whose time counts, as shown at the vendor; an empty `covered` means all. */
  roles: { covered: readonly string[]; excluded: readonly string[] };
  /** First and last day of the agreement, on the client's calendar; null: no limit. */
  from: DateText | null;
  until: DateText | null;
  /** Technicians whose time is never debited, by their name at the vendor. */
  excludedTechnicians: readonly string[];
  multipliers: readonly Multiplier[];
  /** Whether multipliers stack. By default, the highest applies. */
  stackMultipliers: boolean;
  /** Price of an hour paid from a money block; null: money blocks cannot pay. */
  rates: Rates | null;
  /** Overage: the next block pays for it, the work is held until a block can, or it is billed. */
  overage: 'carry' | 'hold' | OverageBilling;
  /** What happens to hours left in an expiring block; null: they are lost. */
  rollover: Rollover | null;
  replenish: readonly ReplenishRule[];
  /** Absent: none. */
  alarms?: readonly UsageAlarm[];
  /** When a sold block becomes usable: once its invoice is in the PSA, or once that is paid. */
  activate: 'on-invoice' | 'on-payment';
  /** How sales with `recharge` are collected; null: no rule recharges. */
  recharge: RechargeTerms | null;
  unloggedTime: UnloggedTerms;
  /** Which work counts as proactive; null: nothing is said of it. */
  proactive: ProactiveRules | null;
}

/** What becomes of remote sessions that no time entry covers. */
export interface UnloggedTerms {
  action: 'ignore' | 'report' | 'propose' | 'debit';
  /** Of the time debited; null: only with another action. */
  workType: string | null;
  /** A shorter rest counts for nothing. */
  minimumSeconds: number;
  /** By how much logged time may lie beside its session, before and after. */
  toleranceSeconds: number;
  /** How long the technician has to log it. */
  afterDays: number;
  /** Earlier sessions are only reported; null: all are treated alike. */
  from: DateText | null;
}

/** Names as shown in the PSA; one that matches is enough. They change no price. */
export interface ProactiveRules {
  workTypes: readonly string[];
  ticketSources: readonly string[];
  ticketTypes: readonly string[];
  boards: readonly string[];
}

export interface RechargeTerms {
  /** `psa`: by whatever collects the PSA's invoices; otherwise a payment provider's connection. */
  collect: string;
  /** The collector leaves larger invoices alone; null: no limit known. */
  autopayUpToMinor: number | null;
  /** Days from the client's notice to the charge, at a payment provider. */
  noticeDays: number;
  /** Days from the invoice until it counts as overdue. */
  chaseAfterDays: number;
  limits: RechargeLimits;
  /** Of all clients that pay in this currency together. */
  limitsOfAll: RechargeLimits;
}

/** Maximum price before tax, minor units; null: no limit. */
export interface RechargeLimits {
  chargeMinor: number | null;
  dayMinor: number | null;
  monthMinor: number | null;
}

/** Prices of one charged hour, minor units. */
export interface Rates {
  currency: string;
  /** For all other work types. */
  rateMinor: number;
  workTypes: readonly { workType: string; rateMinor: number }[];
}

/** Overage is billed afterwards, at its own rate. */
export interface OverageBilling {
  when: 'at-once' | 'monthly';
  /** Days from the end of a month to its bill. */
  daysAfter: number;
  rateMinor: number;
  currency: string;
  /** The PSA's product for the invoice. */
  product: string | null;
}

export interface Rollover {
  /** Maximum that one block rolls over; null: all. */
  seconds: number | null;
  /** How long the hours stay valid; null: as long as the block was. */
  validForMonths: number | null;
}

export interface Rounding {
  per: 'entry' | 'ticket' | 'day';
  incrementSeconds: number;
  minimumSeconds: number;
  /** Up to this many seconds over a full increment are not rounded up. */
  graceSeconds: number;
}

/** One rule that charges time at a higher (or lower) rate. Exactly one of the conditions is set. */
export interface Multiplier {
  workType: string | null;
  role: string | null;
  /** Applies to the seconds outside these business hours. */
  outside: BusinessHours | null;
  /** 1500 is ×1.5. */
  factorThousandths: number;
}

export interface BusinessHours {
  name: string;
  /** Seven lists, Monday first; times of day as minutes after local midnight, `to` exclusive, up to 1440. */
  week: readonly (readonly { fromMinute: number; toMinute: number }[])[];
  /** Days with special hours, whether or not they are holidays. */
  specialDays?: ReadonlyMap<DateText, readonly { fromMinute: number; toMinute: number }[]>;
  /** Time zone of the times; null or absent: the client's. */
  timezone?: ZoneName | null;
  /**
   * Whether this local day is a public holiday or a day off, and so entirely outside business
   * hours.
   */
  isHoliday(date: DateText): boolean;
}

/** A block for taking over a new client's systems. */
export interface Onboarding {
  /** Name of the agreement that is to follow. */
  followedBy: string;
}

/** A block that can be sold: of hours at a rate, or of money. */
export interface Offer {
  name: string;
  /** 0 for money. */
  seconds: number;
  /** Size of a money block, which is also its price; null: hours. */
  amountMinor: number | null;
  /** Price of one hour in minor units of `currency`; 0 for money. */
  rateMinor: number;
  currency: string;
  /** Months after the purchase until the block expires; null: never. */
  validForMonths: number | null;
  /** Work types that its blocks pay for; null: all. */
  workTypes: readonly string[] | null;
  /** The PSA's product (catalogue item) for invoices in both directions. */
  product: string | null;
  /** What one unit of the product means on an invoice created by hand in the PSA. */
  productUnit: 'block' | 'hour';
  /** Maximum blocks per sale. */
  maxPerSale: number;
  /** Absent: ordinary support. */
  onboarding?: Onboarding;
}

export interface ReplenishRule {
  when: Threshold;
  do: readonly ('alert' | 'invoice' | 'recharge')[];
  /** Required when `do` names `invoice` or `recharge`. */
  offer: Offer | null;
  tell: readonly ('msp' | 'client')[];
}

/** Told while time is being worked, whatever it will cost. */
export type UsageAlarm = Pick<ReplenishRule, 'tell'> & UsageLevel;

export type UsageLevel =
  /** For the client, within so many seconds before now. */
  | { usedSeconds: number; withinSeconds: number }
  /** On one open ticket. */
  | { ticketSeconds: number };

/** Whether reaching the threshold sells a block. */
export function sellsBlock({ do: actions }: Pick<ReplenishRule, 'do'>): boolean {
  return actions.includes('invoice') || actions.includes('recharge');
}

/** Which balance is checked, and the level that is reached at or below the figure. */
export type Threshold = { balance: 'settled' | 'projected' } & Level;

type Level =
  | { secondsLeft: number }
  /** Of the money left in money blocks in this currency. */
  | { minorLeft: number; currency: string }
  /** Of the size of the blocks with hours left (`sizeInUse` in thresholds.ts). */
  | { percentLeft: number }
  /** Days until a block with hours left expires. */
  | { expiresWithinDays: number }
  /** Days until the forecast run-out. */
  | { runOutWithinDays: number }
  /** Days without charged work although hours are left. */
  | { idleDays: number };

/** One of the MSP's customers, as configured. `id` is ours and survives a rename or a new PSA. */
export interface Client {
  id: string;
  name: string;
  /** The client's id in each connection. */
  sourceIds: ReadonlyMap<string, string>;
  /** By connection, its previous ID there; work under that ID still belongs to it. */
  formerIds: ReadonlyMap<string, string>;
  agreement: Agreement;
  timezone: ZoneName;
  locale: Locale;
  durations: Durations;
  currency: string;
  /** Work before this day is mirrored and never debited; null: the day of the first run. */
  startOn: DateText | null;
  /**
   * By connection, the first day of its work that counts, if the client moved there from another.
   */
  movedOn: ReadonlyMap<string, DateText>;
  /** The connection that gets this client's alerts and invoices. */
  pushTo: string;
  /**
   * The client whose blocks pay for this one's work; null: its own. The payer itself has no payer.
   */
  paidBy: Client | null;
  /** Whether it shares blocks with others, as the payer or as a client that is paid for. */
  isSharing: boolean;
  /** Maximum that it may use of each shared block; null: no limit. */
  share: Share | null;
  openingBlocks: readonly OpeningBlock[];
  /** Sold and used before the first day that counts: only reports read them, nothing is posted. */
  pastBlocks: readonly PastBlock[];
}

/** A block of hours from before the first day that counts. */
interface PastBlock {
  seconds: number;
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
}

/** A percentage of each block, or hours of each block of hours. */
export type Share = { percent: number } | { seconds: number };

/** The client whose blocks pay for this client's work. */
export function payerOf(client: Client): Client {
  return client.paidBy ?? client;
}

export interface OpeningBlock {
  /** Hours left on `purchasedOn`; 0 for money. */
  seconds: number;
  /** Money left then, for a money block; null: hours. */
  amountMinor: number | null;
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  priority: number;
  /** Work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  /** Absent: ordinary support. */
  onboarding?: Onboarding;
}
