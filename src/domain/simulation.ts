import {
  allocate,
  type BoughtBlock,
  type Demand,
  type SpendableBlock,
  splitDemand,
} from './allocation.ts';
import type { ChargeFacts } from './charge-facts.ts';
import { partOfPrice, priceOf } from './money.ts';
import { type Account, holdBlock } from './postings.ts';
import type { ReplenishRule, Share } from './terms.ts';
import {
  type EpisodeState,
  findCrossings,
  findLeft,
  moneyLeftIn,
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

/** The moment at which a charge falls due: its last work is done and, where that counts, its ticket closed. */
export function dueAtOf(facts: ChargeFacts): Instant {
  const ends = facts.parts.map(({ startedAt, seconds }) => addSeconds(startedAt, seconds));
  const closedAt = facts.debitWhen === 'ticket-closed' ? facts.ticket?.closedAt : null;
  if (closedAt) ends.push(closedAt);
  return ends.sort().at(-1) ?? '';
}

interface Owed extends Omit<Demand, 'usedBy'> {
  /** Null: taken by hand. */
  clientId: string | null;
}

/**
 * Plays the charges of one client (and of those it pays for) in the order in which they fall due, over
 * the hours that were really bought, and looks at the thresholds after each moment: several blocks bought
 * at one are one balance. Nothing is sold: a crossing buys no hours here; and nothing is forecast, so that
 * levels in days to the run-out are left out.
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
      apply: () => balance.spend(charge),
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
  readonly #account: Account;
  /** What was bought of each block. */
  readonly #sizes = new Map<string, number>();
  readonly #uses = new Map<string, { seconds: number; slices: Used[] }>();
  readonly #episodes = new Map<string, EpisodeState>();
  #owed: Owed[] = [];
  #alerts = 0;
  #invoices = 0;
  /** Counts what happened, in place of the positions of a ledger. */
  #position = 0;
  #lastCredit = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { shares } = simulation;
    this.#account = { clientId: '', blocks: [], overageSeconds: 0, shares };
    for (const block of simulation.blocks) {
      const held = holdBlock(this.#account, block);
      held.remainingSeconds = 0;
      if (held.remainingMinor !== null) held.remainingMinor = 0;
    }
  }

  move({ kind, blockId, seconds, minor, workedOn }: BalanceMove): void {
    if (kind === 'spend') {
      this.spend({ seconds, workedOn, workTypes: null, price: null, clientId: null });
      return;
    }
    this.#position += 1;
    this.hasBegun = true;
    const block = this.#account.blocks.find(({ id }) => id === blockId);
    if (block === undefined) throw new Error(`a move names block ${blockId}, which is not there`);
    if (kind === 'withdraw') {
      block.remainingSeconds = 0;
      if (block.remainingMinor !== null) block.remainingMinor = 0;
      block.isActive = false;
      return;
    }
    if (block.remainingMinor !== null) block.remainingMinor += minor ?? 0;
    else {
      this.#sizes.set(block.id, (this.#sizes.get(block.id) ?? 0) + seconds);
      block.remainingSeconds += seconds;
    }
    this.#lastCredit = this.#position;
    const owed = this.#owed.sort((a, b) => (a.workedOn < b.workedOn ? -1 : 1));
    this.#owed = [];
    for (const one of owed) this.#pay(one);
  }

  spend(owed: Owed): void {
    this.#position += 1;
    this.hasBegun = true;
    if (owed.clientId !== null) this.#useOf(owed.clientId).seconds += owed.seconds;
    for (const part of splitDemand(owed)) this.#pay(part);
  }

  #useOf(clientId: string): { seconds: number; slices: Used[] } {
    const use = this.#uses.get(clientId) ?? { seconds: 0, slices: [] };
    this.#uses.set(clientId, use);
    return use;
  }

  #pay(owed: Owed): void {
    const { clientId, ...demand } = owed;
    for (const slice of allocate({ ...demand, usedBy: clientId }, this.#account.blocks)) {
      const { blockId, seconds, minor } = slice;
      if (blockId === null) {
        const price = partOfPrice(owed.price, owed.seconds, seconds);
        this.#owed.push({ ...owed, seconds, price });
      } else if (clientId !== null) {
        this.#useOf(clientId).slices.push({ blockId, seconds, minor });
      }
    }
  }

  look(at: Instant, pendingSeconds: number): void {
    const today = dateInZone(at, this.#simulation.zone);
    const { blocks } = this.#account;
    const usable = blocks.filter(
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
      blocks: blocks.map((block) => ({ ...block, seconds: this.#sizes.get(block.id) ?? 0 })),
      moneyLeft: moneyLeftIn(blocks.map((one) => (usable.includes(one) ? one : ended(one)))),
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
    const byClient = [...this.#uses].map(([clientId, { seconds, slices }]) => {
      const owed = this.#owed.filter((one) => one.clientId === clientId);
      const overageSeconds = sum(owed.map((one) => one.seconds));
      return [clientId, { seconds, overageSeconds, moneyMinor: this.#moneyOf(slices) }] as const;
    });
    return { byClient: new Map(byClient), alerts: this.#alerts, invoices: this.#invoices };
  }

  /** Hours at their block's price, rounded once a block; money as it was taken. */
  #moneyOf(slices: readonly Used[]): Map<string, number> {
    const moneyMinor = new Map<string, number>();
    for (const { id, rateMinor, currency, amountMinor } of this.#simulation.blocks) {
      const own = slices.filter(({ blockId }) => blockId === id);
      if (own.length === 0) continue;
      const minor =
        amountMinor === null
          ? priceOf(sum(own.map(({ seconds }) => seconds)), rateMinor)
          : sum(own.map((slice) => slice.minor ?? 0));
      moneyMinor.set(currency, (moneyMinor.get(currency) ?? 0) + minor);
    }
    return moneyMinor;
  }
}

interface Used {
  blockId: string;
  seconds: number;
  minor: number | null;
}

/** Seen with nothing in it: a simulation takes no hours off at the end of a block. */
function ended(block: SpendableBlock): SpendableBlock {
  return { ...block, isActive: false };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
