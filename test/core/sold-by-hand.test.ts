import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Agreement, Offer } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { acceptInvoice } from '../../src/service/corrections/release.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(() => openWith());
afterEach(() => bench.close());

const hourly: Offer = { ...ten, name: 'hourly', product: 'HOUR', productUnit: 'hour' };

async function openWith(terms: Partial<Agreement> = {}): Promise<void> {
  const clients = [clientOf({ agreement: agreementOf(terms) })];
  bench = await CoreBench.open({ mode: 'live', clients });
  setTo('propose');
  await bench.run();
}

function setTo(blocksSoldByHand: 'propose' | 'book'): void {
  const offers = new Map([ten, hourly].map((offer) => [offer.name, offer]));
  bench.app.config = { ...bench.app.config, offers, blocksSoldByHand };
}

const line = (product: string, quantity = '1', totalMinor: number | null = 120_000) => {
  return { product, quantity, totalMinor };
};

/** An invoice that somebody wrote in the PSA, as it shows it from now on. */
function write(sourceId: string, change: Partial<InvoiceRow> = {}): void {
  const row: InvoiceRow = {
    sourceId,
    number: `R-${sourceId}`,
    clientId: '1',
    reference: null,
    saleId: sourceId,
    currency: 'EUR',
    totalMinor: 120_000,
    netMinor: 120_000,
    paidMinor: 0,
    creditedMinor: 0,
    isPaid: false,
    isVoid: false,
    issuedOn: '2026-03-02',
    paidOn: null,
    lines: [line('BLOCK-10')],
    updatedAt: new Date(bench.nowMs + 30_000).toISOString() as InvoiceRow['updatedAt'],
    ...change,
  };
  const { invoices } = bench.psa;
  const place = invoices.findIndex((one) => one.sourceId === sourceId);
  invoices.splice(place < 0 ? invoices.length : place, 1, row);
}

async function questions(): Promise<string[]> {
  const { clients, store, config } = bench.app;
  const asOf = new Date(bench.nowMs).toISOString();
  const request = { shown: clients, all: clients, asOf, offers: config.offers };
  return (await buildBalances(store, request)).salesQuestions;
}

async function differences(): Promise<string[]> {
  await bench.run('reconcile');
  const found: string[] = [];
  for await (const page of bench.app.store.streamDifferences(null)) {
    found.push(
      ...page.map(({ kind, client, subject, theirs, fix }) =>
        [kind, client, subject, theirs, fix].join(' | '),
      ),
    );
  }
  return found;
}

test('a block that was sold by hand is proposed by balances and reconcile, and booked once', async () => {
  write('70');
  await bench.run();
  expect(await bench.hours()).toEqual([10, 0]);
  expect(await questions()).toEqual([
    'Dupont: invoice R-70 of 2026-03-02 sells 10 h (offer "ten"), not booked as a block yet: prepaid-hours block accept R-70',
  ]);
  expect(await differences()).toEqual([
    expect.stringMatching(
      /^block-sold \| Dupont \| invoice R-70, product BLOCK-10 \| 10 h sold .*block accept R-70/,
    ),
  ]);
  await acceptInvoice(bench.app, 'R-70', false);
  await bench.run();
  expect(await bench.hours()).toEqual([20, 0]);
  write('70', { isPaid: true, paidMinor: 120_000 });
  await bench.run();
  expect(await bench.hours()).toEqual([20, 0]);
  expect(await questions()).toEqual([]);
  expect(await differences()).toEqual([]);
  await expect(acceptInvoice(bench.app, 'R-70', true)).rejects.toMatchObject({ kind: 'config' });
});

test('with `book` it is booked unasked, once', async () => {
  setTo('book');
  write('70', {
    lines: [line('BLOCK-10', '2.00', 240_000), line('LICENCE'), line('HOUR', '1.5', 18_000)],
  });
  await bench.run();
  await bench.run();
  expect(await bench.hours()).toEqual([31.5, 0]);
  expect(await questions()).toEqual([]);
});

