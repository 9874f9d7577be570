import { expect, test } from '@jest/globals';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { Random } from '../demo/random.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const seeds = Array.from({ length: 12 }, (_, index) => 9_001 + index);
const roundings: Agreement['rounding']['per'][] = ['entry', 'ticket', 'day'];

/** People at work in a PSA, whatever they do; then nights in which all of it was read. */
class Office {
  readonly #bench: CoreBench;
  readonly #random: Random;
  #last = 0;

  constructor(bench: CoreBench, random: Random) {
    this.#bench = bench;
    this.#random = random;
  }

  act(): void {
    const { psa } = this.#bench;
    const tickets = psa.tickets.map(({ sourceId }) => sourceId);
    const entries = psa.timeEntries.map(({ sourceId }) => sourceId);
    this.#bench.advance(this.#random.whole(60, 7200));
    const deed = this.#random.whole(0, 9);
    if (deed <= 1 || tickets.length === 0) this.#open();
    else if (deed <= 4 || entries.length === 0) this.#log(this.#random.pick(tickets));
    else if (deed === 5) psa.close(this.#random.pick(tickets));
    else if (deed === 6) psa.reopen(this.#random.pick(tickets));
    else if (deed === 7) this.#edit(this.#random.pick(entries));
    else if (deed === 8) psa.removeEntry(this.#random.pick(entries));
    else this.#mergeOrMove(this.#random.pick(tickets), this.#random.pick(tickets));
  }

  #open(): void {
    this.#last += 1;
    this.#bench.psa.ticket(`t${this.#last}`, { clientId: this.#random.pick(['1', '2', '99']) });
  }

  #log(ticketId: string): void {
    this.#last += 1;
    const minutes = this.#random.whole(1, 180);
    this.#bench.psa.log(`e${this.#last}`, ticketId, this.#bench.psa.now, minutes);
    this.#bench.psa.editTicket(ticketId, {});
  }

  #edit(sourceId: string): void {
    const seconds = this.#random.whole(1, 300) * 60;
    this.#bench.psa.editEntry(sourceId, { seconds });
    const entry = this.#bench.psa.timeEntries.find((row) => row.sourceId === sourceId);
    if (entry?.ticketId) this.#bench.psa.editTicket(entry.ticketId, {});
  }

  #mergeOrMove(one: string, other: string): void {
    if (one < other) this.#bench.psa.editTicket(one, { mergedInto: other });
    else this.#bench.psa.editTicket(one, { clientId: this.#random.pick(['1', '2', '99']) });
  }
}

test.each(seeds)('history %i, read to its end, differs in nothing', async (seed) => {
  const random = new Random(seed);
  const rounding = { ...agreementOf().rounding, per: random.pick(roundings) };
  const agreement = agreementOf({ rounding, debitWhen: random.pick(['ticket-closed', 'logged']) });
  const clients = ['1', '2'].map((id) =>
    clientOf({
      name: `Client ${id}`,
      sourceIds: new Map([['psa', id]]),
      agreement,
      openingBlocks: [openingOf(random.whole(1, 40))],
    }),
  );
  const bench = await CoreBench.open({ clients, isTimePerTicket: random.next() < 0.5 });
  // Whole nights of deletions are no mass deletion here.
  bench.app.config = { ...bench.app.config, sweep: { days: 62, percentMax: 100 } };
  try {
    const office = new Office(bench, random);
    for (let night = 0; night < 6; night += 1) {
      for (let deeds = random.whole(3, 15); deeds > 0; deeds -= 1) office.act();
      bench.advance(3600);
      await bench.run('pull', 'sweep', 'debit', 'replenish', 'push', 'reconcile');
      const found = [];
      for await (const page of bench.app.store.streamDifferences(null)) found.push(...page);
      expect(found).toEqual([]);
    }
  } finally {
    await bench.close();
  }
});
