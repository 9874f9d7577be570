import type { DateText } from '../time.ts';
import type { ZoneName } from '../zone.ts';

/** The terms under which a client's time is paid. Times in whole seconds, factors in thousandths. */
export interface Agreement {
  name: string;
  /** Which work the agreement is about; null in a field means all of it. Names as the PSA shows them. */
  applies: {
    boards: readonly string[] | null;
    ticketTypes: readonly string[] | null;
    agreements: readonly string[] | null;
  };
  debitWhen: 'ticket-closed' | 'approved' | 'logged';
  /** Which of two times counts, where the vendor keeps hours to bill beside those worked. */
  timeFrom: 'worked' | 'billed';
  /** Time that hangs on no ticket: due as soon as it is logged (or approved), or kept pending. */
  withoutTicket: 'debit' | 'hold';
  rounding: Rounding;
  workTypes: {
    covered: readonly string[];
    excluded: readonly string[];
    unlisted: 'covered' | 'excluded';
  };
  /** Covered time of the work type in a charge is at least this, once there is any. */
  workTypeMinimums: readonly { workType: string; seconds: number }[];
  /** Whose time counts, by the role the vendor shows; an empty `covered` means every role's. */
  roles: { covered: readonly string[]; excluded: readonly string[] };
  /** First and last day of work that the agreement is about, on the client's calendar; null: no end. */
  from: DateText | null;
  until: DateText | null;
  /** Technicians whose time never comes off a block, by the name the vendor shows. */
  excludedTechnicians: readonly string[];
  multipliers: readonly Multiplier[];
  /** Multipliers never stack unless this says so: the highest applies. */
  stackMultipliers: boolean;
  /** What an hour costs off a block of money; null: such a block pays for nothing. */
  rates: Rates | null;
  /** Hours beyond every block: the next one pays, the work is held until one can, or they are billed. */
  overage: 'carry' | 'hold' | OverageBilling;
  /** What becomes of the hours left in a block that expires; null: they are lost. */
  rollover: Rollover | null;
  replenish: readonly ReplenishRule[];
  /** When a bought block may be used: once its invoice stands in the PSA, or once that is paid. */
  activate: 'on-invoice' | 'on-payment';
}

/** Prices of one charged hour, minor units. */
export interface Rates {
  currency: string;
  /** For work types that have none of their own. */
  rateMinor: number;
  workTypes: readonly { workType: string; rateMinor: number }[];
}

/** Hours beyond the blocks are sold afterwards, at a rate of their own. */
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
  /** The most that one block passes on; null: all. */
  seconds: number | null;
  /** How long they stay good from then on; null: as long again as the block was. */
  validForMonths: number | null;
}

export interface Rounding {
  per: 'entry' | 'ticket' | 'day';
  incrementSeconds: number;
  minimumSeconds: number;
  /** A last, begun increment of at most this many seconds is forgiven. */
  graceSeconds: number;
}

/** One rule that makes time dearer (or cheaper). Exactly one of the conditions is set. */
export interface Multiplier {
  workType: string | null;
  role: string | null;
  /** Applies to the seconds that lie outside these business hours. */
  outside: BusinessHours | null;
  /** 1500 is ×1.5. */
  factorThousandths: number;
}

export interface BusinessHours {
  name: string;
  /** Seven lists, Monday first; times of day as minutes after local midnight, `to` exclusive, up to 1440. */
  week: readonly (readonly { fromMinute: number; toMinute: number }[])[];
  /** Days of other hours than the week's, whether or not they are holidays. */
  specialDays?: ReadonlyMap<DateText, readonly { fromMinute: number; toMinute: number }[]>;
  /** Zone that the times are in; null or absent: the client's. */
  timezone?: ZoneName | null;
  /** Whether this local day is a public holiday or a day off, and so wholly outside business hours. */
  isHoliday(date: DateText): boolean;
}

/** A block size that can be bought: of hours at a rate, or of money. */
export interface Offer {
  name: string;
  /** 0 for money. */
  seconds: number;
  /** Size of a block of money, which is also its price; null: hours. */
  amountMinor: number | null;
  /** Price of one hour in minor units of `currency`; 0 for money. */
  rateMinor: number;
  currency: string;
  /** Months after the purchase at whose end the block expires; null: never. */
  validForMonths: number | null;
  /** The work types that its blocks pay for; null: all. */
  workTypes: readonly string[] | null;
  /** The PSA's product (catalogue item) for invoices in both directions. */
  product: string | null;
  /** What one unit of the product is on an invoice that somebody wrote in the PSA. */
  productUnit: 'block' | 'hour';
  /** The most blocks of one sale. */
  maxPerSale: number;
}

export interface ReplenishRule {
  when: Threshold;
  do: readonly ('alert' | 'invoice')[];
  /** Required when `do` names `invoice`. */
  offer: Offer | null;
  tell: readonly ('msp' | 'client')[];
}

/** Which balance is looked at, and the one level of it that is reached at or below the figure. */
export type Threshold = { balance: 'settled' | 'projected' } & Level;

export type Level =
  | { secondsLeft: number }
  /** Of the money left in blocks of money in this currency. */
  | { minorLeft: number; currency: string }
  /** Of the size of the blocks that still have hours (`sizeInUse` in thresholds.ts). */
  | { percentLeft: number }
  /** Days until a block ends that still has hours. */
  | { expiresWithinDays: number }
  /** Days until the forecast run-out. */
  | { runOutWithinDays: number };

/** One of the MSP's customers, as configured. `id` is ours and survives a renaming or a new PSA. */
export interface Client {
  id: string;
  name: string;
  /** The client's id in each connection. */
  sourceIds: ReadonlyMap<string, string>;
  /** By connection, the id that it had there before; work under that id is still its own. */
  formerIds: ReadonlyMap<string, string>;
  agreement: Agreement;
  timezone: ZoneName;
  locale: Locale;
  currency: string;
  /** Work before this day is mirrored and never debited; null: the day of the first run. */
  startOn: DateText | null;
  /** By connection, the first day of its work that counts, where the client came to it from another. */
  movedOn: ReadonlyMap<string, DateText>;
  /** The connection that gets this client's alerts and invoices. */
  pushTo: string;
  /** The client whose blocks pay for this one's work; null: its own. Such a client is paid by nobody. */
  paidBy: Client | null;
  /** Whether it shares blocks with others, as the one who pays or as one who is paid for. */
  isSharing: boolean;
  /** The most that it may take of each block that it shares; null: no limit. */
  share: Share | null;
  openingBlocks: readonly OpeningBlock[];
}

/** Of the size of each block, or in hours of each block of hours. */
export type Share = { percent: number } | { seconds: number };

/** Whose blocks pay for the client's work. */
export function payerOf(client: Client): Client {
  return client.paidBy ?? client;
}

export type Locale = 'en' | 'fr';

export interface OpeningBlock {
  /** Hours that were left on `purchasedOn`; 0 for money. */
  seconds: number;
  /** Money that was left then, for a block of money; null: hours. */
  amountMinor: number | null;
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  priority: number;
  /** The work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
}
