import { afterEach, describe, expect, test } from '@jest/globals';
import type { Agreement, Offer, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { explain } from '../../src/reports/explain/explain.ts';
import { explainBalance } from '../../src/reports/explain/explain-balance.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import { voidBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const rates = {
  currency: 'EUR',
  rateMinor: 12_000,
  workTypes: [{ workType: 'On-site', rateMinor: 15_000 }],
};
const nine = '2026-03-02T09:00:00.000Z';

function money(minor: number, fields: Partial<ReturnType<typeof openingOf>> = {}) {
  return openingOf(0, { amountMinor: minor, rateMinor: 0, ...fields });
}

async function openWith(
  openingBlocks: ReturnType<typeof openingOf>[],
  terms: Partial<Agreement> = {},
): Promise<void> {
  const agreement = agreementOf({ rates, ...terms });
  bench = await CoreBench.open({
    clients: [clientOf({ agreement, openingBlocks })],
    isTimePerTicket: true,
  });
}

function work(id: string, minutes: number, workType: string | null = null): void {
  bench.psa.ticket(id);
  bench.psa.log(id, id, nine, minutes, { workType });
  bench.psa.close(id);
}

/** Money left by block in the order of purchase, and overage in hours. */
async function left(): Promise<{ money: (number | null)[]; hours: number[]; overage: number }> {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  const blocks = ledger?.blocks ?? [];
  return {
    money: blocks.map(({ remainingMinor }) => remainingMinor),
    hours: blocks.map(({ remainingSeconds }) => remainingSeconds / 3600),
    overage: (ledger?.overageSeconds ?? 0) / 3600,
  };
}

async function march() {
  const [client] = bench.app.clients;
  if (client === undefined) throw new Error('no client');
  const request = {
    client,
    month: '2026-03',
    locale: 'en',
    now: '2026-09-01T00:00:00.000Z',
  } as const;
  return buildStatement(bench.app.store, request);
}

