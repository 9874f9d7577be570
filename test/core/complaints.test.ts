import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { explain } from '../../src/reports/explain/explain.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

/** What users of prepaid hours complain about in other systems. */
let bench: CoreBench;
afterEach(() => bench.close());

async function openWith(terms: Partial<Agreement>, openingBlocks = [openingOf(10)]): Promise<void> {
  const clients = [clientOf({ agreement: agreementOf(terms), openingBlocks })];
  bench = await CoreBench.open({ clients, isTimePerTicket: true });
}

function work(id: string, startedAt: string, minutes: number, technician = 'Ada'): void {
  if (!bench.psa.tickets.some(({ sourceId }) => sourceId === id)) bench.psa.ticket(id);
  bench.psa.log(`${id}-${startedAt}-${technician}`, id, startedAt, minutes, { technician });
  bench.psa.close(id);
}

const low = (fields: Partial<ReplenishRule> = {}): ReplenishRule => ({
  when: { balance: 'settled', secondsLeft: 7200 },
  do: ['alert', 'invoice'],
  offer: ten,
  tell: ['msp'],
  ...fields,
});

async function monthOf(month: string) {
  const now = '2027-01-01T00:00:00.000Z';
  return buildStatement(bench.app.store, { client: bench.client(), month, locale: 'en', now });
}

async function settled(): Promise<number> {
  const [client] = bench.app.clients;
  if (client === undefined) throw new Error('no client');
  const request = { shown: [client], all: [client], asOf: '2026-12-31T00:00:00.000Z' };
  const [balance] = (await buildBalances(bench.app.store, request)).clients;
  return (balance?.settledSeconds ?? 0) / 3600;
}

test('a block is sold again when it is used up, whatever the date, and never because a month ends', async () => {
  await openWith({ replenish: [low()] });
  for (const month of ['04', '05', '06', '07']) {
    bench.at(`2026-${month}-01T08:00:00.000Z`);
    await bench.run();
  }
  expect(bench.psa.sent).toEqual([]);
  work('1', '2026-07-14T09:00:00.000Z', 9 * 60);
  bench.at('2026-07-14T20:00:00.000Z');
  await bench.run();
  expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  expect(await settled()).toBe(11);
});

test('when the hours are gone, a ticket says so in the PSA, and the agreement rules what follows', async () => {
  const gone = low({ when: { balance: 'settled', secondsLeft: 0 }, do: ['alert'], offer: null });
  await openWith({ replenish: [gone], overage: 'hold' }, [openingOf(2)]);
  work('1', '2026-03-02T09:00:00.000Z', 120);
  await bench.run();
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(1);
  work('2', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  expect(await bench.hours()).toEqual([0, 1]);
});

test('overage costs what the multiplier says, and the explanation shows it', async () => {
  const multipliers = [{ workType: 'Remote', role: null, outside: null, factorThousandths: 2000 }];
  await openWith({ multipliers }, [openingOf(1)]);
  work('1', '2026-03-02T09:00:00.000Z', 60);
  await bench.run();
  expect(await bench.story()).toEqual(['+1 purchase', '-1 usage', '-1 overage']);
  const [told] = await explain(bench.app.store, {
    id: '1',
    clients: bench.app.clients,
    connections: ['psa'],
    locale: null,
    fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
  });
  expect(told?.steps.find(({ step }) => step === 'dear')?.lines[0]).toContain('×2 = 2 h');
});

test('message, balance and statement show one figure', async () => {
  await openWith({ replenish: [low({ do: ['alert'] })] });
  work('1', '2026-03-02T09:00:00.000Z', 8 * 60 + 15);
  await bench.run();
  expect(bench.psa.sentOf('alert-ticket')[0]?.message.subject).toContain('1 h 45');
  expect(await settled()).toBe(1.75);
  expect((await monthOf('2026-03')).closing.settledSeconds).toBe(1.75 * 3600);
});

test('hours come off the block without any invoice', async () => {
  await openWith({});
  work('1', '2026-03-02T09:00:00.000Z', 60);
  await bench.run();
  expect(await settled()).toBe(9);
  expect(bench.psa.sent).toEqual([]);
});

test('cheaper hours of a larger block keep their own price when the first is used up', async () => {
  await openWith({}, [
    openingOf(1, { rateMinor: 12_000 }),
    openingOf(20, { rateMinor: 11_000, purchasedOn: '2026-02-01' }),
  ]);
  work('1', '2026-03-02T09:00:00.000Z', 180);
  await bench.run();
  const [line] = (await monthOf('2026-03')).lines.filter(({ kind }) => kind === 'usage');
  expect(line?.blocks.map(({ seconds, priceMinor }) => [seconds / 3600, priceMinor])).toEqual([
    [1, 12_000],
    [2, 22_000],
  ]);
});

test('a one-off block is a block like any other', async () => {
  await openWith({}, [openingOf(1)]);
  await bench.run();
  await addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: 5 * 3600,
    amountMinor: null,
    rateMinor: 9900,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    priority: 0,
    reason: 'Office move',
  });
  work('1', '2026-03-02T09:00:00.000Z', 120);
  await bench.run();
  expect(await settled()).toBe(4);
  const bought = (await monthOf('2026-03')).lines.filter(({ kind }) => kind === 'purchase');
  expect(bought.map(({ note }) => note)).toContain('Office move');
});

test('an invoice that is paid, then void, then paid again buys one block', async () => {
  await openWith({ replenish: [low()], activate: 'on-payment' });
  work('1', '2026-03-02T09:00:00.000Z', 9 * 60);
  await bench.run();
  expect(await settled()).toBe(1);
  const [invoice] = bench.psa.sentOf('invoice');
  if (invoice === undefined) throw new Error('no invoice');
  bench.psa.pay(invoice);
  await bench.run();
  expect(await settled()).toBe(11);
  for (const [isPaid, isVoid] of [
    [false, true],
    [true, false],
  ] as const) {
    bench.psa.invoices[0] = {
      ...(bench.psa.invoices[0] as NonNullable<(typeof bench.psa.invoices)[0]>),
      isPaid,
      isVoid,
      updatedAt: bench.psa.now,
    };
    await bench.run();
  }
  expect(await settled()).toBe(11);
});

test('several technicians on one ticket are rounded as one, and all are named', async () => {
  await openWith({});
  work('1', '2026-03-02T09:00:00.000Z', 20, 'Ada');
  work('1', '2026-03-02T09:00:00.000Z', 20, 'Grace');
  await bench.run();
  expect(await settled()).toBe(9.25);
  expect((await monthOf('2026-03')).lines.at(-1)?.technicians).toEqual(['Ada', 'Grace']);
});

test('a ticket over two months is one charge of the month in which it falls due', async () => {
  await openWith({});
  await bench.run();
  bench.psa.ticket('1');
  bench.psa.log('a', '1', '2026-03-31T15:00:00.000Z', 50);
  bench.psa.log('b', '1', '2026-04-01T08:00:00.000Z', 50);
  bench.at('2026-04-01T10:00:00.000Z');
  await bench.run();
  expect((await monthOf('2026-03')).lines.map(({ kind }) => kind)).toEqual(['purchase']);
  bench.psa.close('1');
  await bench.run();
  const [line] = (await monthOf('2026-04')).lines;
  expect(line).toMatchObject({ workedFrom: '2026-03-31', workedTo: '2026-04-01', seconds: -6300 });
});
