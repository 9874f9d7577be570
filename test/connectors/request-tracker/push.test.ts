import { describe, expect, test } from '@jest/globals';
import type { Push, PushKind, PushMessages } from '../../../src/contract/connector.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { type Bench, soon, withRequestTracker } from './bench.ts';

const alert = { key: 'a:1', clientId: '5', subject: 'Two hours left', body: 'Please order.' };

const invoice: PushMessages['invoice'] = {
  key: 'i:1',
  clientId: '5',
  offer: '10 hours',
  product: 'BLOCK-10',
  seconds: 36_000,
  quantity: 10,
  rateMinor: 12_050,
  totalMinor: 120_500,
  currency: 'EUR',
  issuedOn: '2026-03-02',
  title: 'Prepaid hours for Dupont',
  body: 'A block of 10 hours.',
};

function pushOf<Kind extends PushKind>(bench: Bench, kind: Kind): Push<Kind> {
  const push: Push<Kind> | undefined = bench.connector.push[kind];
  if (push === undefined) throw new Error(`The connector does not push ${kind}.`);
  return push;
}

describe('tickets that Request Tracker is sent', () => {
  test('keep their key in the subject, however long that is', () =>
    withRequestTracker(async (bench) => {
      const push = pushOf(bench, 'alert-ticket');
      const long = { ...alert, subject: 'Très peu d’heures ! '.repeat(20) };
      const made = await push.create(long, soon());
      const { subject } = bench.sandbox.state.requireTicket(made.remoteId);
      expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(200);
      expect(subject).toMatch(/^Très peu d’heures ! .*… \[a:1\]$/);
      expect(await push.find(long, soon())).toEqual(made);
    }));

  test('show whether they were closed, and that they are gone', () =>
    withRequestTracker(async (bench) => {
      const push = pushOf(bench, 'alert-ticket');
      const { remoteId } = await push.create(alert, soon());
      expect(await push.inspect?.(alert, remoteId, soon())).toEqual({ isClosed: false });
      bench.sandbox.state.requireTicket(remoteId).status = 'Resolved';
      expect(await push.inspect?.(alert, remoteId, soon())).toEqual({ isClosed: true });
      bench.sandbox.state.requireTicket(remoteId).status = 'deleted';
      expect(await push.inspect?.(alert, remoteId, soon())).toBeNull();
      expect(await push.inspect?.(alert, '999999', soon())).toBeNull();
      const request = await pushOf(bench, 'invoice').create(invoice, soon());
      expect(await pushOf(bench, 'invoice').inspect?.(invoice, request.remoteId, soon())).toEqual(
        {},
      );
    }));

  test('are found where somebody wrote on behind their key', () =>
    withRequestTracker(async (bench) => {
      const push = pushOf(bench, 'alert-ticket');
      const made = await push.create(alert, soon());
      bench.sandbox.state.requireTicket(made.remoteId).subject += ' (Tess calls them)';
      expect(await push.find(alert, soon())).toEqual(made);
    }));

  test('are found wherever they were moved or merged to, and not by a key that only looks alike', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const push = pushOf(bench, 'alert-ticket');
      const key = 'a_1';
      const other = await push.create({ ...alert, key: 'aX1' }, soon());
      expect(await push.find({ ...alert, key }, soon())).toBeNull();
      const made = await push.create({ ...alert, key }, soon());
      state.moveTicket(made.remoteId, 'Martin', 'tess');
      state.merge(made.remoteId, other.remoteId, 'tess');
      expect(await push.find({ ...alert, key }, soon())).toEqual(made);
    }));

  test('say what is to be invoiced', () =>
    withRequestTracker(async (bench) => {
      await pushOf(bench, 'invoice').create(invoice, soon());
      const { request } = bench.sandbox.exchanges.at(-1) ?? {};
      expect(request?.json()).toMatchObject({
        Queue: 'Billing',
        Subject: 'Prepaid hours for Dupont [i:1]',
        ContentType: 'text/plain',
        Content: expect.stringMatching(
          /^To do: [\s\S]*\n\nText for the client:\nA block of 10 hours\.$/,
        ),
      });
    }));

  test('say it to the MSP’s people in their language, with the client’s name', () =>
    withRequestTracker(async (bench) => {
      const request = { client: 'Dupont', locale: 'fr', durations: 'clock' } as const;
      const title = 'Forfait d’assistance de 10 h, 120,50 € de l’heure';
      const sale = { ...invoice, quantity: 1, title, body: 'Valable 12 mois.', request };
      await pushOf(bench, 'invoice').create(sale, soon());
      const [asked] = bench.sandbox.exchanges.slice(-1);
      const { Subject, Content } = (asked?.request.json() ?? {}) as { [name: string]: string };
      expect(Subject?.replace(/\s/g, ' ')).toBe(`À facturer à Dupont : 1 × ${title} [i:1]`);
      expect(Content?.replace(/[\u00a0\u202f]/g, ' ')).toBe(
        [
          'À faire : créer cette facture, avec la référence, puis clore ce ticket.',
          '',
          'Client : Dupont (ID 5)',
          'Date : 2 mars 2026',
          `Ligne : 1 × ${title}`,
          'Produit : BLOCK-10',
          'Heures : 10 h à 120,50 € de l’heure',
          'Total HT : 1 205,00 €',
          'Référence : i:1',
          '',
          'Texte pour le client :',
          'Valable 12 mois.',
        ].join('\n'),
      );
    }));

  test('keep their key in a custom field, once that is known to work', () =>
    withRequestTracker(
      async (bench) => {
        const { state } = bench.sandbox;
        const push = pushOf(bench, 'alert-ticket');
        await expect(push.create(alert, soon())).rejects.toMatchObject({ kind: 'config' });
        expect(state.tickets).toHaveLength(0);
        const queue = state.findQueue('Alerts');
        queue?.fields.add('Prepaid key');
        const made = await push.create(alert, soon());
        expect(state.requireTicket(made.remoteId).subject).toBe('Two hours left');
        expect(await push.find(alert, soon())).toEqual(made);
        queue?.rights.delete('SetInitialCustomField');
        await push.create({ ...alert, key: 'a:2' }, soon());
        expect(bench.context.kept.get('fact.key-field')).toMatch(/^doubt/);
        await agedDoubts(bench.context);
        await push.create({ ...alert, key: 'a:3' }, soon());
        const fourth = push.create({ ...alert, key: 'a:4' }, soon());
        await expect(fourth).rejects.toMatchObject({ kind: 'config' });
        expect(state.tickets).toHaveLength(3);
      },
      { settings: { keyField: 'Prepaid key' } },
    ));

  test('are refused with the queue in the message where the user may not create any', () =>
    withRequestTracker(
      async (bench) => {
        const made = pushOf(bench, 'alert-ticket').create(alert, soon());
        await expect(made).rejects.toMatchObject({
          kind: 'permission',
          message: expect.stringContaining('"Nowhere"'),
        });
        const unset = pushOf(bench, 'invoice').create(invoice, soon());
        await expect(unset).rejects.toMatchObject({
          kind: 'config',
          fix: expect.stringMatching(/billing/),
        });
      },
      { settings: { alerts: { queue: 'Nowhere' }, billing: undefined } },
    ));
});

