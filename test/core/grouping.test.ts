import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Rounding } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open();
  bench.at('2026-03-03T18:00:00.000Z');
});
afterEach(() => bench.close());

const hourly = { incrementSeconds: 3600, minimumSeconds: 0, graceSeconds: 0 };

async function roundPer(per: Rounding['per']): Promise<void> {
  await bench.configure([clientOf({ agreement: agreementOf({ rounding: { per, ...hourly } }) })]);
}

/** 95 minutes in three notes on one ticket, and ten minutes of the same day on another. */
function work(): void {
  bench.psa.ticket('100');
  bench.psa.log('1', '100', '2026-03-02T09:00:00.000Z', 40);
  bench.psa.log('2', '100', '2026-03-02T10:00:00.000Z', 40);
  bench.psa.log('3', '100', '2026-03-03T10:00:00.000Z', 15);
  bench.psa.ticket('101');
  bench.psa.log('4', '101', '2026-03-02T15:00:00.000Z', 10);
  bench.psa.close('100');
  bench.psa.close('101');
}

describe('rounding to the hour', () => {
  test('per ticket, three notes of 95 minutes come to two hours', async () => {
    await roundPer('ticket');
    work();
    await bench.run();
    expect(await bench.hours()).toEqual([10 - 2 - 1, 0]);
  });

  test('per entry, each note comes to an hour', async () => {
    await roundPer('entry');
    work();
    await bench.run();
    expect(await bench.hours()).toEqual([10 - 4, 0]);
  });

  test('per day, the day’s work on all tickets is rounded as one', async () => {
    await roundPer('day');
    work();
    await bench.run();
    expect(await bench.hours()).toEqual([10 - 2 - 1, 0]);
  });

  test('per day, a day holds what is due and what is pending, each counted once', async () => {
    await roundPer('day');
    work();
    bench.psa.reopen('101');
    await bench.run();
    // 80 minutes of the second of March are due: two hours, in which the ten pending ones find room.
    expect(await bench.hours()).toEqual([10 - 2 - 1, 0]);
    bench.psa.editEntry('4', { seconds: 45 * 60, endedAt: '2026-03-02T15:45:00.000Z' });
    await bench.run();
    expect(await bench.hours()).toEqual([7, 1]);
    bench.psa.close('101');
    await bench.run();
    expect(await bench.hours()).toEqual([6, 0]);
  });

  test.each([
    ['first', '100', '101', [10 - 1, 0], [10 - 2 - 1, 0]],
    ['last', '101', '100', [10 - 2 - 1, 0], [10 - 1, 0]],
  ])(
    'per day, the %s ticket of a day moves alone to another client',
    async (_, id, other, left, moved) => {
      const agreement = agreementOf({ rounding: { per: 'day', ...hourly } });
      await bench.configure([
        clientOf({ agreement }),
        clientOf({ agreement, name: 'Martin', sourceIds: new Map([['psa', '2']]) }),
      ]);
      work();
      await bench.run();
      expect(await bench.hours()).toEqual([10 - 2 - 1, 0]);
      bench.psa.editTicket(id, { clientId: '2' });
      // The other one is read again, and stays where it is.
      bench.psa.editTicket(other, { summary: 'Printer' });
      await bench.run();
      expect(await bench.hours()).toEqual(left);
      expect(await bench.hours('Martin')).toEqual(moved);
    },
  );
});