test.each<[string, Partial<InvoiceRow>]>([
  ['written before the first live run', { issuedOn: '2026-03-01' }],
  ['void or a credit', { isVoid: true }],
  ['credited as a whole', { creditedMinor: 120_000 }],
  ['paid and then credited as a whole', { isPaid: true, creditedMinor: 120_000 }],
  ['ours by its reference', { reference: 'ph:invoice:dupont:012345678901' }],
  ['of another product', { lines: [line('LICENCE')] }],
  ['of a negative quantity', { lines: [line('BLOCK-10', '-1', -120_000)] }],
  ['in another currency', { currency: 'CHF' }],
  ['of a client that is not configured', { clientId: '99' }],
  ['without lines', { lines: null }],
])('an invoice %s is no block', async (_, change) => {
  for (const mode of ['propose', 'book'] as const) {
    setTo(mode);
    write('70', change);
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    expect(await questions()).toEqual([]);
  }
});

test('an invoice that this program wrote is no block once more', async () => {
  await bench.close();
  const rule = {
    when: { balance: 'settled', secondsLeft: 36_000 },
    do: ['invoice'],
    offer: ten,
  } as const;
  await openWith({ replenish: [{ ...rule, tell: ['msp'] }] });
  setTo('book');
  const [sent] = bench.psa.sentOf('invoice');
  write(sent?.remoteId ?? '', {});
  await bench.run();
  expect(await bench.hours()).toEqual([20, 0]);
  expect(await questions()).toEqual([]);
});

test.each(['propose', 'book'] as const)(
  'beside a block of that day and size that was added by hand, a person is asked (%s)',
  async (setting) => {
    setTo(setting);
    const price = { seconds: 36_000, amountMinor: null, rateMinor: 12_000, priority: 0 };
    const days = { purchasedOn: '2026-03-02', expiresOn: null };
    await addBlock(bench.app, { clientId: bench.clientId(), ...price, ...days, reason: 'sold' });
    write('70');
    await bench.run();
    expect(await bench.hours()).toEqual([20, 0]);
    expect(await questions()).toEqual([expect.stringContaining('block accept R-70 --again')]);
    await expect(acceptInvoice(bench.app, '70', false)).rejects.toMatchObject({ kind: 'config' });
    await acceptInvoice(bench.app, '70', true);
    await bench.run();
    expect(await bench.hours()).toEqual([30, 0]);
  },
);

test('with activate: on-payment the hours come with the payment, and are valid from then', async () => {
  await bench.close();
  await openWith({ activate: 'on-payment' });
  const offers = new Map([['ten', { ...ten, validForMonths: 12 }]]);
  bench.app.config = { ...bench.app.config, offers, blocksSoldByHand: 'book' };
  write('70');
  await bench.run();
  expect(await bench.hours()).toEqual([10, 0]);
  bench.at('2026-03-20T08:00:00.000Z');
  write('70', { isPaid: true, paidMinor: 120_000, paidOn: '2026-03-20' });
  await bench.run();
  expect(await bench.hours()).toEqual([20, 0]);
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
  expect(ledger?.blocks.find(({ source }) => source === 'purchase')).toMatchObject({
    purchasedOn: '2026-03-20',
    expiresOn: '2027-03-19',
    rateMinor: 12_000,
  });
});

test.each<[string, Partial<InvoiceRow>, number]>([
  ['voided', { isVoid: true }, 10],
  ['half credited', { creditedMinor: 60_000 }, 15],
  ['lowered to half a block', { lines: [line('BLOCK-10', '0.5', 60_000)] }, 15],
])('an unpaid invoice that is %s later takes back what it gave', async (_, change, left) => {
  setTo('book');
  write('70');
  await bench.run();
  expect(await bench.hours()).toEqual([20, 0]);
  write('70', change);
  await bench.run();
  expect(await bench.hours()).toEqual([left, 0]);
  const isVoid = change.isVoid === true;
  const held = isVoid ? [expect.stringContaining('block resume "Dupont"')] : [];
  expect(await questions()).toEqual(held);
});

test('a booking that is undone is booked again by `block accept` alone, as often as that happens', async () => {
  setTo('book');
  write('70', { lines: [line('BLOCK-10'), line('HOUR', '1.5', 18_000)] });
  const booked = await bench.run();
  expect(await bench.hours()).toEqual([21.5, 0]);
  await bench.undo(booked);
  for (const _ of [1, 2]) {
    await bench.run();
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    expect(await questions()).toEqual([
      expect.stringContaining('block accept R-70'),
      expect.stringContaining('block accept R-70'),
    ]);
    bench.advance(60);
    await acceptInvoice(bench.app, 'R-70', false);
    const [again] = await bench.app.store.listRuns(1);
    await bench.run();
    expect(await bench.hours()).toEqual([21.5, 0]);
    expect(await questions()).toEqual([]);
    await bench.undo(again?.id ?? '');
  }
});

