import { sellsBlock } from '../agreements/terms.ts';
import { allocate, type Demand, type SpendableBlock, splitDemand } from '../blocks/allocation.ts';
import type { ChargeFacts } from '../charges/charge-facts.ts';
import { type Account, holdBlock } from '../ledger/postings.ts';
import { partOfPrice, priceOf } from '../money.ts';
import { sum } from '../statistics.ts';
import { type DateText, dateInZone, type Instant, instantFromMs, msFromInstant } from '../time.ts';
import { type EpisodeState, findCrossings, followEpisodes, type LedgerMove } from './episodes.ts';
import { idleOf } from './idle.ts';
import { positionsByKind } from './positions.ts';
import type {
  BalanceMove,
  PaidSlice,
  Simulated,
  SimulatedCharge,
  Simulation,
} from './simulated.ts';
import { eventsOf, isAboutIdle, lastDayOf } from './simulated-events.ts';
import { type Idle, moneyLeftIn, type Position } from './thresholds.ts';

/** When a charge becomes due: its last work is done and, if required, its ticket is closed. */
export function dueAtOf(facts: ChargeFacts): Instant {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { startedAt, seconds } of facts.parts) {
    lastMs = Math.max(lastMs, msFromInstant(startedAt) + seconds * 1000);
  }
  const doneAt = facts.parts.length === 0 ? '' : instantFromMs(lastMs);
  const closedAt = facts.debitWhen === 'ticket-closed' ? facts.ticket?.closedAt : null;
  return closedAt && closedAt > doneAt ? closedAt : doneAt;
}

interface UnpaidTime extends Omit<Demand, 'usedBy'> {
  id?: string | undefined;
  /** Null: taken by hand. */
  clientId: string | null;
}

/**
 * Simulates the charges of one client (and of those it pays for) in the order in which they become
 * due, over the hours really bought, and checks the thresholds after each point in time: blocks
 * bought at the same time are one balance. Nothing is sold: a crossing buys no hours here; and
 * nothing is forecast, so run-out thresholds are ignored.
 */
export function simulate(simulation: Simulation): Simulated {
  const balance = new SimulatedBalance(simulation);
  const events = eventsOf(simulation, balance);
  let isMoved = false;
  events.forEach(({ at, apply }, index) => {
    apply?.();
    isMoved ||= apply !== undefined;
    if (events[index + 1]?.at === at) return;
    balance.look(at, 0, isMoved ? simulation.rules : simulation.rules.filter(isAboutIdle));
    isMoved = false;
  });
  if (balance.hasBegun) balance.look(simulation.until, simulation.pendingSeconds);
  return balance.outcome();
}

class SimulatedBalance {
  hasBegun = false;
  readonly #simulation: Simulation;
  readonly #account: Account;
  /** The size of each block. */
  readonly #sizes = new Map<string, number>();
  readonly #uses = new Map<string, { seconds: number; slices: Used[] }>();
  readonly #paid = new Map<string, PaidSlice[]>();
  readonly #episodes = new Map<string, EpisodeState>();
  #owed: UnpaidTime[] = [];
  #alerts = 0;
  #invoices = 0;
  /** The history, instead of a ledger. */
  readonly #moves: LedgerMove[] = [];
  #lastCredit = 0;
  readonly #credited = new Set<string>();
  #lastWorkedOn: DateText | null = null;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const { shares } = simulation;
    const orderedBlocks = new Set<string>();
    this.#account = { clientId: '', blocks: [], orderedBlocks, overageSeconds: 0, shares };
    for (const block of simulation.blocks) {
      const held = holdBlock(this.#account, block);
      held.remainingSeconds = 0;
      if (held.remainingMinor !== null) held.remainingMinor = 0;
    }
  }