describe('notes that Request Tracker is sent', () => {
  const note = { key: 'n:1', clientId: '5', body: 'Two hours are left.' };

  test('to the client leave a closed ticket closed', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const ticketId = state.addTicket('Dupont', 'Closed');
      state.setStatus(ticketId, 'resolved', 'tess');
      const push = pushOf(bench, 'ticket-note');
      const message = { ...note, ticketId, audience: 'client' as const };
      const made = await push.create(message, soon());
      expect(state.requireTicket(ticketId).status).toBe('resolved');
      expect(await push.find(message, soon())).toEqual(made);
      state.findQueue('Dupont')?.rights.delete('ModifyTicket');
      const second = push.create({ ...message, key: 'n:2' }, soon());
      await expect(second).rejects.toMatchObject({ kind: 'permission' });
      expect(await push.find({ ...message, key: 'n:2' }, soon())).toBeNull();
    }));

  test('are found on the ticket that theirs was merged into', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const [ticketId = '', into = ''] = ['One', 'Two'].map((subject) =>
        state.addTicket('Dupont', subject),
      );
      for (let index = 0; index < 30; index += 1) {
        state.addMessage(ticketId, 'Comment', 'tess', { content: `No. ${index} [n:10]` });
      }
      const push = pushOf(bench, 'ticket-note');
      const message = { ...note, ticketId, audience: 'internal' as const };
      expect(await push.find(message, soon())).toBeNull();
      const made = await push.create(message, soon());
      state.merge(ticketId, into, 'tess');
      expect(await push.find(message, soon())).toEqual(made);
    }));

  test('stop after one that could not be read back', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const ticketId = state.addTicket('Dupont', 'One');
      state.findQueue('Dupont')?.rights.delete('ShowTicketComments');
      const push = pushOf(bench, 'ticket-note');
      const message = { ...note, ticketId, audience: 'internal' as const };
      await push.create(message, soon());
      await expect(push.find(message, soon())).rejects.toMatchObject({ kind: 'config' });
    }));

  test('are never taken as absent because their ticket is hidden', () =>
    withRequestTracker(async (bench) => {
      const ticketId = bench.sandbox.state.addTicket('Dupont', 'One');
      bench.sandbox.state.findQueue('Dupont')?.rights.delete('ShowTicket');
      const message = { ...note, ticketId, audience: 'client' as const };
      const found = pushOf(bench, 'ticket-note').find(message, soon());
      await expect(found).rejects.toMatchObject({ kind: 'permission' });
    }));
});

