import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { TimeEntryRow } from '../../src/contract/connector.ts';
import type { LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { usualSteps } from '../../src/service/run/run.ts';
import type { CoreBench } from './core-bench.ts';
import type { Oracle } from './oracle.ts';
import { type OracleBlock, rankOf } from './oracle-blocks.ts';
import { rootOf } from './oracle-work.ts';
import {
  configOf,
  names,
  never,
  openWorld,
  ownerOf,
  type Purchase,
  PurchaseFigures,
  roles,
  startOf,
  toBlock,
  type World,
  workTypes,
} from './oracle-world.ts';

/** What happens, with numbers that are taken modulo what there is to choose from. */
export const Step = fc.oneof(
  step('open ticket', 2),
  step('log', 8),
  step('edit', 2),
  step('delete', 1),
  step('move entry', 1),
  step('close', 3),
  step('reopen', 1),
  step('move ticket', 2),
  step('merge ticket', 1),
  step('correct', 1),
  step('void block', 1),
  step('buy', 2),
  step('sell by config', 1),
  step('run', 3),
);

function step<Name extends string>(name: Name, weight: number) {
  const figures = { a: fc.nat(99_999), b: fc.nat(99_999), purchase: PurchaseFigures };
  return { arbitrary: fc.record({ name: fc.constant(name), ...figures }), weight };
}

export type Step = typeof Step extends fc.Arbitrary<infer One> ? One : never;

/** The same history told to both engines. */
export class History {
  readonly bench: CoreBench;
  readonly oracle: Oracle;
  /** Whether older work takes its hours first, so that even the blocks that pay are the same. */
  isOrdered = true;
  readonly #world: World;
  readonly #bought: OracleBlock[];
  /** In the config, and in no run yet. */
  #coming: OracleBlock[] = [];
  #ids = 3;

  constructor(world: World, bench: CoreBench, oracle: Oracle, bought: OracleBlock[]) {
    this.bench = bench;
    this.oracle = oracle;
    this.#world = world;
    this.#bought = bought;
  }

  async play({ name, a, b, purchase }: Step): Promise<void> {
    const { psa } = this.bench;
    // From minutes to two days pass with each step, over weekends and the change of clocks.
    this.bench.advance(1000 + ((a * 17) % 172_800));
    // Few tickets, so that much happens to each.
    const ticket = psa.tickets[a % Math.max(1, Math.min(5, psa.tickets.length))];
    const entry = psa.timeEntries[a % Math.max(1, psa.timeEntries.length)];
    this.#ids += 1;
    if (name === 'open ticket') psa.ticket(String(this.#ids), { clientId: String(1 + (b % 3)) });
    else if (name === 'run') await this.run();
    else if (name === 'buy') await this.#buy(purchase);
    else if (name === 'sell by config') await this.#sellByConfig(purchase);
    else if (name === 'void block') await this.#void(a, b);
    else if (ticket === undefined) return;
    else if (name === 'log' || name === 'correct') {
      const kind = name === 'log' ? 'work' : 'correction';
      const fields = this.#timeOf({ kind, a, b });
      psa.log(String(this.#ids), ticket.sourceId, fields.startedAt, 0, { kind, ...fields });
      psa.editTicket(ticket.sourceId, {});
    } else if (name === 'close') psa.close(ticket.sourceId);
    else if (name === 'reopen') psa.reopen(ticket.sourceId);
    else if (name === 'merge ticket') this.#merge(ticket.sourceId, b);
    else if (name === 'move ticket') {
      psa.editTicket(ticket.sourceId, { clientId: String(1 + (b % 3)) });
    } else if (entry === undefined) return;
    else if (name === 'delete') psa.removeEntry(entry.sourceId);
    else {
      const moved = name === 'edit' ? {} : { ticketId: ticket.sourceId };
      psa.editTicket(entry.ticketId ?? '', {});
      psa.editEntry(entry.sourceId, { ...this.#timeOf({ kind: entry.kind, a, b }), ...moved });
      psa.editTicket(ticket.sourceId, {});
    }
  }

  #merge(sourceId: string, b: number): void {
    const { psa } = this.bench;
    const into = rootOf(psa.tickets[b % psa.tickets.length]?.sourceId ?? '', psa.tickets).sourceId;
    // Never in a ring, and what was merged stays so.
    if (into !== sourceId && rootOf(sourceId, psa.tickets).sourceId === sourceId) {
      psa.editTicket(sourceId, { mergedInto: into });
      psa.editTicket(into, {});
    }
  }

  /** Up to ten days back, since late entries are common; a fourth of them beside the change of clocks. */
  #timeOf({ kind, a, b }: { kind: TimeEntryRow['kind']; a: number; b: number }) {
    const { nowMs } = this.bench;
    const isNear = b % 4 === 0 && nowMs > this.#world.changeMs;
    const nearMs = this.#world.changeMs + (((b * 613) % 43_200) - 21_600) * 1000;
    const startMs = isNear ? nearMs : nowMs - ((b * 37) % 864_000) * 1000;
    // Every other on the half hour, as people write it: such work may begin with a change of the clocks.
    const stepMs = b % 8 < 4 ? 1_800_000 : 1000;
    const startedAt = instantFromMs(Math.floor(startMs / stepMs) * stepMs);
    if (kind === 'correction') return { startedAt, endedAt: startedAt, seconds: -1 - (a % 4000) };
    const span = 1 + ((a * 7 + b) % (a % 7 === 0 ? 36_000 : 9000));
    // Most count from start to end; else breaks come off, only a length is known, or more was written.
    const counted = [span, span, span, span, Math.max(0, span - (b % 3000)), span + (b % 900)];
    const ended = Date.parse(startedAt) + (b % 9 === 0 ? 0 : span * 1000);
    return {
      startedAt,
      endedAt: instantFromMs(ended),
      seconds: counted[a % counted.length] ?? span,
      workType: workTypes[(a + b) % workTypes.length] ?? null,
      role: roles[(a * 3 + b) % roles.length] ?? null,
      ...((a + b) % 7 === 0
        ? { technicianId: 't2', technician: 'Bob' }
        : { technicianId: 't1', technician: 'Ada' }),
      isBillable: (a + b * 5) % 11 !== 0,
    };
  }

  /** Sold to the owner outside the program: hours or money for all work, in the client's currency. */
  async #buy(purchase: Purchase): Promise<void> {
    const { nowMs } = this.bench;
    const sold: Purchase = { ...purchase, workTypes: null, currency: 'EUR' };
    const block = toBlock(this.#world, sold, nowMs);
    await addBlock(this.bench.app, {
      clientId: this.bench.clientId(names[Number(block.owner) - 1]),
      ...(block.currency === null
        ? { seconds: block.size, amountMinor: null, rateMinor: 100 }
        : { seconds: 0, amountMinor: block.size, rateMinor: 0 }),
      priority: block.priority,
      purchasedOn: block.boughtOn,
      reason: 'sold',
      expiresOn: block.expiresOn === never ? null : block.expiresOn,
    });
    this.oracle.buy([block]);
  }

  /** An opening block that a person adds to the config; the next run credits it. */
  async #sellByConfig(purchase: Purchase): Promise<void> {
    const block = toBlock(this.#world, purchase, this.bench.nowMs);
    this.#bought.push(block);
    this.#coming.push(block);
    await this.bench.configure(configOf(this.#world, this.#bought));
  }

  async #void(a: number, b: number): Promise<void> {
    const owner = String(1 + ownerOf(this.#world, b % 3));
    const known = this.oracle.blocks(owner);
    const block = known[a % Math.max(1, known.length)];
    // Which of two alike it was could not be told.
    const alike = known.filter((one) => block !== undefined && rankOf(one) === rankOf(block));
    if (block === undefined || block.isVoid || alike.length > 1) return;
    const { blocks } = await this.#ledgerOf(names[Number(owner) - 1]);
    const found = blocks.find(
      ({ priority, purchasedOn, expiresOn }) =>
        priority === block.priority &&
        purchasedOn === block.boughtOn &&
        (expiresOn ?? never) === block.expiresOn,
    );
    await voidBlock(this.bench.app, { blockId: found?.id ?? '', reason: 'withdrawn' });
    this.oracle.voidBlock(block);
  }

  async #ledgerOf(name: string | undefined) {
    const ids = [this.bench.clientId(name)];
    const [ledger] = await this.bench.app.store.readLedgers(ids, { isAllBlocks: true });
    if (ledger === undefined) throw new Error(`${name} has no ledger`);
    return ledger;
  }

  async run(): Promise<void> {
    this.bench.advance(60);
    // Histories this short lose most of a client's time often enough; a person agrees each time.
    const result = await this.bench.runWith(usualSteps, { acceptedSweeps: ['psa', 'rmm'] });
    expect(result.steps.map(({ error }) => error).filter((error) => error !== null)).toEqual([]);
    this.oracle.buy(this.#coming);
    this.#coming = [];
    this.oracle.run(this.bench.nowMs, this.bench.psa.tickets, this.bench.psa.timeEntries);
    for (const [index, name] of names.entries()) {
      const expected = this.oracle.balance(String(index + 1));
      const shown = await this.bench.balance(name);
      expect({ name, pending: shown.pendingSeconds }).toEqual({
        name,
        pending: expected.pendingSeconds,
      });
      expect(await this.#checkLedger(name)).toBe(this.oracle.charged(String(index + 1)));
      if (!this.isOrdered || this.oracle.isAmbiguous) continue;
      expect({ name, ...shown }).toEqual({ name, ...expected });
      expect(await this.blocks(name)).toEqual(this.#expectedBlocks(String(index + 1)));
    }
  }

  /** Every block of the client with what is left of it, and what each client that shares it used. */
  async blocks(name: string): Promise<Map<string, number[]>> {
    const { blocks, sharedUse } = await this.#ledgerOf(name);
    const rows = blocks.map((block): [rank: string, figures: number[]] => {
      const { id, priority, purchasedOn, expiresOn, remainingMinor, remainingSeconds } = block;
      const used = names.map((user) => {
        const clientId = this.bench.clientId(user);
        return sharedUse.find((use) => use.blockId === id && use.clientId === clientId)?.used ?? 0;
      });
      const rank = `${priority} ${purchasedOn} ${expiresOn ?? never}`;
      return [rank, [remainingMinor ?? remainingSeconds, ...used]];
    });
    return sumByRank(rows);
  }

  #expectedBlocks(owner: string): Map<string, number[]> {
    const isSharing = owner === '1' && this.#world.paidFor > 0;
    const rows = this.oracle.blocks(owner).map((block): [rank: string, figures: number[]] => {
      const { priority, boughtOn, expiresOn, left, used } = block;
      const shown = names.map((_, place) => (isSharing ? (used.get(String(place + 1)) ?? 0) : 0));
      return [`${priority} ${boughtOn} ${expiresOn}`, [left, ...shown]];
    });
    return sumByRank(rows);
  }

  /** No block is ever below zero, and what stands of each charge is what it costs. Returns all of it. */
  async #checkLedger(name: string): Promise<number> {
    const entries = await this.bench.ledger(name);
    const left = new Map<string, number>();
    const undone = new Set(entries.map((entry) => entry.reverses));
    const standing = new Map<string, number>();
    const overdrawn: string[] = [];
    for (const entry of entries) {
      const block = entry.blockId ?? 'overage';
      left.set(block, (left.get(block) ?? 0) + signed(entry) * (block === 'overage' ? -1 : 1));
      if ((left.get(block) ?? 0) < 0) overdrawn.push(entry.key);
      if (entry.chargeId === null || entry.reason === 'reversal' || undone.has(entry.key)) continue;
      standing.set(entry.chargeId, (standing.get(entry.chargeId) ?? 0) + entry.seconds);
    }
    expect(overdrawn).toEqual([]);
    const charges = await this.bench.app.store.readCharges([...standing.keys()]);
    expect(charges.map(({ id, seconds }) => [id, seconds]).sort()).toEqual([...standing].sort());
    return charges.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** What work has taken of each block and of overage in all, with what came back: nothing, once all is undone. */
  async taken(): Promise<Map<string, number>> {
    const taken = new Map<string, number>();
    for (const name of names) {
      for (const entry of await this.bench.ledger(name)) {
        if (entry.chargeId === null) continue;
        const key = `${name} ${entry.blockId ?? 'overage'}`;
        taken.set(key, (taken.get(key) ?? 0) - signed(entry));
      }
    }
    return new Map([...taken].filter(([, sum]) => sum !== 0));
  }
}

/** Blocks of one rank are looked at as one. */
function sumByRank(rows: readonly [rank: string, figures: number[]][]): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const [rank, figures] of rows) {
    const before = sums.get(rank);
    sums.set(
      rank,
      figures.map((figure, index) => figure + (before?.[index] ?? 0)),
    );
  }
  return sums;
}

/** In the unit of its block. */
function signed({ side, seconds, minor }: LedgerEntry): number {
  return (minor ?? seconds) * (side === 'credit' ? 1 : -1);
}

export async function startHistory(world: World): Promise<History> {
  const startMs = startOf(world);
  const opening = world.opening.map((purchase) => toBlock(world, purchase, startMs));
  const { bench, oracle } = await openWorld(world, opening);
  bench.psa.pageSize = 50;
  bench.nowMs = startMs;
  oracle.buy(opening);
  for (const id of ['1', '2', '3']) bench.psa.ticket(id, { clientId: id });
  const history = new History(world, bench, oracle, opening);
  await history.run();
  return history;
}
