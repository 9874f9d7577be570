import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TicketRow } from '../../src/contract/connector.ts';
import type { History } from '../support/oracle-history.ts';
import { limits, seed, steps, timeoutMs, withHistory } from '../support/oracle-limits.ts';
import { names, worldOf } from '../support/oracle-world.ts';

const anyWorld = fc.oneof(
  worldOf('hours'),
  worldOf('money'),
  worldOf('shared'),
  worldOf('held'),
  worldOf('rolled over'),
);

test.each(['every ticket opened again', 'every entry deleted'] as const)(
  `all of it undone by %s, each block is as full as without work, and nothing is overage (seed ${seed})`,
  async (undo) => {
    const property = fc.asyncProperty(anyWorld, steps, (world, all) =>
      withHistory(world, async (history) => {
        const { psa } = history.bench;
        for (const one of all) await history.play(one);
        await history.run();
        for (const { sourceId } of [...psa.tickets]) psa.reopen(sourceId);
        if (undo === 'every entry deleted') psa.timeEntries.splice(0);
        await history.run();
        expect(await history.taken()).toEqual(new Map());
        for (const name of names) {
          const { overageSeconds, pendingSeconds } = await history.bench.balance(name);
          expect(overageSeconds).toBe(0);
          if (undo === 'every entry deleted') expect(pendingSeconds).toBe(0);
        }
      }),
    );
    await fc.assert(property, limits(0.05));
  },
  timeoutMs,
);

/** The vendor tells of what changed since the last run in another order, and on pages of another size. */
function retell({ bench: { psa } }: History, changedSince: string, order: readonly number[]): void {
  const places = new Map(psa.tickets.map((ticket, index) => [ticket, order[index] ?? 0]));
  const byOrder = (a: TicketRow, b: TicketRow) => (places.get(a) ?? 0) - (places.get(b) ?? 0);
  const changed = psa.tickets.filter(({ updatedAt }) => updatedAt >= changedSince);
  const moments = changed.map(({ updatedAt }) => updatedAt);
  changed.sort(byOrder).forEach(({ sourceId }, index) => {
    psa.editTicket(sourceId, { updatedAt: moments[index] ?? changedSince });
  });
  psa.tickets.sort(byOrder);
  psa.timeEntries.reverse();
  psa.pageSize = 1 + ((order[0] ?? 0) % 3);
}

/** What was posted for work, in its order; a block sold by hand has another name in each of the two. */
async function workOf({ bench }: History, name: string): Promise<string[]> {
  const entries = (await bench.ledger(name)).filter(({ chargeId }) => chargeId !== null);
  return entries.map(({ key, reason, seconds, minor }) => `${key} ${reason} ${seconds} ${minor}`);
}

test(
  `the same facts at one moment are the same balances, in whatever order they are told (seed ${seed})`,
  async () => {
    const order = fc.array(fc.nat(999), { minLength: 60, maxLength: 60 });
    const property = fc.asyncProperty(anyWorld, steps, order, (world, all, places) =>
      withHistory(world, (one) =>
        withHistory(world, async (other) => {
          const half = Math.floor(all.length / 2);
          for (const step of all.slice(0, half)) await one.play(step);
          await one.run();
          for (const step of all.slice(0, half)) await other.play(step);
          await other.run();
          const since = other.bench.psa.now;
          const unseen = all.slice(half).filter(({ name }) => name !== 'run');
          for (const step of unseen) await one.play(step);
          for (const step of unseen) await other.play(step);
          retell(other, since, places);
          await one.run();
          await other.run();
          for (const name of names) {
            expect(await other.bench.balance(name)).toEqual(await one.bench.balance(name));
            expect(await other.blocks(name)).toEqual(await one.blocks(name));
            // Older work is looked at first in both, so that even what was posted is the same.
            expect(await workOf(other, name)).toEqual(await workOf(one, name));
          }
        }),
      ),
    );
    await fc.assert(property, limits(0.05));
  },
  timeoutMs,
);

test(
  `read one ticket a page, no hour is lost or charged twice (seed ${seed})`,
  async () => {
    const worlds = fc.oneof(worldOf('hours'), worldOf('money'), worldOf('shared'));
    const property = fc.asyncProperty(worlds, steps, (world, all) =>
      withHistory(world, async (history) => {
        const { store } = history.bench.app;
        // Which block pays may differ then: hours that a later page gives back come too late here.
        history.isOrdered = false;
        history.bench.app.store = { ...store, takeDirty: () => store.takeDirty(1) };
        for (const one of all) await history.play(one);
        await history.run();
      }),
    );
    await fc.assert(property, limits(0.15));
  },
  timeoutMs,
);