describe('a block of money', () => {
  test('pays each work type at its own rate', async () => {
    await openWith([money(100_000)]);
    work('1', 60);
    work('2', 60, 'On-site');
    await bench.run();
    expect(await left()).toEqual({ money: [73_000], hours: [0], overage: 0 });
  });

  test('costs a multiplier once, as hours do', async () => {
    await openWith([money(100_000)], {
      multipliers: [
        { workType: 'On-site', role: null, outside: null, factorThousandths: 1500 },
        { workType: 'On-site', role: null, outside: null, factorThousandths: 1250 },
      ],
    });
    work('1', 60, 'On-site');
    await bench.run();
    expect(await left()).toMatchObject({ money: [77_500] });
  });

  test('that does not last pays what it can, and the next block the rest, of hours or money', async () => {
    await openWith([
      money(6000),
      openingOf(0.25, { purchasedOn: '2026-01-02' }),
      money(3000, { purchasedOn: '2026-01-03' }),
    ]);
    work('1', 75);
    await bench.run();
    // 60 EUR are half an hour, then a quarter, then another quarter for 30 EUR; the last is overage.
    expect(await left()).toEqual({ money: [0, null, 0], hours: [0, 0, 0], overage: 0.25 });
    const sums = (await march()).lines.find(({ kind }) => kind === 'usage');
    expect(sums).toMatchObject({
      chargedSeconds: 4500,
      seconds: -1800,
      overageSeconds: 900,
      money: [{ currency: 'EUR', minor: -9000 }],
    });
  });

  test('gets back to the cent what it paid when the work is taken back', async () => {
    await openWith([money(10_001), openingOf(5, { purchasedOn: '2026-01-02' })]);
    work('1', 70, 'On-site');
    await bench.run();
    expect((await left()).money).toEqual([0, null]);
    bench.psa.reopen('1');
    await bench.run();
    expect(await left()).toEqual({ money: [10_001, null], hours: [0, 5], overage: 0 });
  });

  test('is never part of a balance of hours', async () => {
    await openWith([money(50_000), openingOf(2, { priority: 1 })]);
    const { clients } = bench.app;
    await bench.run();
    const asOf = new Date(bench.nowMs).toISOString();
    const [balance] = (await buildBalances(bench.app.store, { shown: clients, all: clients, asOf }))
      .clients;
    expect(balance).toMatchObject({ settledSeconds: 7200, projectedSeconds: 7200, runOut: null });
    expect(balance?.moneyLeft).toEqual(new Map([['EUR', 50_000]]));
    expect(statementToHtml(await march())).toContain('Money left');
  });

  test('pays overage that was carried', async () => {
    await openWith([openingOf(1)]);
    work('1', 120, 'On-site');
    await bench.run();
    expect(await left()).toMatchObject({ overage: 1 });
    const openingBlocks = [openingOf(1), money(20_000, { purchasedOn: '2026-01-02' })];
    await bench.configure([clientOf({ agreement: agreementOf({ rates }), openingBlocks })]);
    await bench.run();
    expect(await left()).toMatchObject({ money: [null, 5000], overage: 0 });
  });

  test('without a rate pays for nothing', async () => {
    await openWith([money(50_000)], { rates: null });
    work('1', 60);
    await bench.run();
    expect(await left()).toMatchObject({ money: [50_000], overage: 1 });
  });

  test('ends with its last day, and what is left can be withdrawn before', async () => {
    await openWith([
      money(50_000, { expiresOn: '2026-03-31' }),
      money(7000, { purchasedOn: '2026-01-02' }),
    ]);
    await bench.run();
    const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
    const blockId = ledger?.blocks[1]?.id ?? '';
    expect(await voidBlock(bench.app, { blockId, reason: 'refunded' })).toMatchObject({
      removedMinor: 7000,
    });
    bench.at('2026-04-02T08:00:00.000Z');
    await bench.run();
    expect((await left()).money).toEqual([0, 0]);
    expect((await bench.ledger()).map(({ reason, minor }) => [reason, minor])).toEqual([
      ...[
        ['purchase', 50_000],
        ['purchase', 7000],
        ['refund', 7000],
        ['expiry', 50_000],
      ],
    ]);
  });

  test('is explained in its own money', async () => {
    await openWith([money(50_000)]);
    work('1', 60, 'On-site');
    await bench.run();
    const [told] = await explain(bench.app.store, {
      id: '1',
      clients: bench.app.clients,
      connections: ['psa'],
      locale: null,
      fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
    });
    expect(told?.steps.find(({ step }) => step === 'blocks')?.lines[0]).toMatch(
      /^1 h for €150\.00 from block b-\w+ \(€500\.00\)\.$/,
    );
    const balance = await explainBalance(bench.app.store, {
      client: bench.client(),
      on: '2026-03-31',
      locale: 'en',
    });
    expect(balance.closing.money).toEqual([{ currency: 'EUR', minor: 35_000 }]);
    expect(balance.steps[0]?.lines).toContain('Work: -€150.00 (one posting)');
  });
});

describe('a level of money', () => {
  const thousand: Offer = {
    ...ten,
    name: 'thousand',
    seconds: 0,
    amountMinor: 100_000,
    rateMinor: 0,
  };
  const when = { balance: 'settled', minorLeft: 20_000, currency: 'EUR' } as const;
  const sell = { when, do: ['alert', 'invoice'], offer: thousand, tell: ['msp'] } as const;
  const hoursLow: ReplenishRule = {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp'],
  };

  test('sells a block of money once, and never one of hours to a client that has none', async () => {
    await openWith([money(30_000)], { replenish: [sell, hoursLow] });
    work('1', 60);
    await bench.run();
    const invoices = bench.psa.sent.filter(({ kind }) => kind === 'invoice');
    expect(invoices.map(({ message }) => [message.offer, message.totalMinor])).toEqual([
      ['thousand', 100_000],
    ]);
    expect(await left()).toMatchObject({ money: [18_000, 100_000] });
    await bench.run();
    expect(bench.psa.sent.filter(({ kind }) => kind === 'invoice')).toHaveLength(1);
    const [alert] = bench.psa.sent.filter(({ kind }) => kind === 'alert-ticket');
    expect(String(alert?.message.body)).toContain('€180.00');
    expect(String(alert?.message.body)).not.toMatch(/ h /);
  });
});

test('a run that spent money is undone to the cent, and what later work used goes elsewhere', async () => {
  await openWith([money(50_000)]);
  const opening = await bench.run();
  work('1', 50, 'On-site');
  const run = await bench.run();
  work('2', 60);
  await bench.run();
  expect((await left()).money).toEqual([50_000 - 15_000 - 12_000]);
  await bench.undo(run);
  expect(await left()).toMatchObject({ money: [38_000], overage: 0 });
  await bench.undo(opening);
  expect(await left()).toMatchObject({ money: [0], overage: 1 });
});
