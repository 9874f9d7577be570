import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({
    clients: [clientOf(), clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]) })],
    isTimePerTicket: true,
  });
});
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';

function logTwoHours(): void {
  bench.psa.ticket('100');
  bench.psa.log('1', '100', nine, 60);
  bench.psa.log('2', '100', '2026-03-02T10:30:00.000Z', 50);
}

describe('a ticket', () => {
  test('comes off the block when it closes, and is pending until then', async () => {
    logTwoHours();
    await bench.run();
    expect(await bench.hours()).toEqual([10, 2]);
    bench.psa.close('100');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    expect(await bench.story()).toEqual(['+10 purchase', '-2 usage']);
  });

  test('that is re-opened is reversed, and re-posted when it closes again', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.reopen('100');
    await bench.run();
    expect(await bench.hours()).toEqual([10, 2]);
    bench.psa.close('100');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    expect(await bench.story()).toEqual(['+10 purchase', '-2 usage', '+2 reversal', '-2 usage']);
  });

  test('that is re-opened and closed between two runs changes nothing', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.reopen('100');
    bench.psa.close('100');
    bench.psa.editTicket('100', { summary: 'Another name' });
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase', '-2 usage']);
  });

  test('whose work is all free costs nothing and stops nobody else', async () => {
    await bench.configure([
      clientOf({
        agreement: agreementOf({
          workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' },
        }),
      }),
    ]);
    bench.psa.ticket('90');
    bench.psa.log('9', '90', nine, 45, { workType: 'Travel' });
    bench.psa.close('90');
    await bench.run();
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    const [charge] = await bench.app.store.readCharges(['t:psa:90#1']);
    expect(charge?.seconds).toBe(0);
    bench.psa.editEntry('9', { workType: 'Remote' });
    bench.psa.editTicket('90', {});
    await bench.run();
    expect(await bench.hours()).toEqual([7.25, 0]);
  });

  test('that moves to another client is taken back from the first and charged to the second', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.editTicket('100', { clientId: '2' });
    await bench.run();
    expect(await bench.hours('Dupont')).toEqual([10, 0]);
    expect(await bench.hours('Martin')).toEqual([8, 0]);
    const reversal = (await bench.ledger('Dupont')).at(-1);
    expect(reversal).toMatchObject({ reason: 'reversal', note: 'moved' });
    bench.psa.editTicket('100', { clientId: '1' });
    await bench.run();
    expect(await bench.hours('Dupont')).toEqual([8, 0]);
    expect(await bench.hours('Martin')).toEqual([10, 0]);
  });

  test('that is merged counts where it was merged into, once, with one rounding', async () => {
    logTwoHours();
    bench.psa.ticket('101');
    bench.psa.log('3', '101', '2026-03-02T12:00:00.000Z', 5);
    bench.psa.close('100');
    bench.psa.close('101');
    await bench.run();
    expect(await bench.hours()).toEqual([7.75, 0]);
    bench.psa.editTicket('101', { mergedInto: '100' });
    await bench.run();
    // 60 + 50 + 5 minutes are two hours when they are rounded together.
    expect(await bench.hours()).toEqual([8, 0]);
  });
});

