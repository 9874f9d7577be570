/** What is written into SuperOps: once each, and never again because an answer came without data. */
import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { deliverMessages } from '../../../src/push/push.ts';
import type { PushMessageRow, Settlement, Store } from '../../../src/store/port.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { checked, read, type SuperopsBench, soon, withSuperops } from './bench.ts';

function alertFor({ dupont }: SuperopsBench, key = 'alert:1'): PushMessages['alert-ticket'] {
  return { key, clientId: dupont, subject: 'Hours\n low', body: 'Two hours are left.' };
}

function saleFor(bench: SuperopsBench, fields: Partial<PushMessages['invoice']> = {}) {
  return {
    key: 'sale:1',
    clientId: bench.dupont,
    offer: 'ten',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_005,
    totalMinor: 120_050,
    currency: 'EUR',
    issuedOn: new Date().toISOString().slice(0, 10),
    title: 'Ten hours',
    body: 'Ten hours of support.',
    ...fields,
  };
}

const invoiced = { billing: { route: 'invoice', serviceItem: '4478246199507894272' } };

function pushesOf(bench: SuperopsBench, settings?: object) {
  const { push } = bench.connect(settings);
  const alerts = push['alert-ticket'];
  const notes = push['ticket-note'];
  const invoices = push.invoice;
  const balances = push['balance-field'];
  if (!alerts || !notes || !invoices || !balances) throw new Error('A push is missing.');
  return { alerts, notes, invoices, balances };
}

function count(bench: SuperopsBench, name: string): number {
  return bench.requests().filter((request) => request === name).length;
}

/** One alert through the push room, from its outbox to what became of it. */
async function deliver(bench: SuperopsBench): Promise<Settlement | undefined> {
  const { key, ...payload } = alertFor(bench);
  const row = { key, kind: 'alert-ticket', connection: 'psa', payload: JSON.stringify(payload) };
  const waiting = [
    {
      ...row,
      afterRemoteId: null,
      attempts: 1,
      createAttemptedAt: null,
    } as unknown as PushMessageRow,
  ];
  const settlements: Settlement[] = [];
  const store = {
    claimMessages: async () => waiting.splice(0),
    noteCreate: async () => true,
    settleMessage: async (...args: [string, string, string, Settlement]) => {
      settlements.push(args[3]);
      return true;
    },
  } as unknown as Store;
  await deliverMessages({
    store,
    connectors: new Map([['psa', bench.connector]]),
    mode: 'live',
    runId: 'run',
    runStartedAt: new Date().toISOString(),
    now: () => new Date().toISOString(),
    signal: soon(),
    stop: soon(),
    onFailure: () => {},
  });
  return settlements[0];
}

describe('An answer without data', () => {
  test('to a ticket that was made: looked for, found, delivered, and made once', () =>
    withSuperops(async (bench) => {
      bench.sandbox.options.lostWrites = { times: 1, isDone: true };
      const settlement = await deliver(bench);
      expect(bench.state.tickets).toHaveLength(1);
      const [ticket] = bench.state.tickets;
      expect(settlement).toMatchObject({ status: 'delivered', remoteId: ticket?.ticketId });
      expect(count(bench, 'createTicket')).toBe(1);
    }));

  test('to a ticket that was not made: pending, and made by the next attempt', () =>
    withSuperops(async (bench) => {
      bench.sandbox.options.lostWrites = { times: 1, isDone: false };
      expect(await deliver(bench)).toMatchObject({ status: 'pending' });
      expect(count(bench, 'createTicket')).toBe(1);
      expect(await deliver(bench)).toMatchObject({ status: 'delivered' });
      expect(bench.state.tickets).toHaveLength(1);
    }));

  test('to what reads is requested again', () =>
    withSuperops(async (bench) => {
      bench.state.addTicket({ clientId: bench.dupont, subject: 'Printer' });
      const nothing = { data: { getTicketList: null }, errors: [{ message: 'Internal error' }] };
      let asked = 0;
      bench.sandbox.faults.distort((json) => {
        asked += 1;
        return asked === 1 ? nothing : json;
      });
      expect(await read(bench, 'tickets')).toHaveLength(1);
      expect(count(bench, 'getTicketList')).toBe(2);
    }));
});