describe('a ticket in Request Tracker that is withdrawn', () => {
  const reason = 'Run r-1 was undone.';

  test('is rejected, after one comment that says why, however often it is asked', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const push = pushOf(bench, 'alert-ticket');
      const { remoteId } = await push.create(alert, soon());
      for (let time = 1; time <= 2; time += 1) {
        expect(await push.withdraw?.(alert, { remoteId, reason }, soon())).toEqual({ remoteId });
      }
      expect(state.requireTicket(remoteId).status).toBe('rejected');
      const comments = state.transactions.filter(({ type }) => type === 'Comment');
      expect(comments).toEqual([
        expect.objectContaining({ content: expect.stringMatching(/^Run r-1 was undone\./) }),
      ]);
    }));

  test('and was resolved by people is done with as an alert, and not as a request for an invoice', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const alerts = pushOf(bench, 'alert-ticket');
      const invoices = pushOf(bench, 'invoice');
      const made = await alerts.create(alert, soon());
      const asked = await invoices.create(invoice, soon());
      for (const { remoteId } of [made, asked]) state.setStatus(remoteId, 'resolved', 'tess');
      expect(await alerts.withdraw?.(alert, { ...made, reason }, soon())).not.toBeNull();
      expect(await invoices.withdraw?.(invoice, { ...asked, reason }, soon())).toBeNull();
      expect(state.requireTicket(asked.remoteId).status).toBe('resolved');
    }));

  test('is left to a person where it was merged into another, or may not be changed', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const push = pushOf(bench, 'alert-ticket');
      const merged = await push.create(alert, soon());
      const other = await push.create({ ...alert, key: 'a:2' }, soon());
      state.merge(merged.remoteId, other.remoteId, 'tess');
      expect(await push.withdraw?.(alert, { ...merged, reason }, soon())).toBeNull();
      expect(state.requireTicket(other.remoteId).status).toBe('new');
      state.requireTicket(other.remoteId).queue.rights.delete('ModifyTicket');
      const second = { ...alert, key: 'a:2' };
      expect(await push.withdraw?.(second, { ...other, reason }, soon())).toBeNull();
    }));
});