test.each(['before', 'after'])(
  'a run is not undone if an invoice that it booked was paid %s',
  async (time) => {
    const paid = { isPaid: true, paidMinor: 120_000 };
    setTo('book');
    write('70', time === 'before' ? paid : {});
    const booked = await bench.run();
    write('70', paid);
    await bench.run();
    expect(await bench.hours()).toEqual([20, 0]);
    const before = bench.dump();
    await expect(bench.undo(booked)).rejects.toThrow(/Invoice R-70 is paid/);
    expect(bench.dump()).toEqual(before);
  },
);

test('a block sold at a discount has all its hours, at the price that was paid', async () => {
  setTo('book');
  write('70', { netMinor: 100_000, totalMinor: 100_000, lines: [line('BLOCK-10', '1', 100_000)] });
  await bench.run();
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
  expect(ledger?.blocks.find(({ source }) => source === 'purchase')).toMatchObject({
    remainingSeconds: 36_000,
    rateMinor: 10_000,
  });
});

describe('a booked invoice that is deleted in the PSA', () => {
  const when = { balance: 'settled', secondsLeft: 7200 } as const;
  const rule = { when, do: ['alert', 'invoice'], offer: ten, tell: ['msp'] } as const;
  const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.body));

  async function openBooked(activate: Agreement['activate']): Promise<void> {
    await bench.close();
    await openWith({ activate, replenish: [rule] });
    setTo('book');
    write('70');
    await bench.run();
  }

  function remove(): void {
    bench.psa.invoices.length = 0;
    bench.psa.standings.set('70', null);
  }

  function useNine(): void {
    bench.psa.ticket('1');
    bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 540);
    bench.psa.close('1');
  }

  test('closes its order once two looks an hour apart have missed it', async () => {
    await openBooked('on-payment');
    remove();
    expect(await differences()).toEqual([
      'invoice-missing | Dupont | invoice R-70 (sold:psa:70:BLOCK-10) | not there | If it was deleted on purpose, do nothing: if the next comparison does not find it either, the next run closes the order or withdraws its hours. If not, create it again there.',
    ]);
    bench.advance(1800);
    await bench.run('reconcile');
    useNine();
    await bench.run();
    expect(bench.psa.sentOf('invoice')).toEqual([]);
    expect(alerts()).toEqual([
      expect.stringContaining('an earlier order is still open (invoice R-70)'),
    ]);
    bench.advance(3600);
    await bench.run('reconcile');
    await bench.run();
    expect(alerts().at(-1)).toMatch(/^To do: nothing, if that was intended. The order of 10 h/);
    expect(await differences()).toEqual([]);
  });

  test('refuses no sale afterwards', async () => {
    await openBooked('on-payment');
    remove();
    for (const seconds of [0, 7200]) {
      bench.advance(seconds);
      await bench.run('reconcile');
    }
    useNine();
    await bench.run();
    expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  });

  test('takes back what it gave, until it is found again', async () => {
    await openBooked('on-invoice');
    expect(await bench.hours()).toEqual([20, 0]);
    remove();
    for (const seconds of [0, 7200]) {
      bench.advance(seconds);
      await bench.run('reconcile');
    }
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    bench.psa.standings.delete('70');
    await bench.run('reconcile');
    await bench.run();
    expect(await bench.hours()).toEqual([20, 0]);
  });

  test('is told if it is paid after its order was closed', async () => {
    await openBooked('on-payment');
    write('70', { isVoid: true });
    await bench.run();
    write('70', { isPaid: true, paidMinor: 120_000 });
    await bench.run();
    expect(alerts()).toEqual([expect.stringContaining('prepaid-hours block accept b-')]);
    expect(await questions()).toEqual([expect.stringContaining('was paid although')]);
  });

  test('is not looked for where a sale is no invoice, or cannot be looked up by its ID', async () => {
    await openBooked('on-payment');
    write('70', { saleId: 'charge-70' });
    await bench.run();
    remove();
    expect(await differences()).toEqual([]);
    write('70');
    await bench.run();
    const { invoice } = bench.app.connectors.get('psa')?.push ?? {};
    if (invoice === undefined) throw new Error('no invoices');
    delete invoice.inspect;
    expect(await differences()).toEqual([]);
  });
});