describe('An alert ticket', () => {
  test('carries its key at the end of one line, and is found by a search once that is known to work', () =>
    withSuperops(async (bench) => {
      const { alerts } = pushesOf(bench, { alerts: { status: 'On Hold' } });
      const { remoteId, label } = await alerts.create(alertFor(bench), soon());
      expect(bench.state.tickets).toMatchObject([
        { ticketId: remoteId, subject: 'Hours low [alert:1]', status: 'On Hold' },
      ]);
      expect(label).toMatch(/^#020326-/);
      expect(bench.context.kept.get('fact.subject-filter')).toMatch(/^yes/);
      for (let index = 0; index < 150; index += 1) {
        bench.state.addTicket({ clientId: bench.martin, subject: `Other ${index}` });
      }
      bench.requests();
      expect(await alerts.find(alertFor(bench), soon())).toMatchObject({ remoteId });
      expect(bench.requests()).toEqual(['getTicketList']);
    }));

  test('is looked for past a row that cannot be read and does not have its key', () =>
    withSuperops(async (bench) => {
      const { alerts } = pushesOf(bench);
      bench.state.addTicket({ clientId: bench.martin, subject: 'Printer' });
      const odd = bench.state.tickets[0];
      bench.sandbox.faults.distort((json) =>
        JSON.parse(JSON.stringify(json).replace(/"createdTime":"[^"]*"/, '"createdTime":"then"')),
      );
      expect(await alerts.find(alertFor(bench), soon())).toBeNull();
      Object.assign(odd ?? {}, { subject: 'Printer alert:1' });
      const found = alerts.find(alertFor(bench), soon());
      await expect(found).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('is made no more once two keys were cut off', () =>
    withSuperops(async (bench) => {
      bench.sandbox.options.subjectLengthMax = 10;
      const { alerts } = pushesOf(bench);
      await alerts.create(alertFor(bench), soon());
      await agedDoubts(bench.context);
      await alerts.create(alertFor(bench, 'alert:2'), soon());
      const again = alerts.create(alertFor(bench, 'alert:3'), soon());
      await expect(again).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.tickets).toHaveLength(2);
    }));

  test('is refused by name where SuperOps does not know its status', () =>
    withSuperops(async (bench) => {
      const { alerts } = pushesOf(bench, { alerts: { status: 'Neu' } });
      const refused = alerts.create(alertFor(bench), soon());
      await expect(refused).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringMatching(/referred_value_does_not_exist .*status/),
      });
    }));

  test('is withdrawn by a note and a status, even where the answer to that is lost', () =>
    withSuperops(async (bench) => {
      const { alerts } = pushesOf(bench);
      const message = alertFor(bench);
      const delivered = await alerts.create(message, soon());
      const withdrawal = { ...delivered, reason: 'The run was undone.' };
      const { remoteId } = delivered;
      await pushesOf(bench).notes.create(
        { ...message, ticketId: remoteId, key: 'undo:alert:1', audience: 'internal' },
        soon(),
      );
      bench.sandbox.options.lostWrites = { times: 1, isDone: true };
      bench.requests();
      expect(await alerts.withdraw?.(message, withdrawal, soon())).toEqual({ remoteId });
      expect(count(bench, 'updateTicket')).toBe(1);
      expect(await alerts.inspect?.(message, remoteId, soon())).toMatchObject({ isClosed: true });
      expect(await alerts.withdraw?.(message, withdrawal, soon())).toEqual({ remoteId });
      expect(bench.state.notes).toMatchObject([{ privacyType: 'PRIVATE' }]);
      const strange = alertFor(bench, 'alert:2');
      expect(await alerts.withdraw?.(strange, withdrawal, soon())).toBeNull();
    }));
});

test('a note that clients see against our will is the last one', () =>
  withSuperops(async (bench) => {
    const ticketId = bench.state.addTicket({ clientId: bench.dupont, subject: 'Printer' });
    const note = { key: 'note:1', clientId: bench.dupont, ticketId, body: 'Low.' };
    const { notes } = pushesOf(bench);
    bench.sandbox.options.privacyType = 'PUBLIC';
    await notes.create({ ...note, audience: 'internal' }, soon());
    const next = notes.create({ ...note, key: 'note:2', audience: 'internal' }, soon());
    await expect(next).rejects.toMatchObject({ kind: 'config' });
    expect(bench.context.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect(bench.state.notes).toHaveLength(1);
  }));

describe('A sale', () => {
  test('becomes a ticket that says what to invoice, in hours or in money alone', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench);
      await invoices.create(saleFor(bench, { seconds: 0, product: '77' }), soon());
      const body = bench.sandbox.exchanges.map(({ request }) => request.body).join();
      expect(body).toContain(String.raw`Product: 77\nTotal before tax: €1,200.50\n`);
      expect(bench.state.invoices).toEqual([]);
    }));

  test('becomes an invoice, is found by its line, seen paid, and left to a person to void', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench, invoiced);
      const sale = saleFor(bench);
      expect(await invoices.find(sale, soon())).toBeNull();
      const delivered = await invoices.create(sale, soon());
      expect(await invoices.find(sale, soon())).toEqual(delivered);
      expect(bench.state.invoices).toMatchObject([
        { statusEnum: 'DRAFT', items: [{ unitPrice: '1200.50', quantity: '1' }] },
      ]);
      const { remoteId } = delivered;
      expect(await invoices.inspect?.(sale, remoteId, soon())).toMatchObject({
        isPaid: false,
        totalMinor: 120_050,
      });
      expect(await invoices.inspect?.(sale, '99', soon())).toBeNull();
      Object.assign(bench.state.invoices[0] ?? {}, { statusEnum: 'PAID' });
      const connector = bench.connect(invoiced);
      expect(await read(bench, 'invoices', {}, connector)).toMatchObject([
        { reference: 'sale:1', isPaid: true },
      ]);
      const withdrawal = { ...delivered, reason: 'A mistake.' };
      expect(await invoices.withdraw?.(sale, withdrawal, soon())).toBeNull();
    }));

  test('is found after an answer without data, and not accepted at another price', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench, invoiced);
      bench.sandbox.options.lostWrites = { times: 1, isDone: true };
      const lost = invoices.create(saleFor(bench), soon());
      await expect(lost).rejects.toMatchObject({ kind: 'unknown-outcome' });
      expect(await invoices.find(saleFor(bench), soon())).not.toBeNull();
      bench.sandbox.options.unitPrice = '1.00';
      const cheap = invoices.create(saleFor(bench, { key: 'sale:2' }), soon());
      await expect(cheap).rejects.toMatchObject({ kind: 'rejected' });
      expect(bench.state.invoices).toHaveLength(2);
    }));

  test('in another currency than the tenant’s creates no invoice', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench, invoiced);
      const foreign = invoices.create(saleFor(bench, { currency: 'USD' }), soon());
      await expect(foreign).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.invoices).toEqual([]);
    }));

  test('is not delivered where no line shows what it comes to', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench, invoiced);
      const sale = saleFor(bench);
      await invoices.create(sale, soon());
      Object.assign(bench.state.invoices[0]?.items[0] ?? {}, { amount: null });
      await expect(invoices.find(sale, soon())).rejects.toMatchObject({ kind: 'rejected' });
    }));

  test('is not taken for missing where the list changed its order while it was read', () =>
    withSuperops(async (bench) => {
      const { invoices } = pushesOf(bench, { ...invoiced, pageSize: 2 });
      const sale = saleFor(bench);
      const clientId = bench.dupont;
      for (let index = 0; index < 2; index += 1) {
        bench.state.addInvoice({ clientId, invoiceDate: sale.issuedOn });
      }
      await invoices.create(sale, soon());
      const find = async () => {
        let isSwapped = false;
        bench.sandbox.faults.distort((json) => {
          // The rows of one day change places between the first page and the second.
          if (!isSwapped) bench.state.invoices.reverse();
          isSwapped = true;
          return json;
        });
        return invoices.find(sale, soon());
      };
      await expect(find()).rejects.toMatchObject({ kind: 'transient' });
      // One that comes up meanwhile shows another again, and hides none.
      let isAdded = false;
      bench.sandbox.faults.distort((json) => {
        if (!isAdded) bench.state.addInvoice({ clientId, invoiceDate: '2099-01-01' });
        isAdded = true;
        return json;
      });
      expect(await invoices.find(saleFor(bench, { key: 'sale:9' }), soon())).toBeNull();
    }));

  test('creates no invoice where the tenant requires unknown fields', () =>
    withSuperops(async (bench) => {
      const input = bench.sandbox.options.schema.get('CreateInvoiceInput');
      input?.members.set('site', { type: 'SiteRefInput!', input: null });
      const connector = bench.connect(invoiced);
      const fact = (await checked(bench, connector)).get('fact.schema-sale');
      expect(fact).toMatchObject({ status: 'failed', detail: expect.stringMatching(/site/) });
      const { invoices } = pushesOf(bench, invoiced);
      const refused = invoices.create(saleFor(bench), soon());
      await expect(refused).rejects.toMatchObject({ kind: 'config' });
    }));
});

