/** What only Atera does with tickets, notes, sales and contracts. */
import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { longKey } from '../../sandbox/atera/index.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { pagesOf, rowsOf } from '../pull-rows.ts';
import { type AteraBench, asked, checked, soon, withAtera } from './bench.ts';

const live = { now: new Date().toISOString() };

function alertOf(bench: AteraBench, change: object = {}): PushMessages['alert-ticket'] {
  const clientId = String(bench.dupont);
  return { key: 'low:1', clientId, subject: 'Hours low', body: 'Two hours left.', ...change };
}

function saleOf(bench: AteraBench, change: object = {}): PushMessages['invoice'] {
  return {
    ...alertOf(bench, { key: 'sale:1' }),
    offer: 'ten',
    product: 'BLOCK-10',
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_050,
    totalMinor: 120_500,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Ten hours',
    body: 'Their block is used up.',
    ...change,
  };
}

function pushes({ connector }: AteraBench) {
  const { 'alert-ticket': alert, invoice: sale, 'ticket-note': note } = connector.push;
  if (alert === undefined || sale === undefined || note === undefined) throw new Error('No push.');
  return { alert, sale, note };
}

function only<T>(items: Iterable<T>): T {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) throw new Error(`There are ${others.length + 1}.`);
  return item;
}

describe('tickets of ours', () => {
  test('are made for the client’s contact, with the key at the end of a title that is cut before it', () =>
    withAtera(live, async (bench) => {
      await pushes(bench).alert.create(alertOf(bench, { subject: 'Low '.repeat(100) }), soon());
      const ticket = only(bench.state.tickets.values());
      expect(ticket.title).toMatch(/^Low Low .+… \[low:1\]$/);
      expect(ticket.title.length).toBeLessThanOrEqual(150);
      expect(ticket).toMatchObject({ customerId: bench.dupont, priority: 'Medium' });
    }));

  test.each<[string, boolean, (dupont: number) => object]>([
    ['there is none', false, () => ({})],
    ['it is another client’s', true, (dupont) => ({ [dupont]: dupont + 3 })],
    ['it is gone', true, (dupont) => ({ [dupont]: 999 })],
  ])('are not made where the contact is wrong: %s', (_, hasContacts, contactsOf) =>
    withAtera(live, async (bench) => {
      bench.connector = bench.connect({ contacts: contactsOf(bench.dupont) });
      const { alert } = pushes(bench);
      await expect(alert.create(alertOf(bench), soon())).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.tickets.size).toBe(0);
      const wrong = (await checked(bench)).get(`contact.${bench.dupont}`)?.status;
      // Without any contact nothing of ours is wanted here.
      expect(wrong).toBe(hasContacts ? 'failed' : undefined);
    }),
  );

  test.each(['none', 'other'] as const)(
    'are found by their key where the answer names no ticket: %s',
    (actions) =>
      withAtera(live, async (bench) => {
        bench.sandbox.account.actions = actions;
        const { remoteId } = await pushes(bench).alert.create(alertOf(bench), soon());
        expect(remoteId).toBe(String(only(bench.state.tickets.keys())));
      }),
  );

  test('no longer exist once they are deleted, though they are still shown', () =>
    withAtera(live, async (bench) => {
      const { alert } = pushes(bench);
      const { remoteId } = await alert.create(alertOf(bench), soon());
      expect(await alert.find(alertOf(bench), soon())).toMatchObject({ remoteId });
      bench.state.setStatus(Number(remoteId), 'Deleted');
      expect(await alert.find(alertOf(bench), soon())).toBeNull();
      expect(await alert.inspect?.(alertOf(bench), remoteId, soon())).toBeNull();
    }));

  test('are made no more once two titles lost their keys', () =>
    withAtera(live, async (bench) => {
      bench.sandbox.account.titleLengthMax = 10;
      const { alert } = pushes(bench);
      const first = alert.create(alertOf(bench), soon());
      await expect(first).rejects.toMatchObject({ kind: 'unknown-outcome' });
      await agedDoubts(bench.context);
      const second = alert.create(alertOf(bench, { key: 'low:2' }), soon());
      await expect(second).rejects.toMatchObject({ kind: 'unknown-outcome' });
      const third = alert.create(alertOf(bench, { key: 'low:3' }), soon());
      await expect(third).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.tickets.size).toBe(2);
    }));

  test('are not looked for in a list that ignores whose tickets are requested', () =>
    withAtera(live, async (bench) => {
      bench.state.addTicket({ customerId: bench.martin, title: 'Theirs' });
      bench.sandbox.account.ignores.add('customerId');
      const { alert } = pushes(bench);
      await expect(alert.find(alertOf(bench), soon())).rejects.toMatchObject({ kind: 'contract' });
      expect((await checked(bench)).get('fact.tickets-by-client')?.status).toBe('failed');
    }));

  test('a withdrawn alert gets an internal note and is closed; one that has no key is left alone', () =>
    withAtera(live, async (bench) => {
      const { alert } = pushes(bench);
      const delivered = await alert.create(alertOf(bench), soon());
      const withdrawal = { ...delivered, reason: 'It was a mistake.' };
      const ticket = only(bench.state.tickets.values());
      expect(await alert.withdraw?.(alertOf(bench), withdrawal, soon())).toEqual({
        remoteId: delivered.remoteId,
      });
      expect(ticket.status).toBe('Closed');
      expect(only(bench.state.comments)).toMatchObject({ isInternal: true });
      ticket.title = 'Something else';
      ticket.status = 'Open';
      expect(await alert.withdraw?.(alertOf(bench), withdrawal, soon())).toBeNull();
      bench.state.deleteTicket(ticket.id);
      expect(await alert.inspect?.(alertOf(bench), delivered.remoteId, soon())).toBeNull();
    }));
});

