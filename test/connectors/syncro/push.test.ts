/** Writing to Syncro: invoices by a number of ours, notes and tickets, the balance field. */
import { describe, expect, test } from '@jest/globals';
import { invoiceNumberOf } from '../../../connectors/syncro/mapping.ts';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { rowsOf, soon } from '../pull-rows.ts';
import { type SyncroBench, withSyncro } from './bench.ts';

describe('A sale in Syncro', () => {
  test('is an invoice with a number made from its key, which no id and no QuickBooks refuses', () =>
    withSyncro(async ({ state, connector, sale, dupont }) => {
      const delivered = await connector.push.invoice?.create(sale(), soon());
      const [invoice] = state.invoices;
      expect(invoice).toMatchObject({ customerId: dupont, day: '2026-03-02' });
      expect(invoice?.number).toMatch(/^PH-[0-9A-F]{16}$/);
      expect(delivered).toEqual({ remoteId: String(invoice?.id), label: invoice?.number });
      expect(invoice?.lines).toMatchObject([
        { name: 'Ten hours', quantity: 1, priceCents: 120_000 },
      ]);
    }));

  test('comes back with its key and its paid state, and a copied note does not', () =>
    withSyncro(async ({ state, connector, sale, asked, martin }) => {
      const { key } = sale();
      await connector.push.invoice?.create(sale(), soon());
      state.addInvoice(martin, { note: `Copied.\n\n[${key}]` });
      Object.assign(state.invoices[0] ?? {}, { isPaid: true });
      const rows = await rowsOf(connector, 'invoices', asked({ linesSince: '2020-01-01' }));
      expect(rows.map(({ reference, isPaid }) => [reference, isPaid])).toEqual([
        [null, false],
        [key, true],
      ]);
      // With tax.
      const lines = [{ product: sale().offer, quantity: '1', totalMinor: 120_000 }];
      const amounts = { totalMinor: 144_000, netMinor: 120_000, currency: 'EUR' };
      expect(rows[1]).toMatchObject({ ...amounts, saleId: rows[1]?.sourceId, lines });
      const remoteId = rows[1]?.sourceId ?? '';
      const standing = await connector.push.invoice?.inspect?.(sale(), remoteId, soon());
      expect(standing).toMatchObject({ isPaid: true, totalMinor: 120_000, currency: 'EUR' });
    }));

  test('comes back with its key though people wrote on behind it', () =>
    withSyncro(async ({ state, connector, sale, asked }) => {
      await connector.push.invoice?.create(sale(), soon());
      const [invoice] = state.invoices;
      Object.assign(invoice ?? {}, { note: `See [1].\n${invoice?.note}\nThank you!` });
      const [row] = await rowsOf(connector, 'invoices', asked());
      expect(row?.reference).toBe(sale().key);
    }));

  test('is found whether the invoice comes bare or not', () =>
    withSyncro(async ({ sandbox, connector, sale }) => {
      const delivered = await connector.push.invoice?.create(sale(), soon());
      sandbox.account.baresInvoices = true;
      expect(await connector.push.invoice?.find(sale(), soon())).toEqual(delivered);
    }));

  test('is one invoice with one line, made by two requests', () =>
    withSyncro(async ({ state, connector, sale, requests }) => {
      await connector.push.invoice?.create(sale(), soon());
      const [invoice] = state.invoices;
      expect(requests().filter((request) => request.startsWith('POST'))).toEqual([
        'POST /invoices',
        `POST /invoices/${invoice?.id}/line_items`,
      ]);
      expect(state.invoices).toMatchObject([{ lines: [{ name: 'Ten hours' }] }]);
    }));

  test('broken off between its invoice and its line is one invoice with one line in the end', () =>
    withSyncro(async ({ state, sandbox, connector, sale }) => {
      const number = invoiceNumberOf(sale().key);
      sandbox.faults.add('lost-answer', { method: 'POST', path: /\/invoices$/ });
      const lost = connector.push.invoice?.create(sale(), soon());
      await expect(lost).rejects.toMatchObject({ kind: 'unknown-outcome' });
      expect(await connector.push.invoice?.find(sale(), soon())).toBeNull();
      expect(state.invoices).toMatchObject([{ number, lines: [] }]);
      sandbox.faults.add('lost-answer', { method: 'POST', path: /\/line_items$/ });
      await expect(connector.push.invoice?.create(sale(), soon())).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      await connector.push.invoice?.create(sale(), soon());
      expect(state.invoices).toMatchObject([{ number, lines: [{ priceCents: 120_000 }] }]);
      expect(await connector.push.invoice?.find(sale(), soon())).toMatchObject({ label: number });
    }));

  test('is not written where that number is another customer’s', () =>
    withSyncro(async ({ state, connector, sale, martin }) => {
      state.addInvoice(martin, { number: invoiceNumberOf(sale().key) });
      await expect(connector.push.invoice?.create(sale(), soon())).rejects.toMatchObject({
        kind: 'contract',
        message: expect.stringContaining(`of customer ${martin}`),
      });
      expect(state.invoices).toHaveLength(1);
    }));

  test.each(['Prepay Hours', 'Labor', 'Services > Labor'])(
    'is refused by a product of the category %s, before anything is written',
    (category) =>
      withSyncro(async ({ state, connector, sale }) => {
        state.addProduct('BLOCK-10', category);
        for (const seconds of [36_000, 0]) {
          await expect(
            connector.push.invoice?.create(sale({ product: 'BLOCK-10', seconds }), soon()),
          ).rejects.toMatchObject({
            kind: 'config',
            message: expect.stringContaining('counts hours itself'),
          });
        }
        expect(state.invoices).toEqual([]);
      }),
  );

  test('goes by the product of just that name, and by its tax', () =>
    withSyncro(
      async ({ state, connector, sale }) => {
        state.addProduct('BLOCK-100', 'Blocks');
        const block = state.addProduct('BLOCK-10', 'Blocks', false);
        await connector.push.invoice?.create(sale({ quantity: 2 }), soon());
        expect(state.invoices[0]?.lines).toEqual([
          {
            item: 'BLOCK-10',
            name: 'Ten hours',
            productId: block,
            quantity: 2,
            priceCents: 60_000,
            isTaxable: false,
          },
        ]);
      },
      { billing: { product: 'BLOCK-10' } },
    ));

  test('is due after the days in the config, else by the customer’s own terms', () =>
    withSyncro(async ({ connect, sandbox, sale }) => {
      await connect({}).push.invoice?.create(sale(), soon());
      const billing = { dueInDays: 14 };
      await connect({ billing }).push.invoice?.create(sale({ key: 'ph:sale:2' }), soon());
      const dates = sandbox.exchanges
        .filter(({ request }) => request.method === 'POST' && request.path.endsWith('/invoices'))
        .map(({ request }) => (request.json() as { due_date?: string }).due_date);
      expect(dates).toEqual([undefined, '2026-03-16T00:00:00.000Z']);
    }));

  test('that comes to another price is told, and so is one in another currency', () =>
    withSyncro(async ({ state, connector, sale }) => {
      await connector.push.invoice?.create(sale(), soon());
      Object.assign(state.invoices[0]?.lines[0] ?? {}, { priceCents: 100_000 });
      await expect(connector.push.invoice?.find(sale(), soon())).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('1000.00 instead of 1200.00'),
      });
      const dollars = sale({ key: 'other', currency: 'USD' });
      await expect(connector.push.invoice?.create(dollars, soon())).rejects.toMatchObject({
        kind: 'config',
      });
      expect(state.invoices).toHaveLength(1);
    }));
});

