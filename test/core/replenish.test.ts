import { afterEach, describe, expect, test } from '@jest/globals';
import type { Agreement, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { toFormatOptions } from '../../src/domain/format.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

function rule(hours: number, fields: Partial<ReplenishRule> = {}): ReplenishRule {
  const when = { balance: 'settled', secondsLeft: hours * 3600 } as const;
  return { when, do: ['alert'], offer: null, tell: ['msp'], ...fields };
}

const buying = (hours: number) => rule(hours, { do: ['alert', 'invoice'], offer: ten });

async function openWith(
  replenish: ReplenishRule[],
  terms: Partial<Agreement> = {},
  mode: 'observe' | 'live' = 'live',
): Promise<void> {
  const agreement = agreementOf({ replenish, ...terms });
  bench = await CoreBench.open({ mode, clients: [clientOf({ agreement })] });
}

let tickets = 0;
function use(hours: number): string {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
  return id;
}

const alerts = () => bench.psa.sentOf('alert-ticket');
const invoices = () => bench.psa.sentOf('invoice');
const kinds = () => bench.psa.sent.map(({ kind }) => kind);

async function buy(hours: number): Promise<void> {
  await addBlock(bench.app, {
    clientId: bench.clientId(),
    seconds: hours * 3600,
    amountMinor: null,
    rateMinor: 0,
    priority: 0,
    purchasedOn: '2026-03-02',
    expiresOn: null,
    reason: 'sold',
  });
}

describe('a threshold', () => {
  test('several that are crossed at once give one alert that names the lowest', async () => {
    await openWith([rule(5), rule(2)]);
    use(9);
    await bench.run();
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.message.body).toMatch(/^Threshold reached: 2 h or less\.$/m);
    // What is left out leaves no hole: the ticket is for people.
    expect(alerts()[0]?.message.body).not.toMatch(/\n\s*\n\s*\n/);
  });

  test('is reached at its very level, and told once however often the run is repeated', async () => {
    await openWith([rule(2)]);
    use(7.75);
    await bench.run();
    expect(alerts()).toHaveLength(0);
    use(0.25);
    await bench.run();
    use(0.25);
    await bench.run();
    await bench.run();
    expect(alerts()).toHaveLength(1);
  });

  test('is re-armed by a purchase, and told again on the next way down', async () => {
    await openWith([rule(2)]);
    use(9);
    await bench.run();
    await buy(10);
    await bench.run();
    expect(alerts()).toHaveLength(1);
    use(9);
    await bench.run();
    expect(alerts()).toHaveLength(2);
    expect(new Set(alerts().map(({ message }) => message.key)).size).toBe(2);
  });

  test('is re-armed by an adjustment upwards, not by one downwards nor by a reversal, and fires at the next use', async () => {
    await openWith([rule(2)]);
    const id = use(9);
    await bench.run();
    bench.psa.reopen(id);
    await bench.run();
    bench.psa.close(id);
    await bench.run();
    await adjustBalance(bench.app, { clientId: bench.clientId(), seconds: -600, reason: 'x' });
    await bench.run();
    expect(alerts()).toHaveLength(1);
    await adjustBalance(bench.app, { clientId: bench.clientId(), seconds: 1200, reason: 'x' });
    await bench.run();
    bench.psa.reopen(id);
    await bench.run();
    bench.psa.close(id);
    await bench.run();
    expect(alerts()).toHaveLength(1);
    use(0.25);
    await bench.run();
    expect(alerts()).toHaveLength(2);
  });

  test('looks at all blocks together', async () => {
    await openWith([rule(2)]);
    await buy(10);
    use(10);
    await bench.run();
    expect(alerts()).toHaveLength(0);
  });

  test('on the projected balance is told while the ticket is still open', async () => {
    await openWith([rule(2, { when: { balance: 'projected', secondsLeft: 7200 } })]);
    bench.psa.reopen(use(9));
    await bench.run();
    expect(await bench.hours()).toEqual([10, 9]);
    expect(alerts()[0]?.message.subject).toMatch(/1 h left/);
  });

  test('expired hours count as gone in the very run that ends them', async () => {
    bench = await CoreBench.open({
      clients: [
        clientOf({
          agreement: agreementOf({ replenish: [rule(2)] }),
          openingBlocks: [openingOf(10, { expiresOn: '2026-03-02' })],
        }),
      ],
    });
    bench.at('2026-03-03T00:00:00.000Z');
    await bench.run();
    expect(alerts()).toHaveLength(1);
  });

  test('crossed in another way leaves a client without any hours in peace', async () => {
    await openWith([rule(2)]);
    await bench.configure([
      clientOf({ openingBlocks: [], agreement: agreementOf({ replenish: [rule(2)] }) }),
    ]);
    await bench.run();
    expect(bench.psa.sent).toEqual([]);
  });
});

