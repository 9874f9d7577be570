import { describe, expect, test } from '@jest/globals';
import type { VendorBlock } from '../../../src/contract/connector.ts';
import { tenHours } from '../ten-hours.ts';
import { type Bench, soon, withConnectwise } from './bench.ts';

const signal = soon();

const saleOf = (bench: Bench) => tenHours(String(bench.company), 'inv.1');

function invoicePush(bench: Bench) {
  const { find, create, inspect } = bench.connector.push.invoice ?? {};
  if (find === undefined || create === undefined || inspect === undefined) {
    throw new Error('ConnectWise takes invoices and shows what became of them');
  }
  return { find, create, inspect };
}

describe('an invoice', () => {
  test('shows its amount before tax, whether it is paid, and whether it is void', () =>
    withConnectwise({}, async (bench) => {
      const { state } = bench.sandbox;
      const { create, inspect } = invoicePush(bench);
      const { remoteId } = await create(saleOf(bench), signal);
      const invoice = state.tables.invoices.get(Number(remoteId));
      state.tables.invoices.change(invoice.id, { total: 1440, salesTax: 240, balance: 1440 });
      const look = () => inspect(saleOf(bench), remoteId, signal);
      expect(await look()).toMatchObject({
        isPaid: false,
        isVoid: false,
        totalMinor: 120_000,
        currency: 'EUR',
      });
      state.payInvoice(invoice.id);
      expect(await look()).toMatchObject({ isPaid: true, isVoid: false });
      state.voidInvoice(invoice.id);
      expect(await look()).toMatchObject({ isPaid: false, isVoid: true });
      state.deleteInvoice(invoice.id);
      expect(await look()).toBeNull();
    }));

  test('is requested by its ID alone, and a missing permission is not a missing invoice', () =>
    withConnectwise({}, async (bench) => {
      const { create, inspect } = invoicePush(bench);
      const { remoteId } = await create(saleOf(bench), signal);
      bench.requests();
      await inspect(saleOf(bench), remoteId, signal);
      expect(bench.requests()).toEqual([`GET /finance/invoices/${remoteId}`]);
      bench.sandbox.faults.add('forbidden', { path: /finance\/invoices/ });
      await expect(inspect(saleOf(bench), remoteId, signal)).rejects.toMatchObject({
        kind: 'permission',
      });
    }));
});

test('a product on a ticket shows its price, and whether it was cancelled', () =>
  withConnectwise(
    { billing: { invoiceRoute: 'ticket-product', board: 'Billing' } },
    async (bench) => {
      const { tables, deleteProduct } = bench.sandbox.state;
      const { create, inspect } = invoicePush(bench);
      const { remoteId } = await create(saleOf(bench), signal);
      const look = () => inspect(saleOf(bench), remoteId, signal);
      expect(await look()).toEqual({ isVoid: false, totalMinor: 120_000 });
      tables.products.change(Number(remoteId), { extPrice: 1000, cancelledFlag: true });
      expect(await look()).toEqual({ isVoid: true, totalMinor: 100_000 });
      deleteProduct(Number(remoteId));
      expect(await look()).toBeNull();
    },
  ));

test('an alert ticket shows whether it is closed, and that it is gone', () =>
  withConnectwise({}, async (bench) => {
    const { state } = bench.sandbox;
    const push = bench.connector.push['alert-ticket'];
    const message = { key: 'a.1', clientId: String(bench.company), subject: 'Low', body: 'Low.' };
    const ticket = await push?.create(message, signal);
    const look = () => push?.inspect?.(message, ticket?.remoteId ?? '', signal);
    expect(await look()).toEqual({ isClosed: false });
    state.closeTicket(Number(ticket?.remoteId));
    expect(await look()).toEqual({ isClosed: true });
    state.tables.tickets.rows.delete(Number(ticket?.remoteId));
    expect(await look()).toBeNull();
  }));

describe('what is left of agreements', () => {
  async function blocksOf(bench: Bench): Promise<VendorBlock[]> {
    const rows: VendorBlock[] = [];
    const clientIds = [String(bench.company), String(bench.other)];
    for await (const page of bench.connector.pull.blocks?.(clientIds, signal) ?? []) {
      expect(page.rejected).toEqual([]);
      rows.push(...page.rows);
    }
    return rows;
  }

  test('is read of those in hours that are active and have a limit', () =>
    withConnectwise({}, async (bench) => {
      const { company, other, member, sandbox } = bench;
      const { state } = sandbox;
      const agreement = state.addAgreement({ company, name: 'Block 20 h', limit: 20 });
      state.addAgreement({ company, name: 'Managed', units: 'Amount', limit: 500 });
      state.addAgreement({ company: other, name: 'Old block', limit: 5, status: 'Expired' });
      state.addAgreement({ company: other, name: 'All you can eat', isUnlimited: true });
      const start = '2026-03-02T09:00:00Z';
      state.addTime({ company, member, agreement, start, hours: '1.25' });
      expect(await blocksOf(bench)).toEqual([
        {
          sourceId: String(agreement),
          clientId: String(company),
          name: 'Block 20 h',
          remainingSeconds: 18.75 * 3600,
        },
      ]);
    }));
});