describe('A note in Syncro', () => {
  const note = (
    bench: SyncroBench,
    change: Partial<PushMessages['ticket-note']>,
  ): PushMessages['ticket-note'] => ({
    key: 'ph:note:1',
    clientId: String(bench.dupont),
    body: 'Two hours left.',
    ticketId: String(bench.state.addTicket(bench.dupont)),
    audience: 'internal',
    ...change,
  });

  test('is hidden when internal, shown when not, and mailed only where the config says so', () =>
    withSyncro(async (bench) => {
      const { state, connector, connect } = bench;
      const internal = note(bench, {});
      const shown = { ...internal, key: 'ph:note:2', audience: 'client' as const };
      await connector.push['ticket-note']?.create(internal, soon());
      await connector.push['ticket-note']?.create(shown, soon());
      const mailing = connect({ notes: { email: true } });
      await mailing.push['ticket-note']?.create({ ...shown, key: 'ph:note:3' }, soon());
      const { comments } = state.ticket(Number(internal.ticketId));
      expect(comments.map(({ isHidden, isMailed }) => [isHidden, isMailed])).toEqual([
        [true, false],
        [false, false],
        [false, true],
      ]);
      const titled = { ...shown, key: 'ph:note:4', subject: 'Your prepaid hours' };
      await connector.push['ticket-note']?.create(titled, soon());
      await connect({ notes: { subject: 'Hours' } }).push['ticket-note']?.create(
        { ...titled, key: 'ph:note:5' },
        soon(),
      );
      expect(
        bench.sandbox.exchanges.flatMap(({ request }) =>
          request.path.endsWith('/comment') ? (request.json() as { subject: string }).subject : [],
        ),
      ).toEqual([...Array(3).fill('Prepaid hours'), 'Your prepaid hours', 'Hours']);
    }));

  test('that was not kept hidden is the last one', () =>
    withSyncro(async (bench) => {
      const { sandbox, connector, context } = bench;
      sandbox.options.losesAudience = true;
      await connector.push['ticket-note']?.create(note(bench, {}), soon());
      expect(context.logs.some(({ level }) => level === 'warn')).toBe(true);
      const next = connector.push['ticket-note']?.create(note(bench, { key: 'next' }), soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }));
});

describe('A low-balance ticket in Syncro', () => {
  const alert = ({ dupont }: SyncroBench, key = 'ph:alert:1:0a1b2c3d4e5f') => ({
    key,
    clientId: String(dupont),
    subject: 'Block\nrunning low',
    body: 'Two hours left.',
  });

  test('is written for technicians alone, and closed with a reason when it is withdrawn', () =>
    withSyncro(async (bench) => {
      const { state, connector } = bench;
      const push = connector.push['alert-ticket'];
      const message = alert(bench);
      const delivered = await push?.create(message, soon());
      const remoteId = delivered?.remoteId ?? '';
      const ticket = state.ticket(Number(remoteId));
      expect(ticket).toMatchObject({
        subject: 'Block running low',
        status: 'New',
        problemType: 'Other',
        tags: [message.key],
        comments: [{ isHidden: true, isMailed: false }],
      });
      expect(await push?.inspect?.(message, remoteId, soon())).toMatchObject({ isClosed: false });
      const withdrawal = { remoteId, reason: 'It was a mistake.' };
      expect(await push?.withdraw?.(message, withdrawal, soon())).toEqual({ remoteId });
      expect(ticket.status).toBe('Resolved');
      expect(ticket.comments.at(-1)?.body).toContain('It was a mistake.');
      expect(await push?.inspect?.(message, remoteId, soon())).toMatchObject({ isClosed: true });
      await push?.withdraw?.(message, withdrawal, soon());
      expect(ticket.comments).toHaveLength(2);
      ticket.tags = [];
      expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
      state.deleteTicket(ticket.id);
      expect(await push?.withdraw?.(message, withdrawal, soon())).toEqual({ remoteId });
    }));

  test('is not closed where the note that says why would be seen by the client', () =>
    withSyncro(async (bench) => {
      const { state, sandbox, connector, dupont } = bench;
      sandbox.options.losesAudience = true;
      const ticketId = String(state.addTicket(dupont));
      const note = { ...alert(bench, 'ph:note:1'), ticketId, audience: 'internal' as const };
      await connector.push['ticket-note']?.create(note, soon());
      const push = connector.push['alert-ticket'];
      const { remoteId = '' } = (await push?.create(alert(bench), soon())) ?? {};
      const withdrawal = { remoteId, reason: 'It was a mistake.' };
      await expect(push?.withdraw?.(alert(bench), withdrawal, soon())).rejects.toMatchObject({
        message: expect.stringContaining('was verified false on this Syncro'),
      });
      expect(state.ticket(Number(remoteId))).toMatchObject({ status: 'New' });
      expect(state.ticket(Number(remoteId)).comments).toHaveLength(1);
    }));

  test('is made no more once two did not show their tags', () =>
    withSyncro(async (bench) => {
      const { state, sandbox, connector } = bench;
      sandbox.options.mangledTags = true;
      const push = connector.push['alert-ticket'];
      const made = await push?.create(alert(bench), soon());
      expect(made?.remoteId).toBe(String([...state.tickets.keys()][0]));
      await agedDoubts(bench.context);
      await push?.create(alert(bench, 'ph:alert:2'), soon());
      await expect(push?.create(alert(bench, 'next'), soon())).rejects.toMatchObject({
        message: expect.stringContaining('was verified false on this Syncro'),
      });
      expect(state.tickets.size).toBe(2);
    }));

  test('is looked for among the client’s tickets of a season, not of all years', () =>
    withSyncro(async (bench) => {
      const { state, connector, dupont, requests } = bench;
      const push = connector.push['alert-ticket'];
      const season = Date.now() - 60 * 86_400_000;
      const delivered = await push?.create(alert(bench), soon());
      Object.assign(state.ticket(Number(delivered?.remoteId)), { createdMs: season });
      for (let index = 0; index < 30; index += 1) {
        state.addTicket(dupont, { createdMs: season - 60 * 86_400_000 });
      }
      requests();
      expect(await push?.find(alert(bench), soon())).toEqual(delivered);
      expect(requests()).toEqual(['GET /tickets']);
    }));

  test('is not looked for in a list of all customers', () =>
    withSyncro(async (bench) => {
      bench.state.addTicket(bench.martin);
      bench.sandbox.account.ignores.add('customer_id');
      const find = bench.connector.push['alert-ticket']?.find(alert(bench), soon());
      await expect(find).rejects.toMatchObject({ kind: 'contract' });
    }));
});

describe('The balance in Syncro', () => {
  const balance = ({ dupont }: SyncroBench, hoursText = '7.50', field = 'Prepaid hours left') => ({
    key: 'ph:balance:1',
    clientId: String(dupont),
    field,
    hoursText,
  });
  const propertiesOf = ({ state, dupont }: SyncroBench) =>
    state.customers.find(({ id }) => id === dupont)?.properties ?? {};

  test('leaves the other fields as they are, though Syncro keeps only what is sent', () =>
    withSyncro(async (bench) => {
      Object.assign(propertiesOf(bench), { Region: 'North' });
      bench.sandbox.options.replacesProperties = true;
      const push = bench.connector.push['balance-field'];
      await push?.create(balance(bench), soon());
      expect(propertiesOf(bench)).toEqual({ Region: 'North', 'Prepaid hours left': '7.50' });
      expect(await push?.find(balance(bench, '7.5'), soon())).not.toBeNull();
      expect(await push?.find(balance(bench, '7.25'), soon())).toBeNull();
    }));

  test('is the last one where another field was emptied by it', () =>
    withSyncro(async (bench) => {
      Object.assign(propertiesOf(bench), { Region: 'North' });
      bench.sandbox.options.emptiesProperties = true;
      const push = bench.connector.push['balance-field'];
      await expect(push?.create(balance(bench), soon())).rejects.toMatchObject({
        message: expect.stringContaining('Region (was "North")'),
      });
      await expect(push?.create(balance(bench, '6'), soon())).rejects.toMatchObject({
        message: expect.stringContaining('was verified false on this Syncro'),
      });
    }));

  test('is written though a customer without custom fields shows a list instead of an object', () =>
    withSyncro(async (bench) => {
      const push = bench.connector.push['balance-field'];
      expect(await push?.find(balance(bench), soon())).toBeNull();
      await push?.create(balance(bench), soon());
      expect(propertiesOf(bench)).toEqual({ 'Prepaid hours left': '7.50' });
    }));

  test('goes into no field that customers do not have', () =>
    withSyncro(async (bench) => {
      const push = bench.connector.push['balance-field'];
      await expect(push?.create(balance(bench, '1', 'Hours'), soon())).rejects.toMatchObject({
        kind: 'config',
        fix: expect.stringContaining('Prepaid hours left'),
      });
    }));
});