describe('a sale', () => {
  test('is a ticket that says what to invoice', () =>
    withAtera(live, async (bench) => {
      await pushes(bench).sale.create(saleOf(bench), soon());
      const { title, description } = only(bench.state.tickets.values());
      expect(title).toBe('Ten hours [sale:1]');
      for (const text of [
        `Client: ID ${bench.dupont}`,
        'Hours: 10.00 h at €120.50 an hour',
        'Total before tax: €1,205.00',
        'Reference: sale:1',
      ]) {
        expect(description).toContain(text);
      }
    }));

  test('of money names no hours', () =>
    withAtera(live, async (bench) => {
      await pushes(bench).sale.create(saleOf(bench, { seconds: 0 }), soon());
      expect(only(bench.state.tickets.values()).description).not.toMatch(/an hour/i);
    }));

  test('that people closed is theirs to take back, and one that we closed stays taken back', () =>
    withAtera(live, async (bench) => {
      const { sale } = pushes(bench);
      const delivered = await sale.create(saleOf(bench), soon());
      const withdrawal = { ...delivered, reason: 'It was a mistake.' };
      bench.state.setStatus(Number(delivered.remoteId), 'Resolved');
      expect(await sale.withdraw?.(saleOf(bench), withdrawal, soon())).toBeNull();
      bench.state.setStatus(Number(delivered.remoteId), 'Open');
      const { remoteId } = delivered;
      for (const _ of [1, 2]) {
        expect(await sale.withdraw?.(saleOf(bench), withdrawal, soon())).toEqual({ remoteId });
      }
      expect(bench.state.comments).toHaveLength(1);
    }));
});

describe('notes', () => {
  test('are written no more once one lost its audience', () =>
    withAtera(live, async (bench) => {
      const ticketId = String(bench.state.addTicket({ customerId: bench.dupont, title: 'Work' }));
      bench.sandbox.account.losesAudience = true;
      const { note } = pushes(bench);
      const message = { ...alertOf(bench), ticketId, audience: 'internal' as const };
      await note.create(message, soon());
      const second = note.create({ ...message, key: 'low:2' }, soon());
      await expect(second).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.comments).toHaveLength(1);
      expect(bench.context.logs.some(({ level }) => level === 'warn')).toBe(true);
    }));

  test('need a technician, and check names those that it sees', () =>
    withAtera(live, async (bench) => {
      const ticketId = bench.state.addTicket({ customerId: bench.dupont, title: 'Work' });
      bench.state.addWorkHours(ticketId, { start: live.now, seconds: 600 });
      bench.connector = bench.connect({ technicianId: undefined });
      const message = {
        ...alertOf(bench),
        ticketId: String(ticketId),
        audience: 'client' as const,
      };
      await expect(pushes(bench).note.create(message, soon())).rejects.toMatchObject({
        kind: 'config',
      });
      expect((await checked(bench)).get('technician')?.fix).toContain('31 Ann Roy');
    }));
});

