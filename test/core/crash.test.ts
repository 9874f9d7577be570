import { expect, test } from '@jest/globals';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import type { Store } from '../../src/store/port.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

const replenish: ReplenishRule[] = [
  {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp', 'client'],
  },
];

class Killed extends Error {}

/** A month in small: two blocks, overage, a crossing, a sale, an unmapped client and an open ticket. */
async function openBench(): Promise<CoreBench> {
  const agreement = agreementOf({ replenish });
  const openingBlocks = [openingOf(1), openingOf(2, { purchasedOn: '2026-02-01' })];
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement, openingBlocks })],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  for (const [id, clientId, minutes] of [
    ['1', '1', 90],
    ['2', '1', 150],
    ['3', '7', 60],
    ['4', '1', 30],
  ] as const) {
    bench.psa.ticket(id, { clientId });
    bench.psa.log(id, id, `2026-03-0${id}T09:00:00.000Z`, minutes);
    if (id !== '4') bench.psa.close(id);
  }
  return bench;
}

/** Dies at the nth call to the store: before it is done, or after it was committed. */
function dieAt(store: Store, nth: number, isDone: boolean): { store: Store; calls(): number } {
  let calls = 0;
  const guarded = new Proxy(store, {
    get(target, name: keyof Store) {
      const method = target[name] as (...asked: unknown[]) => unknown;
      return async (...asked: unknown[]) => {
        calls += 1;
        if (calls > nth) throw new Killed();
        if (calls < nth) return method(...asked);
        if (isDone) await method(...asked);
        throw new Killed();
      };
    },
  });
  return { store: guarded, calls: () => calls };
}

async function outcomeOf(bench: CoreBench) {
  const sent = bench.psa.sent.map(({ kind, message }) => [kind, message.hoursText ?? null]);
  const story = await bench.story();
  const waiting = await bench.quarantine();
  return { story: story.sort(), balance: await bench.balance(), sent: sent.sort(), waiting };
}

async function runToTheEnd(bench: CoreBench) {
  await bench.run();
  await bench.run();
  const outcome = await outcomeOf(bench);
  await bench.close();
  return outcome;
}

test.each([
  ['before it is done', false],
  ['after it was committed', true],
])(
  'a process killed at any call to the store, %s, leaves the same hours, alerts and invoices',
  async (_, isDone) => {
    const expected = await runToTheEnd(await openBench());
    expect(expected.sent.map(([kind]) => kind)).toEqual([
      ...['alert-ticket', 'balance-field', 'invoice', 'ticket-note'],
    ]);
    for (let nth = 1; ; nth += 1) {
      const bench = await openBench();
      const { store } = bench.app;
      const dying = dieAt(store, nth, isDone);
      bench.app.store = dying.store;
      const wasKilled = await bench.run().then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return true;
        },
      );
      bench.app.store = store;
      const outcome = await runToTheEnd(bench);
      // A balance that was overtaken before it was shown need not be shown.
      const told = (all: typeof outcome) => all.sent.filter(([kind]) => kind !== 'balance-field');
      expect({ nth, ...outcome, sent: told(outcome) }).toEqual({
        nth,
        ...expected,
        sent: told(expected),
      });
      expect(outcome.sent.filter(([kind]) => kind === 'balance-field').at(-1)).toBeDefined();
      if (!wasKilled) {
        expect(dying.calls()).toBeLessThan(nth);
        return;
      }
    }
  },
  120_000,
);
