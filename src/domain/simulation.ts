import { allocate, type ChargedWorkTypes, type SpendableBlock } from './allocation.ts';
import type { ChargeFacts } from './charge-facts.ts';
import { priceOf } from './money.ts';
import type { ReplenishRule } from './terms.ts';
import {
  type EpisodeState,
  findCrossings,
  findLeft,
  type HeldBlock,
  type Position,
} from './thresholds.ts';
import {
  addDays,
  addSeconds,
  type DateText,
  dateInZone,
  type Instant,
  startOfDay,
  type ZoneName,
} from './time.ts';

/** A charge as far as a balance cares: what it costs, and from when on. */
export interface SimulatedCharge {
  dueAt: Instant;
  workedOn: DateText;
  workTypes: ChargedWorkTypes;
  seconds: number;
}

/** What moved a balance besides charges: hours bought or given, taken by hand, or a block withdrawn. */
export interface BalanceMove {
  at: Instant;
  kind: 'credit' | 'spend' | 'withdraw';
  /** Null where any block may pay. */
  blockId: string | null;
  seconds: number;
  workedOn: DateText;
}

export interface SimulatedBlock extends Omit<SpendableBlock, 'remainingSeconds' | 'isActive'> {
  rateMinor: number;
  currency: string;
}

export interface Simulation {
  charges: readonly SimulatedCharge[];
  moves: readonly BalanceMove[];
  blocks: readonly SimulatedBlock[];
  rules: readonly ReplenishRule[];
  zone: ZoneName;
  until: Instant;
  /** What work not yet due would cost at the end; what was pending earlier is not known. */
  pendingSeconds: number;
}

export interface Simulated {
  /** Hours charged in all. */
  seconds: number;
  /** Of these, what no block had paid at the end. */
  overageSeconds: number;
  /** Price of what the blocks paid for charges, minor units by currency. */
  moneyMinor: ReadonlyMap<string, number>;
  /** Moments at which at least one rule would have told somebody, or sold something. */
  alerts: number;
  invoices: number;
}

/** The moment at which a charge falls due: its last work is done and, where that counts, its ticket closed. */
export function dueAtOf(facts: ChargeFacts): Instant {
  const ends = facts.parts.map(({ startedAt, seconds }) => addSeconds(startedAt, seconds));
  const closedAt = facts.debitWhen === 'ticket-closed' ? facts.ticket?.closedAt : null;
  if (closedAt) ends.push(closedAt);
  return ends.sort().at(-1) ?? '';
}

interface Owed {
  seconds: number;
  workedOn: DateText;
  workTypes: ChargedWorkTypes;
  isCharge: boolean;
}

/**
 * Plays one client's charges in the order in which they fall due, over the hours that were really
 * bought, and looks at the thresholds after each moment: several blocks bought at one are one balance.
 * Nothing is sold: a crossing buys no hours here; and nothing is forecast, so that levels in days to the
 * run-out are left out.
 */
export function simulate(simulation: Simulation): Simulated {
  const balance = new SimulatedBalance(simulation);
  const events = eventsOf(simulation, balance);
  events.forEach(({ at, apply }, index) => {
    apply();
    if (events[index + 1]?.at !== at) balance.look(at, 0);
  });
  if (balance.hasBegun) balance.look(simulation.until, simulation.pendingSeconds);
  return balance.outcome();
}

function eventsOf(
  { charges, moves, blocks, zone, until }: Simulation,
  balance: SimulatedBalance,
): { at: Instant; rank: number; apply(): void }[] {
  const events = [
    ...moves.map((move) => ({ at: move.at, rank: 0, apply: () => balance.move(move) })),
    ...charges.map((charge) => ({
      at: charge.dueAt,
      rank: 1,
      apply: () => balance.spend({ ...charge, isCharge: true }),
    })),
    // The balance falls with the end of a block's last day, though nothing is used.
    ...blocks.flatMap(({ expiresOn }) => {
      if (expiresOn === null) return [];
      return [{ at: startOfDay(addDays(expiresOn, 1), zone), rank: 2, apply: () => {} }];
    }),
  ].filter(({ at }) => at <= until);
  return events.sort((a, b) => (a.at === b.at ? a.rank - b.rank : a.at < b.at ? -1 : 1));
}