describe('check', () => {
  test('warns of each contract that Atera draws down by itself', () =>
    withAtera(live, async (bench) => {
      const made = { isActive: true, customerId: bench.dupont };
      bench.state.contracts.push(
        { ...made, id: 1, name: 'Twenty a month', type: 'BlockHours', size: 20.5 },
        { ...made, id: 2, name: 'Budget', type: 'BlockMoney', size: 900 },
        { ...made, id: 3, name: 'Hourly', type: 'Hourly', size: null },
        { ...made, id: 4, name: 'Old', type: 'BlockHours', size: 10, isActive: false },
      );
      const warned = [...(await checked(bench))].filter(([id]) => id.startsWith('native'));
      expect(warned.map(([id, { status }]) => [id, status])).toEqual([
        ['native-contract.1', 'warning'],
        ['native-contract.2', 'warning'],
      ]);
      expect(warned[0]?.[1].detail).toContain(
        'Dupont has an active contract "Twenty a month" of 20.5 hours',
      );
    }));

  test('finds out that tickets cannot be requested by their change, and then none are read', () =>
    withAtera(live, async (bench) => {
      bench.state.addTicket({ customerId: bench.dupont, title: 'Today' });
      bench.sandbox.account.ignores.add('date');
      expect((await checked(bench)).get('fact.ticket-changes')?.status).toBe('failed');
      const read = pagesOf(bench.connector, 'tickets', asked(bench));
      await expect(read).rejects.toMatchObject({ kind: 'config' });
    }));

  test('reports if time can be logged without changing its ticket', () =>
    withAtera(live, async (bench) => {
      const changedMs = Date.parse(live.now) - 10 * 86_400_000;
      const made = { customerId: bench.dupont, title: 'Old', changedMs };
      const ticketId = bench.state.addTicket(made);
      const start = new Date(changedMs + 86_400_000).toISOString();
      bench.state.addWorkHours(ticketId, { start, seconds: 600 });
      expect((await checked(bench)).get('fact.work-moves-ticket')?.status).toBe('warning');
      bench.state.setStatus(ticketId, 'Resolved');
      expect((await checked(bench)).get('fact.work-moves-ticket')?.status).toBe('ok');
    }));

  test('a probe that gets nowhere leaves what was known: a title that lost its key stays one', () =>
    withAtera(live, async (bench) => {
      bench.sandbox.account.titleLengthMax = 10;
      const { alert } = pushes(bench);
      await expect(alert.create(alertOf(bench), soon())).rejects.toMatchObject({});
      await agedDoubts(bench.context);
      await expect(alert.create(alertOf(bench), soon())).rejects.toMatchObject({});
      bench.connector = bench.connect({ contacts: {} });
      await bench.connector.probe?.(String(bench.dupont), soon());
      // The probe's report lets one more verify it.
      const next = alert.create(alertOf(bench, { key: 'low:2' }), soon());
      await expect(next).rejects.toMatchObject({ kind: 'unknown-outcome' });
      const last = alert.create(alertOf(bench, { key: 'low:3' }), soon());
      await expect(last).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.tickets.size).toBe(3);
    }));

  test('the probe verifies what writing proves, and leaves nothing behind', () =>
    withAtera(live, async (bench) => {
      const results = (await bench.connector.probe?.(String(bench.dupont), soon())) ?? [];
      expect(results.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'fact.ticket-title ok',
        'fact.action-id ok',
        'fact.ticket-times ok',
        'fact.note-audience ok',
        'probe.removed ok',
      ]);
      expect(bench.state.tickets.size).toBe(0);
    }));
});

test('a ticket carries its contract by name; one that Atera does not list is shown by its id', () =>
  withAtera(live, async (bench) => {
    const contract = { id: 7, customerId: bench.dupont, isActive: true, size: null };
    bench.state.contracts.push({ ...contract, name: 'Hourly 2026', type: 'Hourly' });
    const ticket = { customerId: bench.dupont, title: 'Work', contractId: 7 };
    const ticketId = bench.state.addTicket(ticket);
    bench.state.setStatus(ticketId, 'Resolved');
    const [row] = await rowsOf(bench.connector, 'tickets', asked(bench));
    expect(row).toMatchObject({ agreement: 'Hourly 2026', isClosed: true, board: null });
    expect(row?.closedAt).not.toBeNull();
    bench.requests();
    await pagesOf(bench.connector, 'tickets', asked(bench));
    expect(bench.requests()).toEqual(['GET /tickets/lastmodified']);
    bench.state.requireTicket(ticketId).contractId = 8;
    const [page] = await pagesOf(bench.connector, 'tickets', asked(bench));
    expect(page).toMatchObject({ rows: [{ agreement: '#8' }], rejected: [] });
  }));

test('a long key goes out as a bearer token, a short one as X-API-KEY', () =>
  withAtera(live, async (bench) => {
    await checked(bench);
    expect(bench.sandbox.exchanges.at(-1)?.request.headers['x-api-key']).toMatch(/./);
    const results = await checked(bench, bench.connect({ apiKey: longKey }));
    expect(results.get('auth')?.status).toBe('ok');
    expect(bench.sandbox.exchanges.at(-1)?.request.headers['x-api-key']).toBeUndefined();
  }));

test('a balance is the same with and without trailing zeros, and needs its field', () =>
  withAtera(live, async (bench) => {
    const balance = { key: 'b', clientId: String(bench.dupont), field: 'Left', hoursText: '7.50' };
    const push = bench.connector.push['balance-field'];
    await expect(push?.find(balance, soon())).rejects.toMatchObject({ kind: 'config' });
    bench.state.customerFields.set('Left', 'Numeric');
    expect(await push?.find(balance, soon())).toBeNull();
    await push?.create(balance, soon());
    expect(await push?.find(balance, soon())).not.toBeNull();
    expect(await push?.find({ ...balance, hoursText: '7.05' }, soon())).toBeNull();
  }));