test('a balance leaves the other fields alone, or is the last one written', () =>
  withSuperops(async (bench) => {
    const { balances } = pushesOf(bench);
    const balance = { key: 'b', clientId: bench.dupont, field: 'hoursLeft', hoursText: '7.50' };
    for (const emptied of [null, 'unsent'] as const) {
      bench.sandbox.options.emptiesFields = emptied;
      await balances.create(balance, soon());
      expect(bench.state.clients[0]?.customFields).toEqual({ hoursLeft: '7.50', tier: 'gold' });
    }
    const unknown = balances.find({ ...balance, field: 'Hours left' }, soon());
    await expect(unknown).rejects.toMatchObject({ kind: 'config' });
    bench.sandbox.options.emptiesFields = 'others';
    for (const hoursText of ['6.50', '5.50']) {
      const next = balances.create({ ...balance, hoursText }, soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }
    expect(bench.state.clients[0]?.customFields.hoursLeft).toBe('6.50');
  }));

test('the probe verifies what writing shows, and lists what it leaves', () =>
  withSuperops(async (bench) => {
    const results = await bench.connect(invoiced).probe?.(bench.martin, soon());
    const unsettled = results?.filter(({ status }) => status !== 'ok').map(({ id }) => id);
    expect(unsettled).toEqual(['probe.removed']);
    expect(results?.at(-1)?.detail).toMatch(/ticket #\S+, closed; invoice INV-/);
    expect(bench.state.tickets).toMatchObject([{ clientId: bench.martin, status: 'Closed' }]);
    const audiences = bench.state.notes.map(({ privacyType }) => privacyType);
    expect(audiences).toEqual(['PRIVATE', 'PUBLIC', 'PRIVATE']);
  }));
