import { describe, expect, test } from '@jest/globals';
import { soon, withNinjaone } from './bench.ts';

const alert = { key: 'alert:dupont:1', subject: 'Two hours left', body: 'Order the next block.' };

describe('A NinjaOne alert ticket', () => {
  test('is in the client’s organization, internal, with its key in the subject', () =>
    withNinjaone(async ({ state, connector }) => {
      const dupont = state.addOrganization('Dupont');
      const message = { ...alert, clientId: String(dupont) };
      const made = await connector.push['alert-ticket']?.create(message, soon());
      const [ticket] = [...state.tickets.values()];
      expect(made).toEqual({ remoteId: String(ticket?.id), label: `#${ticket?.id}` });
      expect(ticket).toMatchObject({
        organizationId: dupont,
        subject: 'Two hours left [alert:dupont:1]',
      });
      const [description] = state.entriesOf(ticket?.id ?? 0);
      expect(description).toMatchObject({ isPublic: false, type: 'DESCRIPTION' });
      expect(description?.body).toContain('Order the next block.');
    }));

  test('is requested by the client’s contact only where a note for the client follows', () =>
    withNinjaone(async ({ sandbox, state, restart }) => {
      const clientId = String(state.addOrganization('Dupont'));
      const push = restart({ contacts: { [clientId]: 'uid-of-ann' } }).push['alert-ticket'];
      await push?.create({ ...alert, clientId }, soon());
      await push?.create({ ...alert, clientId, key: 'ph:alert:2', hasClientNote: true }, soon());
      const requesters = sandbox.exchanges
        .filter(({ request }) => request.method === 'POST' && /\/ticket$/.test(request.path))
        .map(({ request }) => (request.json() as { requesterUid?: string }).requesterUid);
      expect(requesters).toEqual([undefined, 'uid-of-ann']);
    }));

  test('shows whether it was closed, and that it is gone', () =>
    withNinjaone(async ({ sandbox, state, connector }) => {
      const message = { ...alert, clientId: String(state.addOrganization('Dupont')) };
      const push = connector.push['alert-ticket'];
      const made = await push?.create(message, soon());
      const id = made?.remoteId ?? '';
      const look = () => push?.inspect?.(message, id, soon());
      expect(await look()).toEqual({ isClosed: false });
      state.closeTicket(Number(id));
      expect(await look()).toEqual({ isClosed: true });
      sandbox.faults.add('forbidden', { path: /ticketing\/ticket\/\d+$/ });
      await expect(look()).rejects.toMatchObject({ kind: 'permission' });
      state.tickets.delete(Number(id));
      expect(await look()).toBeNull();
    }));

  test('is found where the search works, but does not know it yet', () =>
    withNinjaone(async ({ state, connector, context }) => {
      const message = { ...alert, clientId: String(state.addOrganization('Dupont')) };
      await context.memory.set('fact.ticket-search', 'yes');
      const made = await connector.push['alert-ticket']?.create(message, soon());
      state.unindexed.add(Number(made?.remoteId));
      expect(await connector.push['alert-ticket']?.find(message, soon())).toEqual(made);
    }));

  test('is looked for with two requests a board where the search is known to work', () =>
    withNinjaone(async ({ state, connector, context, takeRequests }) => {
      const dupont = state.addOrganization('Dupont');
      for (const day of [1, 2, 3]) {
        const at = `2026-03-0${day}T09:00:00Z`;
        state.addTicket({ organizationId: dupont, subject: 'Another', at });
      }
      const message = { ...alert, clientId: String(dupont) };
      await connector.push['alert-ticket']?.find(message, soon());
      await context.memory.set('fact.ticket-search', 'yes');
      takeRequests();
      expect(await connector.push['alert-ticket']?.find(message, soon())).toBeNull();
      expect(takeRequests()).toHaveLength(4);
    }));

  test('is refused, and says why, without a form or where the tenant does not allow it', () =>
    withNinjaone(
      async ({ state, connector, restart, context }) => {
        const message = { ...alert, clientId: String(state.addOrganization('Dupont')) };
        const create = (from: typeof connector) =>
          from.push['alert-ticket']?.create(message, soon());
        await expect(create(restart({ alerts: undefined }))).rejects.toMatchObject({
          kind: 'config',
        });
        const wrongForm = restart({ alerts: { ticketForm: 'Nope', status: 'New' } });
        await expect(create(wrongForm)).rejects.toMatchObject({
          fix: expect.stringMatching(/Default/),
        });
        await expect(create(connector)).rejects.toMatchObject({
          kind: 'permission',
          message: expect.stringMatching(/user_context_required/),
        });
        await context.memory.set('fact.ticket-create', 'no');
        await expect(create(connector)).rejects.toMatchObject({ kind: 'config' });
      },
      { sandbox: { refusesTicketWrites: true } },
    ));
});

