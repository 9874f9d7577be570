import type { ReplenishRule, Share } from '../agreements/terms.ts';
import type { BoughtBlock, Demand } from '../blocks/allocation.ts';
import type { DateText, Instant } from '../time.ts';
import type { ZoneName } from '../zone.ts';

/** A charge as far as a balance cares: what it costs, and from when on. */
export interface SimulatedCharge extends Omit<Demand, 'usedBy'> {
  dueAt: Instant;
  /** Whose work it is, of those that share the blocks. */
  clientId: string;
}

/** What moved a balance besides charges: hours bought or given, taken by hand, or a block withdrawn. */
export interface BalanceMove {
  at: Instant;
  kind: 'credit' | 'spend' | 'withdraw';
  /** Null where any block may pay. */
  blockId: string | null;
  seconds: number;
  /** On a block of money; null: hours. */
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
  /** Of the clients that may take no more than a share of each block. */
  shares: ReadonlyMap<string, Share>;
  rules: readonly ReplenishRule[];
  zone: ZoneName;
  until: Instant;
  /** What work not yet due would cost at the end; what was pending earlier is not known. */
  pendingSeconds: number;
}

export interface Simulated {
  /** By the clients that had work. */
  byClient: ReadonlyMap<string, SimulatedUse>;
  /** Moments at which at least one rule would have told somebody, or sold something. */
  alerts: number;
  invoices: number;
}

export interface SimulatedUse {
  /** Hours charged in all. */
  seconds: number;
  /** Of these, what no block had paid at the end. */
  overageSeconds: number;
  /** Price of what the blocks paid for charges, minor units by currency. */
  moneyMinor: ReadonlyMap<string, number>;
}