describe('a sale', () => {
  test('on-invoice: the block counts once its invoice stands, in the same run', async () => {
    await openWith([buying(2)]);
    use(9);
    await bench.run();
    expect(kinds()).toEqual(['invoice', 'alert-ticket']);
    expect(invoices()[0]?.message).toMatchObject({ quantity: 1, totalMinor: 120000 });
    expect(await bench.hours()).toEqual([11, 0]);
    await bench.run();
    expect(kinds()).toHaveLength(2);
  });

  test('on-payment: the block counts once the PSA shows the invoice as paid', async () => {
    await openWith([buying(2)], { activate: 'on-payment' });
    use(9);
    await bench.run();
    await bench.run();
    expect(await bench.hours()).toEqual([1, 0]);
    const [invoice] = invoices();
    if (invoice !== undefined) bench.psa.pay(invoice);
    await bench.run();
    expect(await bench.hours()).toEqual([11, 0]);
    await bench.run();
    expect(await bench.hours()).toEqual([11, 0]);
    expect(invoices()).toHaveLength(1);
  });

  test('one purchase closes the whole gap, overage included', async () => {
    await openWith([buying(2)]);
    use(20);
    use(5);
    await bench.run();
    expect(invoices().map(({ message }) => message.quantity)).toEqual([2]);
    expect(await bench.hours()).toEqual([5, 0]);
  });

  test('with two levels crossed, the purchase lifts the balance above both', async () => {
    await openWith([buying(2), buying(12)]);
    use(9);
    await bench.run();
    await bench.run();
    expect(invoices().map(({ message }) => message.quantity)).toEqual([2]);
    expect(await bench.hours()).toEqual([21, 0]);
  });

  test('a second level that is crossed while an order is open buys nothing more', async () => {
    await openWith([buying(5), buying(2)], { activate: 'on-payment' });
    use(6);
    await bench.run();
    use(3);
    await bench.run();
    expect(kinds()).toEqual(['invoice', 'alert-ticket', 'alert-ticket']);
  });

  test('a cancelled invoice withdraws its block and is not written again', async () => {
    await openWith([buying(2)]);
    bench.psa.fail('find invoice', 'rejected');
    use(9);
    await bench.run();
    const [dead] = await bench.app.store.listMessages({ statuses: ['dead'] });
    await bench.app.store.cancelMessage(dead?.key ?? '', bench.psa.now);
    await bench.run();
    await bench.run();
    expect(invoices()).toEqual([]);
    expect(await bench.hours()).toEqual([1, 0]);
  });

  test('a block whose invoice is not sent yet cannot be voided under it', async () => {
    await openWith([buying(2)]);
    bench.psa.fail('find invoice', 'transient');
    use(9);
    await bench.run();
    const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
    const ordered = ledger?.blocks.find(({ status }) => status === 'ordered');
    const request = { blockId: ordered?.id ?? '', reason: 'no' };
    await expect(voidBlock(bench.app, request)).rejects.toThrow(/has not been sent yet/);
  });
});

const level = (when: ReplenishRule['when'], fields: Partial<ReplenishRule> = {}) =>
  rule(0, { when, ...fields });

