import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import type { Agreement, BusinessHours } from '../../src/domain/terms.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { addBlock } from '../../src/service/manual.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from './core-bench.ts';
import { Oracle, type Per } from './oracle.ts';

const never = '9999-12-31';
const names = ['Dupont', 'Martin'] as const;

const office: BusinessHours = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ fromMinute: 480, toMinute: 1080 }] : [])),
  isHoliday: () => false,
};

/** What happens, with numbers that are taken modulo what there is to choose from. */
export const Step = fc.oneof(
  step('open ticket', 2),
  step('log', 5),
  step('edit', 2),
  step('delete', 1),
  step('move entry', 1),
  step('close', 3),
  step('reopen', 1),
  step('move ticket', 1),
  step('buy', 1),
  step('run', 3),
);

function step<Name extends string>(name: Name, weight: number) {
  const arbitrary = fc.record({ name: fc.constant(name), a: fc.nat(9999), b: fc.nat(9999) });
  return { arbitrary, weight };
}

export type Step = typeof Step extends fc.Arbitrary<infer One> ? One : never;

/** The same history told to both engines. */
export class History {
  readonly bench: CoreBench;
  readonly oracle: Oracle;
  /** Whether older work takes its hours first, so that even the blocks that pay are the same. */
  isOrdered = true;
  #ids = 0;

  constructor(bench: CoreBench, oracle: Oracle) {
    this.bench = bench;
    this.oracle = oracle;
  }

  async play({ name, a, b }: Step): Promise<void> {
    const { psa } = this.bench;
    // From half an hour to two days pass with each step, over both a weekend and the change of clocks.
    this.bench.advance(1800 + (a % 48) * 3600);
    // Few tickets, so that much happens to each.
    const ticket = psa.tickets[a % Math.max(1, Math.min(4, psa.tickets.length))];
    const entry = psa.timeEntries[a % Math.max(1, psa.timeEntries.length)];
    this.#ids += 1;
    if (name === 'open ticket') psa.ticket(String(this.#ids), { clientId: String(1 + (b % 2)) });
    else if (name === 'run') await this.run();
    else if (name === 'buy') await this.#buy(a, b);
    else if (ticket === undefined) return;
    else if (name === 'log') {
      psa.log(String(this.#ids), ticket.sourceId, this.#startOf(b), 1 + (b % 200));
      psa.editTicket(ticket.sourceId, {});
    } else if (name === 'close') psa.close(ticket.sourceId);
    else if (name === 'reopen') psa.reopen(ticket.sourceId);
    else if (name === 'move ticket') {
      psa.editTicket(ticket.sourceId, { clientId: String(1 + (b % 2)) });
    } else if (entry === undefined) return;
    else if (name === 'delete') psa.removeEntry(entry.sourceId);
    else {
      const startedAt = this.#startOf(b);
      const seconds = (1 + (b % 150)) * 60;
      const endedAt = instantFromMs(Date.parse(startedAt) + seconds * 1000);
      const moved = name === 'edit' ? {} : { ticketId: ticket.sourceId };
      psa.editTicket(entry.ticketId ?? '', {});
      psa.editEntry(entry.sourceId, { startedAt, endedAt, seconds, ...moved });
      psa.editTicket(ticket.sourceId, {});
    }
  }

  /** Whole minutes, up to ten days back: late entries are common. */
  #startOf(b: number): string {
    return instantFromMs(Math.floor(this.bench.nowMs / 60_000 - ((b * 7) % 14_400)) * 60_000);
  }

  async #buy(a: number, b: number): Promise<void> {
    const [name = 'Dupont', client] = b % 2 === 0 ? ['Dupont', '1'] : ['Martin', '2'];
    const today = instantFromMs(this.bench.nowMs).slice(0, 10);
    const expiry = instantFromMs(this.bench.nowMs + (1 + (b % 20)) * 86_400_000).slice(0, 10);
    const expiresOn = a % 3 === 0 ? null : expiry;
    const [seconds, priority] = [(1 + (a % 12)) * 1800, b % 3];
    await addBlock(this.bench.app, {
      ...{
        clientId: this.bench.clientId(name),
        seconds,
        amountMinor: null,
        rateMinor: 100,
        priority,
      },
      ...{ purchasedOn: today, expiresOn, reason: 'sold' },
    });
    this.oracle.buy({
      ...{ client: client ?? '1', left: seconds, priority, boughtOn: today },
      expiresOn: expiresOn ?? never,
    });
  }

  async run(): Promise<void> {
    const result = await this.bench.run();
    expect(result.ok).toBe(true);
    this.oracle.run(this.bench.nowMs, this.bench.psa.tickets, this.bench.psa.timeEntries);
    for (const [index, name] of names.entries()) {
      const expected = this.oracle.balance(String(index + 1));
      const shown = await this.bench.balance(name);
      if (this.isOrdered) expect({ name, ...shown }).toEqual({ name, ...expected });
      expect(shown.pendingSeconds).toBe(expected.pendingSeconds);
      expect(await this.#checkLedger(name)).toBe(this.oracle.charged(String(index + 1)));
    }
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
}

function signed({ side, seconds }: LedgerEntry): number {
  return side === 'credit' ? seconds : -seconds;
}

export async function startHistory(
  per: Per,
  terms: Pick<Agreement, 'rollover'> & { overage: 'carry' | 'hold' } = {
    overage: 'carry',
    rollover: null,
  },
): Promise<History> {
  const rounding = { per, incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 } as const;
  const multipliers: Agreement['multipliers'] = [
    { workType: null, role: null, outside: office, factorThousandths: 1500 },
  ];
  const agreement = agreementOf({ rounding, multipliers, ...terms });
  const opening = [
    openingOf(3, { expiresOn: '2026-03-27' }),
    openingOf(2, { purchasedOn: '2026-02-01', priority: 1 }),
  ];
  const bench = await CoreBench.open({
    isTimePerTicket: true,
    clients: names.map((name, index) =>
      clientOf({
        ...{ name, agreement, openingBlocks: opening },
        sourceIds: new Map([['psa', String(index + 1)]]),
      }),
    ),
  });
  bench.psa.pageSize = 50;
  bench.at('2026-03-20T08:00:00.000Z');
  const oracle = new Oracle(per, terms.overage, terms.rollover !== null);
  const shared = { left: 3 * 3600, expiresOn: '2026-03-27', priority: 0, boughtOn: '2026-01-01' };
  for (const client of ['1', '2']) {
    oracle.buy({ client, ...shared });
    oracle.buy({
      ...{ client, left: 2 * 3600, expiresOn: never },
      ...{ priority: 1, boughtOn: '2026-02-01' },
    });
  }
  const history = new History(bench, oracle);
  await history.run();
  return history;
}
