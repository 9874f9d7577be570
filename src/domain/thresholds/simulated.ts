import type { ReplenishRule, Share } from '../agreements/terms.ts';
import type { BoughtBlock, Demand } from '../blocks/allocation.ts';
import type { DateText, Instant } from '../time.ts';
import type { ZoneName } from '../zone.ts';
import type { WorkedTime } from './alarms.ts';

/** What a charge costs, and when. */
export interface SimulatedCharge extends Omit<Demand, 'usedBy'> {
  /** By which `paid` finds it; absent: nobody asks who paid. */
  id?: string | undefined;
  dueAt: Instant;
  /** Absent: the day that it counts from. */
  lastWorkedOn?: DateText;
  /** Its covered time entries; absent: nobody asks. */
  worked?: readonly WorkedTime[];
  /** The client, of those that share the blocks. */
  clientId: string;
}

/**
 * A balance change other than a charge: hours bought, given or taken by hand, or a withdrawn block.
 */
export interface BalanceMove {
  at: Instant;
  kind: 'credit' | 'spend' | 'withdraw';
  /** Null where any block may pay. */
  blockId: string | null;
  seconds: number;
  /** On a money block; null: hours. */
  minor: number | null;
  workedOn: DateText;
}

export interface SimulatedBlock extends BoughtBlock {
  rateMinor: number;
}

export interface Simulation {
  charges: readonly SimulatedCharge[];
  moves: readonly BalanceMove[];
  blocks: readonly SimulatedBlock[];
  /** Shares of the clients limited to a share of each block. */
  shares: ReadonlyMap<string, Share>;
  rules: readonly ReplenishRule[];
  zone: ZoneName;
  until: Instant;
  /** What pending work would cost at the end; earlier pending work is unknown. */
  pendingSeconds: number;
}

export interface Simulated {
  /** By client with work. */
  byClient: ReadonlyMap<string, SimulatedUse>;
  /** Who paid what of each charge with an ID; seconds without a block are overage. */
  paid: ReadonlyMap<string, readonly PaidSlice[]>;
  /** Hours left in each block at the end. */
  left: ReadonlyMap<string, number>;
  /** Times at which at least one rule would have alerted or sold. */
  alerts: number;
  invoices: number;
}

export interface PaidSlice {
  blockId: string | null;
  seconds: number;
  /** When hours bought later paid for what had been overage; null: paid when it was charged. */
  laterPaidAt: Instant | null;
}

interface SimulatedUse {
  /** Total hours charged. */
  seconds: number;
  /** Of these, the hours that no block had paid at the end. */
  overageSeconds: number;
  /** Price of what the blocks paid for charges, minor units by currency. */
  moneyMinor: ReadonlyMap<string, number>;
}