class SimulatedBalance {
  hasBegun = false;
  readonly #simulation: Simulation;
  readonly #blocks: HeldBlock[];
  readonly #usedSeconds = new Map<string, number>();
  readonly #episodes = new Map<string, EpisodeState>();
  #owed: Owed[] = [];
  #seconds = 0;
  #alerts = 0;
  #invoices = 0;
  /** Counts what happened, in place of the positions of a ledger. */
  #position = 0;
  #lastCredit = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#blocks = simulation.blocks.map((block) => ({
      ...block,
      seconds: 0,
      remainingSeconds: 0,
      isActive: true,
    }));
  }

  move({ kind, blockId, seconds, workedOn }: BalanceMove): void {
    if (kind === 'spend') {
      this.spend({ seconds, workedOn, workTypes: null, isCharge: false });
      return;
    }
    this.#position += 1;
    this.hasBegun = true;
    const block = this.#blocks.find(({ id }) => id === blockId);
    if (block === undefined) throw new Error(`a move names block ${blockId}, which is not there`);
    if (kind === 'withdraw') {
      block.remainingSeconds = 0;
      block.isActive = false;
      return;
    }
    block.seconds += seconds;
    block.remainingSeconds += seconds;
    this.#lastCredit = this.#position;
    const owed = this.#owed.sort((a, b) => (a.workedOn < b.workedOn ? -1 : 1));
    this.#owed = [];
    for (const one of owed) this.#pay(one);
  }

  spend(owed: Owed): void {
    this.#position += 1;
    this.hasBegun = true;
    if (owed.isCharge) this.#seconds += owed.seconds;
    this.#pay(owed);
  }

  #pay(owed: Owed): void {
    const slices = allocate(owed.seconds, owed.workedOn, this.#blocks, owed.workTypes);
    for (const { blockId, seconds } of slices) {
      if (blockId === null) this.#owed.push({ ...owed, seconds });
      else if (owed.isCharge) {
        this.#usedSeconds.set(blockId, (this.#usedSeconds.get(blockId) ?? 0) + seconds);
      }
    }
  }

  look(at: Instant, pendingSeconds: number): void {
    const today = dateInZone(at, this.#simulation.zone);
    const usable = this.#blocks.filter(
      ({ isActive, expiresOn }) => isActive && (expiresOn === null || expiresOn >= today),
    );
    const { rules } = this.#simulation;
    const position: Position = {
      today,
      balances: {
        settledSeconds: sum(usable.map((block) => block.remainingSeconds)),
        overageSeconds: sum(this.#owed.map((owed) => owed.seconds)),
        pendingSeconds,
      },
      blocks: this.#blocks,
      forecast: () => null,
    };
    const episodes = [...this.#episodes.values()];
    const lastCreditSeq = this.#lastCredit;
    const crossings = findCrossings(rules, position, episodes, { lastCreditSeq, mode: 'live' });
    for (const left of findLeft(rules, position, episodes, { lastCreditSeq })) {
      this.#episodes.set(left.threshold, { ...left, isFired: false });
    }
    for (const { threshold, number } of crossings) {
      const firedClientSeq = this.#position;
      this.#episodes.set(threshold, {
        ...{ threshold, number, firedClientSeq },
        ...{ isFired: true, firedMode: 'live' },
      });
    }
    if (crossings.some(({ rule }) => rule.do.includes('alert'))) this.#alerts += 1;
    if (crossings.some(({ rule }) => rule.do.includes('invoice'))) this.#invoices += 1;
  }

  outcome(): Simulated {
    const moneyMinor = new Map<string, number>();
    for (const { id, rateMinor, currency } of this.#simulation.blocks) {
      const used = this.#usedSeconds.get(id);
      if (used === undefined) continue;
      moneyMinor.set(currency, (moneyMinor.get(currency) ?? 0) + priceOf(used, rateMinor));
    }
    return {
      seconds: this.#seconds,
      overageSeconds: sum(this.#owed.filter(({ isCharge }) => isCharge).map((one) => one.seconds)),
      moneyMinor,
      alerts: this.#alerts,
      invoices: this.#invoices,
    };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