describe('a time entry', () => {
  test('that is edited is reversed and posted anew', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.editEntry('2', { seconds: 20 * 60, endedAt: '2026-03-02T10:50:00.000Z' });
    bench.psa.editTicket('100', {});
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase', '-2 usage', '+2 reversal', '-1.5 usage']);
  });

  test('shown as rounded hours is not rounded up once more', async () => {
    const rounding = { incrementSeconds: 300, minimumSeconds: 0, graceSeconds: 0 };
    await bench.configure([
      clientOf({ agreement: agreementOf({ rounding: { ...rounding, per: 'entry' } }) }),
    ]);
    bench.psa.ticket('100');
    bench.psa.log('1', '100', nine, 0, { seconds: 10_512, precisionSeconds: 18 });
    bench.psa.close('100');
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase', `-${175 / 60} usage`]);
    bench.psa.editEntry('1', { precisionSeconds: null });
    bench.psa.editTicket('100', {});
    await bench.run();
    expect(await bench.story()).toHaveLength(2);
  });

  test('that is deleted gives its hours back', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.removeEntry('2');
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
    bench.psa.removeEntry('1');
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    expect((await bench.ledger()).at(-1)).toMatchObject({ reason: 'reversal', note: 'gone' });
  });

  test('on a ticket whose work was all taken away before is charged like any other', async () => {
    bench.psa.ticket('100');
    bench.psa.log('1', '100', nine, 60);
    bench.psa.close('100');
    await bench.run();
    bench.psa.removeEntry('1');
    await bench.run();
    bench.psa.log('2', '100', nine, 30);
    bench.psa.editTicket('100', {});
    await bench.run();
    expect(await bench.hours()).toEqual([9.5, 0]);
  });

  test('that is gone and comes back is charged again, by each rule for rounding', async () => {
    for (const per of ['entry', 'ticket', 'day'] as const) {
      const rounding = { per, incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 };
      await bench.configure([clientOf({ agreement: agreementOf({ rounding }) })]);
      const id = `for-${per}`;
      bench.psa.ticket(id);
      bench.psa.log(id, id, nine, 60);
      bench.psa.close(id);
      for (const isThere of [true, false, true]) {
        if (!isThere) bench.psa.removeEntry(id);
        else if (!bench.psa.timeEntries.some(({ sourceId }) => sourceId === id)) {
          bench.psa.log(id, id, nine, 60);
        }
        bench.psa.editTicket(id, {});
        await bench.run();
      }
    }
    expect(await bench.hours()).toEqual([7, 0]);
  });

  test('that moves to another ticket is charged there and no longer here', async () => {
    logTwoHours();
    bench.psa.ticket('101', { clientId: '2' });
    bench.psa.log('3', '101', nine, 60);
    bench.psa.close('100');
    bench.psa.close('101');
    await bench.run();
    bench.psa.editEntry('1', { ticketId: '101' });
    bench.psa.editTicket('100', {});
    bench.psa.editTicket('101', {});
    await bench.run();
    expect(await bench.hours('Dupont')).toEqual([9, 0]);
    expect(await bench.hours('Martin')).toEqual([8, 0]);
  });

  test('that arrives late for a closed ticket is a correction of the same charge', async () => {
    logTwoHours();
    bench.psa.close('100');
    await bench.run();
    bench.psa.log('3', '100', '2026-03-02T13:00:00.000Z', 30);
    bench.psa.editTicket('100', {});
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase', '-2 usage', '+2 reversal', '-2.5 usage']);
  });

  test('of negative length lowers what was logged on its ticket before', async () => {
    logTwoHours();
    bench.psa.log('3', '100', '2026-03-02T13:00:00.000Z', -50, { kind: 'correction' });
    bench.psa.close('100');
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('worked before the client begins is mirrored and never debited', async () => {
    await bench.configure([
      clientOf({ openingBlocks: [openingOf(10, { purchasedOn: '2026-03-02' })] }),
    ]);
    bench.psa.ticket('100');
    // Midnight in Paris is 23:00 in UTC.
    bench.psa.log('1', '100', '2026-03-01T22:59:59.000Z', 60);
    bench.psa.log('2', '100', '2026-03-01T23:00:00.000Z', 30);
    bench.psa.close('100');
    await bench.run();
    expect(await bench.hours()).toEqual([9.5, 0]);
  });
});

test('the second run and the third change no row', async () => {
  logTwoHours();
  bench.psa.close('100');
  bench.psa.ticket('101', { clientId: '2' });
  bench.psa.log('3', '101', nine, 60);
  await bench.run();
  const before = bench.dump();
  await bench.run();
  expect(bench.dump()).toEqual(before);
  await bench.run();
  expect(bench.dump()).toEqual(before);
});

test('every amount in the ledger is whole seconds, whatever the multiplier', async () => {
  const multipliers = [{ workType: 'Remote', role: null, outside: null, factorThousandths: 1333 }];
  const rounding = {
    per: 'entry',
    incrementSeconds: 1,
    minimumSeconds: 0,
    graceSeconds: 0,
  } as const;
  await bench.configure([clientOf({ agreement: agreementOf({ multipliers, rounding }) })]);
  logTwoHours();
  bench.psa.close('100');
  await bench.run();
  const seconds = (await bench.ledger()).map((entry) => entry.seconds);
  expect(seconds).toEqual([36000, 4799, 3999]);
});

test('a ledger that changed in the meantime ends the step with its reason, and the next run goes on', async () => {
  logTwoHours();
  bench.psa.close('100');
  await bench.run('pull');
  const { store } = bench.app;
  const clientId = bench.clientId();
  let hasMoved = false;
  const racing = {
    ...store,
    readLedgers: async (...asked: Parameters<typeof store.readLedgers>) => {
      const ledgers = await store.readLedgers(...asked);
      if (hasMoved) return ledgers;
      hasMoved = true;
      bench.app.store = store;
      await addBlock(bench.app, {
        clientId,
        seconds: 3600,
        amountMinor: null,
        rateMinor: 0,
        purchasedOn: '2026-03-01',
        expiresOn: null,
        priority: 0,
        reason: 'race',
      });
      return ledgers;
    },
  };
  bench.app.store = racing;
  const result = await bench.run('debit', 'replenish', 'push');
  expect(result.exitCode).toBe(4);
  expect(result.steps.map(({ step }) => step)).toEqual(['debit', 'replenish', 'push']);
  expect(result.steps[0]?.error).toMatch(/changed in the meantime/);
  await bench.run();
  expect(await bench.hours()).toEqual([9, 0]);
  await adjustBalance(bench.app, { clientId, seconds: -1800, reason: 'agreed on the phone' });
  expect(await bench.hours()).toEqual([8.5, 0]);
});