describe('when the rule changes', () => {
  const rules: Rounding['per'][] = ['entry', 'ticket', 'day'];
  const cost = { entry: 4, ticket: 3, day: 3 };
  const changes = rules.flatMap((from) => rules.map((to) => [from, to] as const));

  test.each(changes)('from per %s to per %s, what is posted stays as it is', async (from, to) => {
    await roundPer(from);
    work();
    await bench.run();
    await roundPer(to);
    await bench.run();
    expect(await bench.hours()).toEqual([10 - cost[from], 0]);
  });

  test.each(changes)(
    'from per %s to per %s, no touched entry is charged twice',
    async (from, to) => {
      await roundPer(from);
      work();
      await bench.run();
      await roundPer(to);
      // Touching every entry brings all of them under the new rule.
      for (const id of ['1', '2', '3', '4']) {
        bench.psa.editEntry(id, { isBillable: null });
        await bench.run();
      }
      expect(await bench.hours()).toEqual([10 - cost[to], 0]);
      expect(await liveEntryIds()).toEqual(['1', '2', '3', '4']);
    },
  );

  test('a new rule counts for open work, not for what was posted', async () => {
    await roundPer('ticket');
    work();
    bench.psa.reopen('101');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 1]);
    const rounding = { per: 'ticket', incrementSeconds: 600, minimumSeconds: 0, graceSeconds: 0 };
    await bench.configure([
      clientOf({ agreement: agreementOf({ rounding: rounding as Rounding }) }),
    ]);
    await bench.run();
    const { settledSeconds, pendingSeconds } = await bench.balance();
    expect([settledSeconds, pendingSeconds]).toEqual([8 * 3600, 600]);
  });
});

async function liveEntryIds(): Promise<string[]> {
  const { store } = bench.app;
  const ids = new Set((await bench.ledger()).flatMap(({ chargeId }) => chargeId ?? []));
  const live = await store.readLiveSlices([...ids]);
  const charges = await store.readCharges([...new Set(live.map(({ chargeId }) => chargeId ?? ''))]);
  return charges
    .flatMap(({ facts }) => (JSON.parse(facts) as { parts: { entryId: string }[] }).parts)
    .map(({ entryId }) => entryId)
    .sort();
}

describe('what decides coverage', () => {
  test('a work type in no list follows the default and is told once by name', async () => {
    const workTypes = { covered: ['Remote'], excluded: [], unlisted: 'covered' } as const;
    await bench.configure([clientOf({ agreement: agreementOf({ workTypes }) })]);
    bench.psa.ticket('1');
    bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 60, { workType: 'Cabling' });
    bench.psa.close('1');
    await bench.run();
    bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 60, { workType: 'Cabling' });
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    const told = bench.logs.filter(({ message }) => message.includes('work type'));
    expect(told.map(({ detail }) => detail?.workType)).toEqual(['Cabling']);
  });

  test('excluded work, unbillable work and work on another board cost nothing', async () => {
    await bench.configure([
      clientOf({
        agreement: agreementOf({
          applies: { boards: ['Help Desk'], ticketTypes: null, agreements: null },
          workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'excluded' },
        }),
      }),
    ]);
    bench.psa.ticket('1');
    bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 60, { workType: ' travel ' });
    bench.psa.log('2', '1', '2026-03-02T10:00:00.000Z', 60, { isBillable: false });
    bench.psa.log('3', '1', '2026-03-02T11:00:00.000Z', 60, { workType: 'Cabling' });
    bench.psa.log('4', '1', '2026-03-02T12:00:00.000Z', 15);
    bench.psa.ticket('2', { board: 'Projects' });
    bench.psa.log('5', '2', '2026-03-02T09:00:00.000Z', 60);
    bench.psa.close('1');
    bench.psa.close('2');
    await bench.run();
    expect(await bench.hours()).toEqual([9.75, 0]);
    // The board was a slip: once it is put right, the work counts.
    bench.psa.editTicket('2', { board: 'help desk' });
    await bench.run();
    expect(await bench.hours()).toEqual([8.75, 0]);
  });

  test('time without a ticket is due at once, or held, as the agreement says', async () => {
    bench.psa.log('1', null, '2026-03-02T09:00:00.000Z', 60, { clientId: '1' });
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
    await bench.configure([clientOf({ agreement: agreementOf({ withoutTicket: 'hold' }) })]);
    bench.psa.log('2', null, '2026-03-02T11:00:00.000Z', 60, { clientId: '1' });
    await bench.run();
    expect(await bench.hours()).toEqual([9, 1]);
  });

  test('time that awaits approval is shown as pending until it is approved', async () => {
    await bench.configure([clientOf({ agreement: agreementOf({ debitWhen: 'approved' }) })]);
    bench.psa.ticket('1');
    bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 60, { isApproved: false });
    bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 60, { isApproved: true });
    await bench.run();
    expect(await bench.hours()).toEqual([9, 1]);
    bench.psa.editEntry('1', { isApproved: true });
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
  });
});