  move({ at, kind, blockId, seconds, minor, workedOn }: BalanceMove): void {
    if (kind === 'spend') {
      this.#noteWork(workedOn);
      this.spend({ seconds, workedOn, workTypes: null, price: null, clientId: null });
      return;
    }
    this.hasBegun = true;
    const block = this.#account.blocks.find(({ id }) => id === blockId);
    if (block === undefined) throw new Error(`a move names unknown block ${blockId}`);
    if (kind === 'withdraw') {
      this.#note('debit', 'refund', { blockId: block.id, ...leftIn(block) });
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
    this.#note('credit', 'purchase', { blockId: block.id, seconds, minor });
    this.#lastCredit = this.#moves.length;
    this.#credited.add(block.id);
    const owed = this.#owed.sort((a, b) => (a.workedOn < b.workedOn ? -1 : 1));
    this.#owed = [];
    for (const one of owed) {
      const { seconds, workTypes } = one;
      this.#note('credit', 'reversal', { blockId: null, seconds, minor: null, workTypes });
      this.#pay(one, at);
    }
  }

  /** The rest of the block expires, but late work from its valid days may still use it. */
  end(blockId: string): void {
    const block = this.#account.blocks.find(({ id }) => id === blockId);
    if (block?.isActive) this.#note('debit', 'expiry', { blockId, ...leftIn(block) });
  }

  #note(
    side: LedgerMove['side'],
    reason: LedgerMove['reason'],
    moved: Pick<LedgerMove, 'blockId' | 'seconds' | 'minor'> & Partial<LedgerMove>,
  ): void {
    const nothing = { usedBy: null, chargeId: null, reverses: null, workedOn: null, note: null };
    const clientSeq = this.#moves.length + 1;
    this.#moves.push({
      key: String(clientSeq),
      clientId: '',
      clientSeq,
      side,
      reason,
      workTypes: null,
      ...nothing,
      ...moved,
    });
  }

  charge(charge: SimulatedCharge): void {
    this.#noteWork(lastDayOf(charge));
    this.spend(charge);
  }

  #noteWork(day: DateText): void {
    if (day > (this.#lastWorkedOn ?? '')) this.#lastWorkedOn = day;
  }

  /** Null while work waits to be charged: nobody is idle then. */
  #findIdle(held: Position['blocks'], today: DateText, at: Instant): Idle | null {
    const idle = idleOf(held, this.#lastWorkedOn, today);
    const isWaiting = (charge: SimulatedCharge) => charge.workedOn <= today && charge.dueAt > at;
    return idle === null || this.#simulation.charges.some(isWaiting) ? null : idle;
  }

  spend(owed: UnpaidTime): void {
    this.hasBegun = true;
    if (owed.clientId !== null) this.#useOf(owed.clientId).seconds += owed.seconds;
    for (const part of splitDemand(owed)) this.#pay(part, null);
  }

  #useOf(clientId: string): { seconds: number; slices: Used[] } {
    const use = this.#uses.get(clientId) ?? { seconds: 0, slices: [] };
    this.#uses.set(clientId, use);
    return use;
  }

  #pay(owed: UnpaidTime, laterPaidAt: Instant | null): void {
    const { clientId, ...demand } = owed;
    for (const slice of allocate({ ...demand, usedBy: clientId }, this.#account.blocks)) {
      const { blockId, seconds, minor } = slice;
      this.#note('debit', blockId === null ? 'overage' : 'usage', {
        ...slice,
        workTypes: owed.workTypes,
      });
      if (blockId === null) {
        const price = partOfPrice(owed.price, owed.seconds, seconds);
        this.#owed.push({ ...owed, seconds, price });
      } else if (clientId !== null) {
        this.#useOf(clientId).slices.push({ blockId, seconds, minor });
        this.#notePaid(owed.id, { blockId, seconds, laterPaidAt });
      }
    }
  }

  #notePaid(id: string | undefined, slice: PaidSlice): void {
    if (id !== undefined) this.#paid.set(id, [...(this.#paid.get(id) ?? []), slice]);
  }

  look(at: Instant, pendingSeconds: number, rules = this.#simulation.rules): void {
    if (rules.length === 0) return;
    const today = dateInZone(at, this.#simulation.zone);
    const blocks = this.#account.blocks.filter(({ id }) => this.#credited.has(id));
    const usable = blocks.filter(
      ({ isActive, expiresOn }) => isActive && (expiresOn === null || expiresOn >= today),
    );
    const held = blocks.map((block) => ({
      ...(usable.includes(block) ? block : ended(block)),
      seconds: this.#sizes.get(block.id) ?? 0,
      isBought: true,
    }));
    const isAsked = pendingSeconds === 0 && rules.some(isAboutIdle);
    const whole: Position = {
      today,
      workTypes: null,
      balances: {
        settledSeconds: sum(usable.map((block) => block.remainingSeconds)),
        overageSeconds: sum(this.#owed.map((owed) => owed.seconds)),
        pendingSeconds,
      },
      blocks: held,
      idle: isAsked ? this.#findIdle(held, today, at) : null,
      hasHours: true,
      moneyLeft: moneyLeftIn(blocks.map((one) => (usable.includes(one) ? one : ended(one)))),
      moneyOwed: new Map(),
      forecast: () => null,
    };
    const pending = [{ workTypes: null, seconds: pendingSeconds, price: null }];
    const positions = positionsByKind(whole, rules, { overage: this.#owed, pending });
    const episodes = [...this.#episodes.values()];
    const lastCreditSeq = this.#lastCredit;
    const found = { lastCreditSeq, mode: 'live', zone: this.#simulation.zone } as const;
    const since = { ...found, moves: this.#moves, ordered: [] };
    const crossings = findCrossings(rules, positions, episodes, since);
    for (const followed of followEpisodes(rules, positions, episodes, found)) {
      this.#episodes.set(followed.threshold, followed);
    }
    for (const { threshold, number } of crossings) {
      this.#episodes.set(threshold, {
        threshold,
        number,
        firedClientSeq: this.#moves.length,
        firedAt: at,
        isFired: true,
        firedMode: 'live',
        pendingSeconds,
      });
    }
    if (crossings.some(({ rule }) => rule.do.includes('alert'))) this.#alerts += 1;
    if (crossings.some(({ rule }) => sellsBlock(rule))) this.#invoices += 1;
  }

  outcome(): Simulated {
    const byClient = [...this.#uses].map(([clientId, { seconds, slices }]) => {
      const owed = this.#owed.filter((one) => one.clientId === clientId);
      const overageSeconds = sum(owed.map((one) => one.seconds));
      return [clientId, { seconds, overageSeconds, moneyMinor: this.#moneyOf(slices) }] as const;
    });
    for (const { id, seconds } of this.#owed) {
      this.#notePaid(id, { blockId: null, seconds, laterPaidAt: null });
    }
    const left = new Map(this.#account.blocks.map((one) => [one.id, one.remainingSeconds]));
    const [alerts, invoices] = [this.#alerts, this.#invoices];
    return { byClient: new Map(byClient), paid: this.#paid, left, alerts, invoices };
  }

  /** Hours at their block's price, rounded once per block; money as taken. */
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

/** An expired block counts as empty: the simulation posts no expiry. */
function ended(block: SpendableBlock): SpendableBlock {
  return { ...block, isActive: false };
}

function leftIn({ remainingSeconds, remainingMinor }: SpendableBlock) {
  return { seconds: remainingSeconds, minor: remainingMinor };
}