describe('A NinjaOne note', () => {
  test.each([
    ['internal', false],
    ['client', true],
  ] as const)('for the audience %s is public: %s', (audience, isPublic) =>
    withNinjaone(async ({ state, connector, sandbox }) => {
      const ticketId = state.addTicket({
        organizationId: state.addOrganization('Dupont'),
        subject: 'A',
      });
      const message = {
        key: 'n-1',
        clientId: '1',
        ticketId: String(ticketId),
        audience,
        body: 'Low.',
      };
      const made = await connector.push['ticket-note']?.create(message, soon());
      const [note] = state.entriesOf(ticketId);
      expect(made?.remoteId).toBe(String(note?.id));
      expect(note).toMatchObject({ isPublic, body: 'Low.\n\n[n-1]' });
      const sent = sandbox.exchanges.find(({ request }) => request.path.endsWith('/comment'));
      expect(sent?.request.headers['content-type']).toMatch(/^multipart\/form-data/);
    }),
  );

  test('that was taken but cannot be read back leaves its outcome open', () =>
    withNinjaone(async ({ state, connector, sandbox }) => {
      const ticketId = state.addTicket({
        organizationId: state.addOrganization('Dupont'),
        subject: 'A',
      });
      sandbox.faults.add('forbidden', { path: /log-entry$/ });
      const message = { key: 'n-2', clientId: '1', ticketId: String(ticketId), body: 'Low.' };
      const note = { ...message, audience: 'internal' as const };
      await expect(connector.push['ticket-note']?.create(note, soon())).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(await connector.push['ticket-note']?.find(note, soon())).not.toBeNull();
    }));
});

describe('The balance in NinjaOne', () => {
  const field = 'prepaidHoursLeft';

  test('is compared as a number, as a decimal field gives it back', () =>
    withNinjaone(async ({ state, connector }) => {
      const id = state.addOrganization('Dupont');
      const message = { key: 'b-1', clientId: String(id), field, hoursText: '7.50' };
      const push = connector.push['balance-field'];
      expect(await push?.find(message, soon())).toBeNull();
      state.organizations.set(id, { id, name: 'Dupont', customFields: { [field]: 7.5 } });
      expect(await push?.find(message, soon())).toEqual({ remoteId: `${id}.${field}` });
      expect(await push?.find({ ...message, hoursText: '10.00' }, soon())).toBeNull();
    }));

  test('of several kinds of hours is a text', () =>
    withNinjaone(async ({ state, connector }) => {
      const clientId = String(state.addOrganization('Dupont'));
      const hoursText = '7.00 (Remote), 20.00';
      const message = { key: 'b-4', clientId, field, hoursText };
      const push = connector.push['balance-field'];
      await push?.create(message, soon());
      expect(await push?.find(message, soon())).toEqual({ remoteId: `${clientId}.${field}` });
    }));

  test('in a field that does not exist is refused by the vendor', () =>
    withNinjaone(async ({ state, connector }) => {
      const clientId = String(state.addOrganization('Dupont'));
      const message = { key: 'b-2', clientId, field: 'nope', hoursText: '1.00' };
      await expect(connector.push['balance-field']?.create(message, soon())).rejects.toMatchObject({
        kind: 'rejected',
      });
    }));

  test('on an instance without custom fields says so', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const clientId = String(state.addOrganization('Dupont'));
        const message = { key: 'b-3', clientId, field, hoursText: '1.00' };
        await expect(connector.push['balance-field']?.find(message, soon())).rejects.toMatchObject({
          kind: 'config',
          message: expect.stringMatching(/not on this NinjaOne instance/),
        });
      },
      { sandbox: { isOldBuild: true } },
    ));
});

describe('A NinjaOne alert ticket that is withdrawn', () => {
  const reason = 'Run r-1 was undone.';

  test('is closed, after one internal comment that says why, however often it is asked', () =>
    withNinjaone(async ({ state, connector }) => {
      const push = connector.push['alert-ticket'];
      const message = { ...alert, clientId: String(state.addOrganization('Dupont')) };
      const made = await push?.create(message, soon());
      const withdrawal = { remoteId: made?.remoteId ?? '', reason };
      // Somebody's own tags stay.
      Object.assign(state.tickets.get(Number(made?.remoteId)) ?? {}, { tags: ['vip'] });
      for (let time = 1; time <= 2; time += 1) {
        expect(await push?.withdraw?.(message, withdrawal, soon())).toEqual({
          remoteId: withdrawal.remoteId,
        });
      }
      const [ticket] = [...state.tickets.values()];
      if (ticket === undefined) throw new Error('no ticket');
      expect(state.isClosed(ticket)).toBe(true);
      expect(ticket).toMatchObject({ tags: ['vip'], subject: expect.stringContaining('[') });
      const comments = state.entriesOf(ticket.id).filter(({ type }) => type === 'COMMENT');
      expect(comments).toEqual([
        expect.objectContaining({ isPublic: false, body: expect.stringContaining(reason) }),
      ]);
    }));

  test('is left to a person where it stays open, or has our key no more', () =>
    withNinjaone(async ({ state, connector }) => {
      const push = connector.push['alert-ticket'];
      const message = { ...alert, clientId: String(state.addOrganization('Dupont')) };
      const made = await push?.create(message, soon());
      const withdrawal = { remoteId: made?.remoteId ?? '', reason };
      const [ticket] = [...state.tickets.values()];
      if (ticket === undefined) throw new Error('no ticket');
      state.keepsStatus.add(ticket.id);
      expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
      expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
      state.keepsStatus.clear();
      state.hidesRequester = true;
      expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
      state.hidesRequester = false;
      ticket.subject = 'Rewritten';
      expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
      expect(state.isClosed(ticket)).toBe(false);
    }));
});
