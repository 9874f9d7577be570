/** What the auditor keeps of each recharge. */

export interface SeenRecharge {
  clientId: string;
  blockId: string;
  invoiceKey: string;
  ticketKey: string;
  decidedOn: string;
  decidedMinor: number;
  /** The highest price that may be charged; null: nothing leaves before a person approves it. */
  approvedMinor: number | null;
  /** It was paid and came back before the product can have seen it: then a person may be asked, or not. */
  isDoubtful: boolean;
  wasAsked: boolean;
  /** Of an hour, since it was decided: where another would exceed a limit, it keeps its own. */
  rates: Set<number>;
  isCancelled: boolean;
  /** At the provider; else its invoice in the PSA is collected. */
  isCharged: boolean;
  /** Final declines after which a person resumed sales, and how often one did. */
  finalResumed: number;
  timesResumed: number;
  /** In the PSA, by whoever collects. */
  timesPaid: number;
  timesReturned: number;
  /** As last settled. */
  sentOn: string | null;
  wasPaid: boolean;
  wasUsable: boolean;
  collectedLeast: number;
  returnedLeast: number;
  overdueLeast: number;
}

export interface PaymentCounts {
  requested: number;
  collected: number;
  returned: number;
  ended: number;
  unapproved: number;
  /** At the provider. */
  charged: number;
  declined: number;
}