describe('a threshold that is not in hours', () => {
  test('per cent and hours that are crossed at once give one alert that names the lower one', async () => {
    await openWith([rule(2), level({ balance: 'settled', percentLeft: 21 })]);
    use(8);
    await bench.run();
    await bench.run();
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.message.body).toMatch(/^Threshold reached: 2 h or less\.$/m);
  });

  test('per cent sells one block, and no second while that does not lift the balance', async () => {
    const when = { balance: 'settled', percentLeft: 90 } as const;
    await openWith([level(when, { do: ['alert', 'invoice'], offer: ten })]);
    use(9.5);
    await bench.run();
    await bench.run();
    await bench.run();
    expect(kinds()).toEqual(['invoice', 'alert-ticket']);
    expect(await bench.hours()).toEqual([10.5, 0]);
  });

  test('per cent is told again on the next way down after a purchase', async () => {
    await openWith([level({ balance: 'settled', percentLeft: 20 })]);
    use(9);
    await bench.run();
    await buy(10);
    await bench.run();
    use(9.5);
    await bench.run();
    await bench.run();
    expect(alerts()).toHaveLength(2);
  });

  test('the end of each block is told once, days before it, to the client too', async () => {
    const when = { balance: 'settled', expiresWithinDays: 30 } as const;
    const agreement = agreementOf({ replenish: [level(when, { tell: ['msp', 'client'] })] });
    const openingBlocks = [
      openingOf(10, { expiresOn: '2026-04-02' }),
      openingOf(5, { expiresOn: '2026-04-20' }),
    ];
    bench = await CoreBench.open({ clients: [clientOf({ agreement, openingBlocks })] });
    await bench.run();
    expect(bench.psa.sent).toEqual([]);
    for (const day of ['2026-03-03', '2026-03-04', '2026-03-10', '2026-03-21', '2026-03-22']) {
      bench.at(`${day}T08:00:00.000Z`);
      await bench.run();
    }
    expect(kinds()).toEqual(['alert-ticket', 'ticket-note', 'alert-ticket', 'ticket-note']);
    expect(alerts()[0]?.message.subject).toBe(
      'Prepaid hours – Dupont: 10 h unused, expiring on 2 April 2026, plan work',
    );
    expect(alerts()[0]?.message.body).toMatch(/10 h unused, expiring on 2 April 2026/);
    expect(alerts()[1]?.message.body).toMatch(/5 h unused, expiring on 20 April 2026/);
  });

  test('alerts are in the MSP’s form of dates, money and hours, notes in the client’s', async () => {
    const when = { balance: 'settled', expiresWithinDays: 31 } as const;
    const agreement = agreementOf({ replenish: [level(when, { tell: ['msp', 'client'] })] });
    const openingBlocks = [
      { ...openingOf(0), amountMinor: 12_345, currency: 'USD', expiresOn: '2026-04-02' },
      openingOf(5.5, { expiresOn: '2026-04-02' }),
    ];
    const reader = toFormatOptions('en-US');
    bench = await CoreBench.open({ clients: [clientOf({ agreement, openingBlocks, ...reader })] });
    await bench.run();
    const alert = alerts()[0]?.message.body;
    const note = bench.psa.sentOf('ticket-note')[0]?.message.body;
    expect(alert).toContain('Balance on 2 March 2026');
    expect(alert).toContain('5 h 30 unused, expiring on 2 April 2026');
    expect(alert).toContain('$123.45 unused, expiring on 2 April 2026');
    expect(note).toContain('as of March 2, 2026');
    expect(note).toContain('5.5 h unused, expiring on April 2, 2026');
    expect(note).not.toMatch(/USD|5 h 30/);
  });

  test('a forecast run-out is told once while days go by, in the client’s language too', async () => {
    const when = { balance: 'projected', runOutWithinDays: 14 } as const;
    const agreement = agreementOf({ replenish: [level(when, { tell: ['msp', 'client'] })] });
    bench = await CoreBench.open({ clients: [clientOf({ agreement, locale: 'fr' })] });
    use(9);
    await bench.run();
    for (const day of ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-09']) {
      bench.at(`${day}T08:00:00.000Z`);
      await bench.run();
    }
    expect(kinds()).toEqual(['alert-ticket', 'ticket-note']);
    expect(alerts()[0]?.message.body).toMatch(
      /expected to run out within 14 days \(.*\d+ March 2026/,
    );
  });

  test('a forecast run-out counts work that is still pending', async () => {
    await openWith([
      level({ balance: 'projected', runOutWithinDays: 40 }),
      level({ balance: 'settled', runOutWithinDays: 39 }),
    ]);
    bench.psa.reopen(use(9));
    await bench.run();
    expect(await bench.hours()).toEqual([10, 9]);
    bench.at('2026-03-03T08:00:00.000Z');
    await bench.run();
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.message.body).toMatch(
      /Threshold reached: expected to run out within 40 days \([^;]*$/m,
    );
  });
});

describe('observe and live', () => {
  test('observe decides and shows everything, sends nothing and sells nothing', async () => {
    await openWith([buying(2)], {}, 'observe');
    use(9);
    const result = await bench.run();
    expect(bench.psa.sent).toEqual([]);
    expect(result.steps.at(-1)).toMatchObject({ step: 'push', delivered: 0, withheld: 2 });
    expect(await bench.hours()).toEqual([1, 0]);
    await bench.run();
    expect(await bench.app.store.listMessages({})).toHaveLength(2);
  });

  test('going live tells again what was told to nobody, and sells it', async () => {
    await openWith([buying(2)], {}, 'observe');
    use(9);
    await bench.run();
    bench.setMode('live');
    await bench.run();
    await bench.run();
    expect(kinds()).toEqual(['invoice', 'alert-ticket']);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('an invoice that was withheld cannot be sent later without its block', async () => {
    await openWith([buying(2)], {}, 'observe');
    use(9);
    await bench.run();
    bench.setMode('live');
    await bench.run();
    const withheld = await bench.app.store.listMessages({ statuses: ['withheld'] });
    const invoice = withheld.find(({ kind }) => kind === 'invoice');
    expect(await bench.app.store.retryMessage(invoice?.key ?? '', bench.psa.now)).toBe(false);
    await bench.run();
    expect(invoices()).toHaveLength(1);
  });

  test('going back to observe holds what waits, and sends it once live again', async () => {
    await openWith([buying(2)]);
    bench.psa.fail('find invoice', 'transient');
    use(9);
    await bench.run();
    bench.setMode('observe');
    bench.advance(3600);
    await bench.run();
    expect(bench.psa.sent).toEqual([]);
    bench.setMode('live');
    await bench.run();
    expect(kinds().sort()).toEqual(['alert-ticket', 'invoice']);
  });
});

test('a database made anew does not take the old one’s alert and invoice for its own', async () => {
  await openWith([buying(2)]);
  use(9);
  await bench.run();
  const { sent } = bench.psa;
  await bench.close();
  await openWith([buying(2)]);
  bench.advance(86400);
  bench.psa.sent.push(...sent);
  use(9);
  await bench.run();
  expect(kinds()).toEqual(['invoice', 'alert-ticket', 'invoice', 'alert-ticket']);
});
