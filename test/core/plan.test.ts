import { expect, test } from '@jest/globals';
import type { Agreement, Client } from '../../src/domain/agreements/terms.ts';
import { type ClientPlan, type Plan, planClients } from '../../src/service/plan/plan.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

const hour = 3600;
const alertAtTwo: Agreement['replenish'][number] = {
  when: { balance: 'settled', secondsLeft: 2 * hour },
  do: ['alert', 'invoice'],
  offer: ten,
  tell: ['msp'],
};

/** Ten hours; a ticket of three notes (95 minutes), one of an hour's travel, one still open. */
async function benchWithMarch(agreement: Partial<Agreement> = {}): Promise<CoreBench> {
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf(agreement) })],
  });
  bench.psa.pageSize = 50;
  const { psa } = bench;
  psa.ticket('1');
  psa.log('11', '1', '2026-03-02T08:00:00.000Z', 40);
  psa.log('12', '1', '2026-03-02T09:00:00.000Z', 20);
  psa.log('13', '1', '2026-03-03T09:00:00.000Z', 35);
  psa.ticket('2');
  psa.log('21', '2', '2026-03-04T09:00:00.000Z', 60, { workType: 'Travel' });
  psa.ticket('3');
  psa.log('31', '3', '2026-03-05T09:00:00.000Z', 30);
  bench.at('2026-03-06T08:00:00.000Z');
  psa.close('1');
  psa.close('2');
  await bench.run();
  return bench;
}

function changed(bench: CoreBench, fields: Partial<Agreement>, client: Partial<Client> = {}) {
  return bench.app.clients.map((one) => ({
    ...one,
    ...client,
    agreement: { ...one.agreement, ...fields },
  }));
}

async function planOf(bench: CoreBench, tried: readonly Client[], isOther = true): Promise<Plan> {
  return planClients(bench.app, tried, { file: 'new.yaml', isOther });
}

async function dupontOf(bench: CoreBench, tried: readonly Client[]): Promise<ClientPlan> {
  const { clients } = await planOf(bench, tried);
  const dupont = clients.find(({ client }) => client === 'Dupont');
  if (dupont === undefined) throw new Error('no plan for Dupont');
  return dupont;
}

