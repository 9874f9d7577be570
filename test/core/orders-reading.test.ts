import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InvoiceRow } from '../../src/contract/connector.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';
import type { Sent } from '../support/scripted-connector.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ mode: 'live' });
});
afterEach(() => bench.close());

/** Nine of ten hours are used, so that ten more are ordered. */
async function order(activate: Agreement['activate']): Promise<void> {
  const when = { balance: 'settled', secondsLeft: 7200 } as const;
  const rule = { when, do: ['invoice'], offer: ten, tell: ['msp'] } as const;
  await bench.configure([clientOf({ agreement: agreementOf({ activate, replenish: [rule] }) })]);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', '2026-03-02T09:00:00.000Z', 540);
  bench.psa.close('1');
  bench.at('2026-03-02T18:00:00.000Z');
  await bench.run();
}

function invoice(): Sent {
  const [sent] = bench.psa.sentOf('invoice');
  if (sent === undefined) throw new Error('no invoice');
  return sent;
}

const full = { totalMinor: 120_000, netMinor: 120_000, paidMinor: 0, creditedMinor: 0 };
const show = (change: Partial<InvoiceRow>) => bench.psa.showInvoice(invoice(), change);
const settled = async () => (await bench.balance()).settledSeconds / 3600;
const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => String(message.subject));

describe('a clock that is put back', () => {
  test('does not hide that the invoice was voided', async () => {
    await order('on-invoice');
    expect(await settled()).toBe(11);
    show({ ...full, isVoid: true });
    bench.advance(-2 * 3600);
    await bench.run();
    expect(await settled()).toBe(1);
    bench.advance(8 * 3600);
    await bench.run();
    expect(await settled()).toBe(1);
  });

  test('does not give the hours of a void invoice again', async () => {
    await order('on-invoice');
    show({ ...full, isVoid: true });
    await bench.run();
    expect(await settled()).toBe(1);
    bench.advance(-2 * 3600);
    bench.psa.editTicket('1', {});
    await bench.run();
    await bench.run();
    expect(await settled()).toBe(1);
  });
});

describe('an invoice whose answer was lost', () => {
  /** It is found two runs later; what the PSA shows of it is read first. */
  async function orderBlindly(shown: Partial<InvoiceRow>): Promise<void> {
    bench.psa.loseAnswer('invoice');
    bench.psa.searchLagSeconds = 120;
    await order('on-payment');
    show(shown);
    await bench.run();
    bench.advance(3600);
    await bench.run();
    expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  }

  test('and that was paid before it was found makes its hours usable at the next run', async () => {
    await orderBlindly({ ...full, paidMinor: 120_000, isPaid: true });
    await bench.run();
    expect(await settled()).toBe(11);
  });

  test('and that was read without its line is not told to have been changed to nothing', async () => {
    await orderBlindly({ ...full, totalMinor: 0, netMinor: 0, isPaid: true });
    show({ ...full, paidMinor: 120_000, isPaid: true });
    await bench.run();
    expect(await settled()).toBe(11);
    expect(alerts()).toEqual([]);
  });
});
