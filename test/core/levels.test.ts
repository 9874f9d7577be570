import { afterEach, describe, expect, test } from '@jest/globals';
import type {
  Agreement,
  Offer,
  ReplenishRule,
  Threshold,
} from '../../src/domain/agreements/terms.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const hour = 3600;
const remote: Offer = { ...ten, name: 'remote', workTypes: ['Remote'] };
const onSite = { workType: 'On-site' };

function selling(when: Threshold, offer: Offer | null = ten): ReplenishRule {
  const actions = offer === null ? (['alert'] as const) : (['alert', 'invoice'] as const);
  return { when, do: actions, offer, tell: ['msp', 'client'] };
}

const at = (hours: number) => ({ balance: 'settled', secondsLeft: hours * hour }) as const;
const percent = (percentLeft: number) => ({ balance: 'settled', percentLeft }) as const;

async function openWith(
  replenish: ReplenishRule[],
  openingBlocks = [openingOf(10)],
  terms: Partial<Agreement> = {},
): Promise<void> {
  const agreement = agreementOf({ replenish, ...terms });
  bench = await CoreBench.open({
    clients: [clientOf({ agreement, openingBlocks })],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
}

let tickets = 0;
/** A closed ticket with that many hours of work on it. */
async function use(hours: number, fields = {}): Promise<void> {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, new Date(bench.nowMs - 8 * hour * 1000).toISOString(), hours * 60, fields);
  bench.psa.close(id);
  await bench.run();
}

const bodies = () => bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.body));
const sold = () =>
  bench.psa.sentOf('invoice').map(({ message }) => `${message.quantity} ${message.offer}`);
const field = () => bench.psa.sentOf('balance-field').at(-1)?.message;
const shown = () => field()?.hoursText;

function buy(hours: number): Promise<unknown> {
  return addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: hours * hour,
    amountMinor: null,
    rateMinor: 0,
    priority: 0,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    reason: 'sold',
  });
}

function give(hours: number): Promise<unknown> {
  const gift = { clientId: bench.clientId(), seconds: hours * hour, reason: 'Goodwill' };
  return adjustBalance(bench.app, gift);
}