const perEntry = {
  per: 'entry',
  incrementSeconds: 900,
  minimumSeconds: 900,
  graceSeconds: 0,
} as const;
const noTravel = { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' } as const;

test('terms that are not changed make no difference, and what is posted is what they would do', async () => {
  const bench = await benchWithMarch();
  const plan = await dupontOf(bench, changed(bench, {}));
  expect(plan.rules).toEqual([]);
  expect(plan.planned).toEqual(plan.posted);
  expect(plan.posted).toEqual({
    seconds: 2.75 * hour,
    pendingSeconds: hour / 2,
    overageSeconds: 0,
    money: [{ currency: 'EUR', minor: 33_000 }],
    alerts: 0,
    invoices: 0,
  });
  await bench.close();
});

test('alarms of hours worked are counted over the past: once per burst, and once per ticket', async () => {
  const bench = await benchWithMarch();
  const alarms = [
    { usedSeconds: hour, withinSeconds: 4 * hour, tell: ['msp'] },
    { ticketSeconds: 1.5 * hour, tell: ['msp'] },
  ] as const;
  const plan = await dupontOf(bench, changed(bench, { alarms }));
  expect([plan.posted.alerts, plan.planned.alerts]).toEqual([0, 3]);
  await bench.close();
});

test('hours that are limited to work types pay for no other work in a plan either', async () => {
  const openingBlocks = [openingOf(10, { workTypes: ['Travel'] })];
  const bench = await CoreBench.open({ clients: [clientOf({ openingBlocks })] });
  bench.psa.ticket('1');
  bench.psa.log('11', '1', '2026-03-02T08:00:00.000Z', 60);
  bench.psa.ticket('2');
  bench.psa.log('21', '2', '2026-03-04T09:00:00.000Z', 60, { workType: 'Travel' });
  bench.at('2026-03-06T08:00:00.000Z');
  for (const id of ['1', '2']) bench.psa.close(id);
  await bench.run();
  expect(await bench.balance()).toMatchObject({ overageSeconds: hour });
  const plan = await dupontOf(bench, changed(bench, {}));
  expect(plan.planned).toEqual(plan.posted);
  expect(plan.posted).toMatchObject({
    overageSeconds: hour,
    money: [{ currency: 'EUR', minor: 12_000 }],
  });
  await bench.close();
});

test('each changed rule is named with its effect alone, and all add up', async () => {
  const bench = await benchWithMarch();
  const plan = await dupontOf(
    bench,
    changed(bench, { rounding: perEntry, workTypes: noTravel, debitWhen: 'logged' }),
  );
  // 45 + 30 + 45 minutes for the three notes, half an hour of the open ticket, no travel.
  expect(plan.planned).toMatchObject({ seconds: 2.5 * hour, pendingSeconds: 0 });
  expect(
    plan.rules.map(({ rule, seconds, pendingSeconds }) => ({ rule, seconds, pendingSeconds })),
  ).toEqual([
    { rule: 'debitWhen', seconds: hour / 2, pendingSeconds: -hour / 2 },
    { rule: 'rounding', seconds: hour / 4, pendingSeconds: 0 },
    { rule: 'workTypes', seconds: -hour, pendingSeconds: 0 },
  ]);
  const money = plan.rules.flatMap((rule) => rule.money.map(({ minor }) => minor));
  expect(money).toEqual([6000, 3000, -12_000]);
  await bench.close();
});

test('another level to tell at shows as alerts and invoices, with no hour between', async () => {
  const bench = await benchWithMarch();
  const low = { ...alertAtTwo, when: { balance: 'settled', secondsLeft: 8.5 * hour } } as const;
  const plan = await dupontOf(bench, changed(bench, { replenish: [low] }));
  expect(plan.posted).toMatchObject({ alerts: 0, invoices: 0 });
  expect(plan.planned).toMatchObject({ alerts: 1, invoices: 1, seconds: plan.posted.seconds });
  expect(plan.rules).toEqual([
    expect.objectContaining({ rule: 'replenish', seconds: 0, alerts: 1, invoices: 1 }),
  ]);
  await bench.close();
});

test('hours beyond every block are overage and have no price', async () => {
  const bench = await benchWithMarch();
  const double = [{ workType: 'Remote', role: null, outside: null, factorThousandths: 10_000 }];
  const { planned, rules } = await dupontOf(bench, changed(bench, { multipliers: double }));
  expect(planned).toMatchObject({ seconds: 18.5 * hour, overageSeconds: 8.5 * hour });
  expect(planned.money).toEqual([{ currency: 'EUR', minor: 120_000 }]);
  expect(rules.map(({ rule }) => rule)).toEqual(['multipliers']);
  await bench.close();
});

test('other holidays and another first day count, though the first is a question and not a list', async () => {
  const office = {
    name: 'office',
    week: [0, 1, 2, 3, 4, 5, 6].map(() => [{ fromMinute: 0, toMinute: 1440 }]),
    isHoliday: () => false,
  };
  const rule = { workType: null, role: null, outside: office, factorThousandths: 2000 };
  const bench = await benchWithMarch({ multipliers: [rule] });
  const closed = { ...office, isHoliday: (day: string) => day === '2026-03-04' };
  const plan = await dupontOf(
    bench,
    changed(bench, { multipliers: [{ ...rule, outside: closed }] }, { startOn: '2026-03-03' }),
  );
  const effects = plan.rules.map(({ rule: name, seconds }) => [name, seconds]);
  expect(effects).toEqual([
    ['multipliers', hour],
    ['startOn', -hour],
  ]);
  await bench.close();
});

test('what was posted under earlier terms is told apart from what the change would do', async () => {
  const bench = await benchWithMarch();
  await bench.configure([clientOf({ agreement: agreementOf({ rounding: perEntry }) })]);
  const plan = await dupontOf(bench, changed(bench, { workTypes: noTravel }));
  expect(plan.rules.map(({ rule, seconds }) => [rule, seconds])).toEqual([
    ['posted-otherwise', hour / 4],
    ['workTypes', -hour],
  ]);
  const inPlace = await planOf(bench, bench.app.clients, false);
  expect(inPlace).toMatchObject({ currentFile: null, clients: [{ rules: [] }] });
  expect(inPlace.clients[0]?.planned.seconds).toBe(3 * hour);
  await bench.close();
});

test('a client that only the changed config lists shows what its mirrored work would cost', async () => {
  const bench = await benchWithMarch();
  bench.psa.ticket('9', { clientId: '2' });
  bench.psa.log('91', '9', '2026-03-05T09:00:00.000Z', 90);
  bench.psa.close('9');
  await bench.run();
  const martin = {
    ...clientOf({ name: 'Martin', openingBlocks: [openingOf(1)] }),
    id: 'new:Martin',
    paidBy: null,
  };
  const tried = [...changed(bench, {}), { ...martin, sourceIds: new Map([['psa', '2']]) }];
  const { clients } = await planOf(bench, tried);
  expect(clients.map(({ client, rules }) => [client, rules.map(({ rule }) => rule)])).toEqual([
    ['Dupont', []],
    ['Martin', ['listed']],
  ]);
  expect(clients[1]).toMatchObject({
    posted: { seconds: 0 },
    planned: { seconds: 1.5 * hour, overageSeconds: 0.5 * hour },
  });
  await bench.close();
});

test('a ticket merged into another and a day’s charge are each decided whole and once', async () => {
  const bench = await benchWithMarch();
  bench.psa.editTicket('2', { mergedInto: '1' });
  await bench.run();
  const day = { per: 'day', incrementSeconds: hour, minimumSeconds: 0, graceSeconds: 0 } as const;
  const { planned } = await dupontOf(bench, changed(bench, { rounding: day }));
  // 60 minutes, 35 minutes and 60 minutes on three days; the open ticket's day is pending.
  expect(planned).toMatchObject({ seconds: 3 * hour, pendingSeconds: hour });
  await bench.close();
});

test('a plan writes nothing at all', async () => {
  const bench = await benchWithMarch();
  const before = bench.dump();
  await planOf(bench, changed(bench, { rounding: perEntry, debitWhen: 'logged' }));
  expect(bench.dump()).toEqual(before);
  await bench.close();
});
