import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { instantFromMs } from '../../src/domain/time.ts';
import { explain } from '../../src/reports/explain/explain.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

function work(id: string, startedAt: string, hours: number): void {
  bench.psa.ticket(id);
  bench.psa.log(id, id, startedAt, hours * 60);
  bench.psa.close(id);
}

function buy(hours: number, fields: { purchasedOn?: string; expiresOn?: string | null } = {}) {
  return addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: hours * 3600,
    amountMinor: null,
    rateMinor: 12000,
    priority: 0,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    reason: 'sold',
    ...fields,
  });
}

describe('with overage: hold, work that the blocks cannot pay', () => {
  beforeEach(async () => {
    const agreement = agreementOf({
      overage: 'hold',
      replenish: [
        {
          when: { balance: 'projected', secondsLeft: 0 },
          do: ['alert'],
          offer: null,
          tell: ['msp'],
        },
      ],
    });
    bench = await CoreBench.open({
      clients: [clientOf({ agreement, openingBlocks: [openingOf(2)] })],
      isTimePerTicket: true,
    });
  });

  test('stays pending, is told, and is posted when hours are bought', async () => {
    work('1', '2026-03-02T09:00:00.000Z', 3);
    await bench.run();
    expect(await bench.hours()).toEqual([2, 3]);
    expect(bench.psa.sentOf('alert-ticket')).toHaveLength(1);
    await bench.run();
    expect(bench.psa.sentOf('alert-ticket')).toHaveLength(1);
    const [told] = await explain(bench.app.store, {
      id: '1',
      clients: bench.app.clients,
      connections: ['psa'],
      locale: null,
      fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
    });
    expect(told?.steps.find(({ step }) => step === 'waiting')?.lines[0]).toBe(
      'Pending, would cost 3 h: not enough hours are left in the blocks, and the agreement holds such work.',
    );
    await buy(5);
    await bench.run();
    expect(await bench.hours()).toEqual([4, 0]);
    expect(await bench.story()).toEqual(['+2 purchase', '+5 purchase', '-2 usage', '-1 usage']);
    const statement = await buildStatement(bench.app.store, {
      client: bench.client(),
      month: '2026-03',
      locale: 'en',
      now: instantFromMs(bench.nowMs),
    });
    expect(statement.lines.map(({ kind, seconds }) => [kind, seconds / 3600])).toEqual([
      ['purchase', 2],
      ['purchase', 5],
      ['usage', -3],
    ]);
  });

  test('never stops other work that they can pay, and takes hours that come back first', async () => {
    work('1', '2026-03-02T09:00:00.000Z', 2);
    await bench.run();
    work('2', '2026-03-02T07:00:00.000Z', 2);
    work('3', '2026-03-02T13:00:00.000Z', 1);
    await bench.run();
    expect(await bench.hours()).toEqual([0, 3]);
    // The first shrinks: the older of the two that wait is paid, though the other would fit as well.
    bench.psa.editEntry('1', { seconds: 0, endedAt: '2026-03-02T09:00:00.000Z' });
    bench.psa.editTicket('1', {});
    await bench.run();
    expect(await bench.hours()).toEqual([0, 1]);
    expect((await bench.ledger()).at(-1)?.chargeId).toBe('t:psa:2#1');
    await adjustBalance(bench.app, {
      clientId: bench.clientId(),
      reason: 'gift',
      seconds: 3600,
    });
    await bench.run();
    expect(await bench.hours()).toEqual([0, 0]);
  });

  test('is withdrawn when it grows beyond them, and pends as a whole', async () => {
    work('1', '2026-03-02T09:00:00.000Z', 1);
    await bench.run();
    expect(await bench.hours()).toEqual([1, 0]);
    bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 120);
    bench.psa.editTicket('1', {});
    await bench.run();
    expect(await bench.hours()).toEqual([2, 3]);
    expect(await bench.app.store.verify()).toBeNull();
    bench.psa.removeEntry('2');
    await bench.run();
    expect(await bench.hours()).toEqual([1, 0]);
    const story = ['+2 purchase', '-1 usage', '+1 reversal', '-1 usage'];
    expect(await bench.story()).toEqual(story);
  });

  test('waits although hours were bought that end before its day', async () => {
    work('1', '2026-03-05T09:00:00.000Z', 3);
    bench.at('2026-03-06T08:00:00.000Z');
    await buy(9, { expiresOn: '2026-03-04' });
    await bench.run();
    expect(await bench.hours()).toEqual([2, 3]);
  });
});