describe('a level that is still reached after a credit', () => {
  test.each([
    ['hours', at(2)],
    ['per cent', percent(20)],
  ])('in %s sells again at the next use, however small the last purchase was', async (_, when) => {
    await openWith([selling(when, { ...ten, seconds: hour })]);
    await use(9);
    await bench.run();
    const before = sold().length;
    await give(0.25);
    await bench.run();
    expect(sold()).toHaveLength(before);
    await use(3);
    await use(3);
    await bench.run();
    expect(sold().length).toBeGreaterThan(before + 1);
    expect((await bench.hours())[0]).toBeGreaterThan(0);
  });

  test('in per cent is told again after a purchase that paid no more than the overage', async () => {
    await openWith([selling(percent(10), null)]);
    await use(15);
    await buy(5);
    await bench.run();
    expect(bodies()).toHaveLength(1);
    await use(5);
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toMatch(/10 % or less of 5 h \(the blocks with hours left, or/);
  });

  test('of the forecast fires at the next use, not each day', async () => {
    await openWith([selling({ balance: 'settled', runOutWithinDays: 30 }, null)]);
    await use(8);
    bench.at('2026-03-03T08:00:00.000Z');
    await bench.run();
    expect(bodies()).toHaveLength(1);
    await give(0.5);
    for (const day of ['04', '05', '06']) {
      bench.at(`2026-03-${day}T08:00:00.000Z`);
      await bench.run();
    }
    expect(bodies()).toHaveLength(1);
    await use(1);
    expect(bodies()).toHaveLength(2);
  });
});

describe('hours that are limited to some work types', () => {
  const limited = (hours: number, workType: string) =>
    openingOf(hours, { workTypes: [workType], purchasedOn: '2026-01-02' });

  test('run low by themselves, and their own offer is sold', async () => {
    await openWith([selling(at(2), remote)], [limited(2, 'Remote'), limited(20, 'On-site')]);
    await use(5);
    await bench.run();
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toMatch(/^Threshold reached: 2 h or less \(Remote\)\.$/m);
    expect(bodies()[0]).toMatch(
      /^Balance on 2 March 2026: 3 h over \(Remote\) and 20 h left \(On-site\)\.$/m,
    );
    expect(sold()).toEqual(['1 remote']);
    expect(field()).toMatchObject({ hoursText: '7.00 (Remote), 20.00 (On-site)', figure: '7.00' });
    await use(17, onSite);
    expect(bodies()).toHaveLength(1);
    await use(1, onSite);
    expect(bodies()[1]).toMatch(/^Threshold reached: 2 h or less \(On-site\)\.$/m);
    expect(bodies()[1]).toMatch(/^No sale: the offer "remote" pays for Remote only\.$/m);
    expect(sold()).toHaveLength(1);
  });

  test('do not hide that the hours for all other work run low', async () => {
    await openWith([selling(at(2))], [openingOf(3), limited(10, 'Remote')]);
    await use(2.5, onSite);
    expect(bodies()[0]).toMatch(/^Threshold reached: 2 h or less\.$/m);
    expect(bodies()[0]).toMatch(
      /^Balance on 2 March 2026: 30 min left \(any work\) and 10 h left \(Remote\)\.$/m,
    );
    expect(sold()).toEqual(['1 ten']);
    expect(field()).toMatchObject({ hoursText: '10.00 (Remote), 10.50', figure: '10.50' });
  });

  test('are one figure in a field that takes only a number: what any work may use', async () => {
    await openWith([], [openingOf(3), limited(1, 'Remote')]);
    bench.psa.fail('create balance-field', 'rejected');
    await use(2.5, onSite);
    expect(shown()).toBe('0.50');
    expect(await bench.app.store.listMessages({ statuses: ['dead'] })).toEqual([]);
  });

  test('are no reason to tell anything while general hours can pay for that work as well', async () => {
    await openWith([selling(at(2))], [openingOf(20), limited(1, 'Remote')]);
    await use(3);
    await bench.run();
    expect(bodies()).toEqual([]);
  });

  test('count pending work of theirs, not of other work', async () => {
    const when = { balance: 'projected', secondsLeft: 2 * hour } as const;
    await openWith([selling(when, null)], [openingOf(3), limited(10, 'Remote')], {
      workTypes: { covered: [], excluded: ['Travel'], unlisted: 'covered' },
    });
    bench.psa.ticket('p');
    bench.psa.log('p1', 'p', '2026-03-02T01:00:00.000Z', 5 * 60);
    bench.psa.log('p2', 'p', '2026-03-02T06:00:00.000Z', 60, { workType: 'Travel' });
    await bench.run();
    expect(bodies()).toEqual([]);
    bench.psa.log('p3', 'p', '2026-03-02T07:00:00.000Z', 60, onSite);
    await bench.run();
    expect(bodies()[0]).toMatch(/^Threshold reached: 2 h or less, counting open work\.$/m);
  });

  test('fire again once they are used after general hours were bought', async () => {
    await openWith([selling(at(2), null)], [openingOf(1), limited(1, 'Remote')]);
    await use(0.25);
    expect(bodies()).toHaveLength(1);
    await buy(0.25);
    await bench.run();
    expect(bodies()).toHaveLength(1);
    await use(0.5);
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toMatch(/^Threshold reached: 2 h or less; 2 h or less \(Remote\)\.$/m);
  });

  test('have orders of their own', async () => {
    const site: Offer = { ...ten, name: 'site', workTypes: ['On-site'] };
    await openWith(
      [selling(at(2), remote), selling(at(3), site)],
      [limited(4, 'Remote'), limited(4, 'On-site')],
      { activate: 'on-payment' },
    );
    await use(3);
    await use(3, onSite);
    await bench.run();
    expect(sold()).toEqual(['1 remote', '1 site']);
    await use(3);
    await use(3, onSite);
    expect(sold()).toHaveLength(2);
  });
});

test('a client with nothing but money sees it in the field', async () => {
  const money = openingOf(0, { seconds: 0, amountMinor: 35_000, rateMinor: 0 });
  const rates = { currency: 'EUR', rateMinor: 10_000, workTypes: [] };
  await openWith([], [money], { rates });
  await use(1);
  expect(shown()).toBe('250.00 EUR');
});

describe('a sale', () => {
  test('covers pending work too, up to the most blocks of its offer, and says what is missing', async () => {
    await openWith([selling(at(2), { ...ten, maxPerSale: 3 })]);
    bench.psa.ticket('p');
    bench.psa.log('p1', 'p', '2026-03-01T07:00:00.000Z', 15 * 60);
    await use(9);
    expect(sold()).toEqual(['2 ten']);
    expect(bodies()[0]).toMatch(/^Sale: 2 support blocks of 10 h \("ten"\)/m);
    for (const id of ['q', 'r', 's']) {
      bench.psa.ticket(id);
      bench.psa.log(id, id, '2026-03-01T02:00:00.000Z', 20 * 60);
      bench.psa.close(id);
    }
    await bench.run();
    expect(sold()).toEqual(['2 ten', '3 ten']);
    expect(bodies()[1]).toMatch(
      /^6 × "ten" would be needed, but a sale is limited to 3: agree on the rest with the client\.$/m,
    );
  });

  test('is not repeated while an order is open, and the alert says why', async () => {
    await openWith([selling(at(5)), selling(at(2))], [openingOf(10)], { activate: 'on-payment' });
    await use(6);
    await use(3);
    expect(sold()).toHaveLength(1);
    expect(bodies()[1]).toMatch(
      /^No new sale: an earlier order is still open \(invoice ph:inv:\S+\)\.$/m,
    );
    expect(bodies()[1]).not.toMatch(/"ten"/);
  });

  test.each<[string, Partial<Agreement>, RegExp]>([
    ['has ended', { until: '2026-03-01' }, /the agreement ended on 1 March 2026/],
    ['has not begun', { from: '2026-03-03' }, /the agreement does not start until 3 March 2026/],
    ['ends too soon', { until: '2026-03-20' }, /the agreement ends on 20 March 2026, before/],
  ])(
    'is not made to an agreement that %s, and a person is told in any case',
    async (_, terms, why) => {
      const silent: ReplenishRule = { ...selling(at(2)), do: ['invoice'] };
      await openWith([silent]);
      await bench.run();
      await bench.configure([
        clientOf({ agreement: agreementOf({ replenish: [silent], ...terms }) }),
      ]);
      await adjustBalance(bench.app, {
        clientId: bench.clientId(),
        seconds: -9 * hour,
        reason: 'By hand',
      });
      await bench.run();
      expect(sold()).toEqual([]);
      expect(bodies()).toHaveLength(1);
      expect(bodies()[0]).toMatch(why);
      expect(bodies()[0]).not.toMatch(/ten/);
      await bench.run();
      expect(bodies()).toHaveLength(1);
    },
  );

  test('is made to an agreement that ends after the hours are used or expired', async () => {
    const offer = { ...ten, validForMonths: 1 };
    await openWith([selling(at(2), offer)], [openingOf(10)], { until: '2026-04-15' });
    await use(9);
    expect(sold()).toEqual(['1 ten']);
  });
});