describe('with overage: invoice, hours beyond the blocks', () => {
  const billing = { daysAfter: 3, rateMinor: 15000, currency: 'EUR', product: null } as const;
  const openWith = async (when: 'at-once' | 'monthly', mode: 'observe' | 'live' = 'live') => {
    const rule = { balance: 'settled', secondsLeft: 3600 } as const;
    const agreement = agreementOf({
      overage: { ...billing, when },
      replenish: [{ when: rule, do: ['alert'], offer: null, tell: ['msp'] }],
    });
    bench = await CoreBench.open({
      mode,
      isTimePerTicket: true,
      clients: [clientOf({ agreement, openingBlocks: [openingOf(2)] })],
    });
  };
  const invoices = () => bench.psa.sentOf('invoice').map(({ message }) => message);

  test('are billed once with a line for each ticket, and no later block pays them', async () => {
    await openWith('at-once');
    work('1', '2026-03-02T07:00:00.000Z', 3);
    work('2', '2026-03-02T11:00:00.000Z', 0.5);
    await bench.run();
    await bench.run();
    expect(invoices()).toMatchObject([
      {
        seconds: 5400,
        quantity: 1,

        rateMinor: 15000,
        totalMinor: 22500,
        currency: 'EUR',
      },
    ]);
    expect(invoices()[0]?.body).toMatch(
      /- #1 Ticket 1, 2 March 2026: 1 h, €150\.00\n- #2 Ticket 2, 2 March 2026: 30 min, €75\.00\n/,
    );
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 0 });
    await buy(5);
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
    expect(invoices()).toHaveLength(1);
    const statement = await buildStatement(bench.app.store, {
      client: bench.client(),
      month: '2026-03',
      locale: 'en',
      now: instantFromMs(bench.nowMs),
    });
    expect(statement.lines.map(({ kind, seconds }) => [kind, seconds / 3600])).toEqual([
      ...[
        ['purchase', 2],
        ['overage-billed', 1.5],
        ['purchase', 5],
      ],
      ...[
        ['usage', -3],
        ['usage', -0.5],
      ],
    ]);
  });

  test('taken by hand are billed with their reason', async () => {
    await openWith('at-once');
    await bench.run();
    await adjustBalance(bench.app, {
      clientId: bench.clientId(),
      seconds: -3 * 3600,
      isOverageAllowed: true,
      reason: 'Night on the phone',
    });
    await bench.run();
    expect(invoices()[0]?.body).toContain('- Adjustment (Night on the phone), 2 March 2026: 1 h,');
    expect(await bench.hours()).toEqual([0, 0]);
  });

  test('re-arm no threshold', async () => {
    await openWith('at-once');
    for (const id of ['1', '2', '3']) {
      work(id, '2026-03-02T07:00:00.000Z', 3);
      await bench.run();
    }
    expect(bench.psa.sentOf('alert-ticket')).toHaveLength(1);
    expect(invoices().map(({ seconds }) => Number(seconds) / 3600)).toEqual([1, 3, 3]);
  });

  test('that are corrected afterwards stay the client’s, at the price they were billed', async () => {
    await openWith('at-once');
    work('1', '2026-03-02T07:00:00.000Z', 4);
    await bench.run();
    bench.psa.editEntry('1', { seconds: 3 * 3600 });
    bench.psa.editTicket('1', {});
    await bench.run();
    expect(await bench.hours()).toEqual([1, 0]);
    expect(invoices()).toHaveLength(1);
    expect(await bench.app.store.verify()).toBeNull();
  });

  test('are billed some days after the month, less what a block has paid by then', async () => {
    await openWith('monthly');
    work('1', '2026-03-02T07:00:00.000Z', 6);
    await bench.run();
    expect(await bench.balance()).toMatchObject({ overageSeconds: 4 * 3600 });
    bench.at('2026-03-20T08:00:00.000Z');
    await buy(1);
    // 22:30 in UTC is past midnight in Paris.
    bench.at('2026-04-03T21:30:00.000Z');
    await bench.run();
    expect(invoices()).toEqual([]);
    bench.at('2026-04-03T22:30:00.000Z');
    await bench.run();
    await bench.run();
    expect(invoices()).toMatchObject([{ seconds: 3 * 3600, issuedOn: '2026-04-04' }]);
    expect(await bench.hours()).toEqual([0, 0]);
  });

  test('that are debited after the month’s bill go onto the next one, with their day of work', async () => {
    await openWith('monthly');
    work('1', '2026-03-02T07:00:00.000Z', 3);
    bench.at('2026-04-02T08:00:00.000Z');
    work('2', '2026-03-30T07:00:00.000Z', 1);
    work('3', '2026-04-01T07:00:00.000Z', 1);
    await bench.run();
    bench.at('2026-04-04T08:00:00.000Z');
    await bench.run();
    work('4', '2026-03-31T07:00:00.000Z', 2);
    for (const day of ['04', '05', '30']) {
      bench.at(`2026-04-${day}T09:00:00.000Z`);
      await bench.run();
    }
    bench.at('2026-05-03T08:00:00.000Z');
    await bench.run();
    expect(invoices().map(({ seconds }) => Number(seconds) / 3600)).toEqual([2]);
    bench.at('2026-05-09T08:00:00.000Z');
    await bench.run();
    await bench.run();
    expect(invoices().map(({ seconds }) => Number(seconds) / 3600)).toEqual([2, 3]);
    expect(invoices()[1]?.body).toMatch(/#4 Ticket 4, 31 March 2026: 2 h.*\n- #3 .*1 April 2026/);
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 0 });
  });

  test('that a block pays in part on the billing day are on that month’s bill', async () => {
    await openWith('monthly');
    work('1', '2026-03-02T07:00:00.000Z', 6);
    await bench.run();
    await adjustBalance(bench.app, {
      clientId: bench.clientId(),
      reason: 'phone calls',
      seconds: -5 * 3600,
      isOverageAllowed: true,
    });
    bench.at('2026-04-04T07:00:00.000Z');
    await buy(1);
    await buy(4);
    await bench.run();
    bench.at('2026-04-20T07:00:00.000Z');
    await bench.run();
    expect(invoices()).toMatchObject([{ seconds: 4 * 3600, issuedOn: '2026-04-04' }]);
  });

  test('whose bill was undone are not billed again because a block paid a part of them', async () => {
    await openWith('at-once');
    work('1', '2026-03-02T07:00:00.000Z', 6);
    await bench.run('pull', 'debit');
    const billed = await bench.run();
    await bench.undo(billed);
    await buy(1);
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect(await bench.balance()).toMatchObject({ overageSeconds: 3 * 3600 });
  });

  test('are shown and not settled while observing, and billed once live', async () => {
    await openWith('at-once', 'observe');
    work('1', '2026-03-02T07:00:00.000Z', 3);
    await bench.run();
    bench.at('2026-03-05T08:00:00.000Z');
    await bench.run();
    expect(await bench.balance()).toMatchObject({ overageSeconds: 3600 });
    const withheld = await bench.app.store.listMessages({ statuses: ['withheld'] });
    expect(withheld.filter(({ kind }) => kind === 'invoice')).toHaveLength(1);
    bench.setMode('live');
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect(await bench.balance()).toMatchObject({ overageSeconds: 0 });
  });
});
