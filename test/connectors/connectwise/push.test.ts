import { describe, expect, test } from '@jest/globals';
import { type Bench, soon, withConnectwise } from './bench.ts';

const signal = soon();

describe('A low-balance ticket in ConnectWise', () => {
  test('is on the configured board, about the client, with the text where only the MSP reads it', () =>
    withConnectwise(
      { settings: { alerts: { board: 'Billing', type: 'Request' } } },
      async (bench) => {
        const { company, connector, sandbox } = bench;
        const subject = `Prepaid hours low:\n${'very '.repeat(30)}low`;
        const message = { key: 'lowbal:1', clientId: String(company), subject, body: 'Two left.' };
        const { remoteId } = (await connector.push['alert-ticket']?.create(message, signal)) ?? {};
        const [ticket] = sandbox.state.listTickets();
        expect(ticket).toMatchObject({
          id: Number(remoteId),
          company: 'Dupont',
          board: 'Billing',
          externalXRef: 'lowbal:1',
          notes: [{ text: 'Two left.', audience: 'internal' }],
        });
        expect(ticket?.summary).toMatch(/^Prepaid hours low: very .*…$/);
        expect(ticket?.summary).toHaveLength(100);
        const row = sandbox.state.tables.tickets.get(Number(remoteId));
        expect(row.type).toMatchObject({ name: 'Request' });
      },
    ));

  test('has the client’s contact only where a note for the client follows', () =>
    withConnectwise({}, async (bench) => {
      const clientId = String(bench.company);
      const push = bench.connect({ contacts: { [clientId]: 77 } }).push['alert-ticket'];
      const message = { key: 'lowbal:1', clientId, subject: 'Low', body: 'Low.' };
      await push?.create(message, signal);
      await push?.create({ ...message, key: 'lowbal:2', hasClientNote: true }, signal);
      const contacts = bench.sandbox.exchanges
        .filter(({ request }) => request.method === 'POST' && /tickets$/.test(request.path))
        .map(({ request }) => (request.json() as { contact?: object }).contact);
      expect(contacts).toEqual([undefined, { id: 77 }]);
    }));

  test('is found by listing where ConnectWise does not search by externalXRef', () =>
    withConnectwise({}, async (bench) => {
      const { company, connector, sandbox, context } = bench;
      sandbox.state.switches.unsearchable.add('externalXRef');
      const push = connector.push['alert-ticket'];
      const message = { key: 'lowbal:1', clientId: String(company), subject: 'Low', body: 'Low.' };
      const created = await push?.create(message, signal);
      expect(context.kept.get('fact.conditions-external-xref')).toMatch(/^doubt \d{4}-/);
      expect(await push?.find(message, signal)).toEqual(created);
    }));

  test('is never given up for lost while it is unknown whether the search works', () =>
    withConnectwise({}, async (bench) => {
      const { company, connector, sandbox } = bench;
      sandbox.state.switches.unsearchable.add('externalXRef');
      sandbox.faults.add('lost-answer', { method: 'POST' });
      const push = connector.push['alert-ticket'];
      const message = { key: 'lowbal:1', clientId: String(company), subject: 'Low', body: 'Low.' };
      await expect(push?.create(message, signal)).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(await push?.find(message, signal)).toMatchObject({ remoteId: expect.any(String) });
    }));

  test('is searched by its key alone once that is known to work', () =>
    withConnectwise({}, async (bench) => {
      const { company, connector, sandbox } = bench;
      const push = connector.push['alert-ticket'];
      const message = { key: 'lowbal:1', clientId: String(company), subject: 'Low', body: 'Low.' };
      await push?.create(message, signal);
      await push?.find({ ...message, key: 'lowbal:2' }, signal);
      const { request } = sandbox.exchanges.at(-1) ?? {};
      expect(request?.query.get('conditions')).toBe('externalXRef="lowbal:2"');
    }));

  test('needs a board that exists, and says which there are', () =>
    withConnectwise({ settings: { alerts: { board: 'Biling' } } }, async (bench) => {
      const { company, connector } = bench;
      const message = { key: 'lowbal:1', clientId: String(company), subject: 'Low', body: 'Low.' };
      await expect(connector.push['alert-ticket']?.create(message, signal)).rejects.toMatchObject({
        kind: 'config',
        message: 'ConnectWise has no "Biling" among its service boards.',
        fix: expect.stringContaining('Billing, Help Desk'),
      });
    }));
});

describe('A note in ConnectWise', () => {
  test('reaches the audience that it is for, and no other', () =>
    withConnectwise({}, async (bench) => {
      const { connector, sandbox } = bench;
      const ticketId = addTicket(bench);
      for (const audience of ['internal', 'client'] as const) {
        const note = { key: `note:${audience}`, clientId: '1', ticketId, audience, body: 'Low.' };
        await connector.push['ticket-note']?.create(note, signal);
      }
      expect(sandbox.state.listTickets()[0]?.notes).toEqual([
        { text: 'Low.\n\n[note:internal]', audience: 'internal' },
        { text: 'Low.\n\n[note:client]', audience: 'client' },
      ]);
    }));

  test('is found where somebody wrote on below its key', () =>
    withConnectwise({}, async (bench) => {
      const { tables } = bench.sandbox.state;
      const ticketId = addTicket(bench);
      const push = bench.connector.push['ticket-note'];
      const note = { key: 'note:1', clientId: '1', ticketId, audience: 'internal' } as const;
      const made = await push?.create({ ...note, body: 'Low.' }, signal);
      const id = Number(made?.remoteId);
      tables.notes.change(id, { text: `${tables.notes.get(id).text} Called them.` });
      expect(await push?.find({ ...note, body: 'Low.' }, signal)).toEqual(made);
    }));

  test('is not written again where an internal one was shown to clients', () =>
    withConnectwise({}, async (bench) => {
      const { connector, sandbox, context } = bench;
      const ticketId = addTicket(bench);
      sandbox.state.switches.keepsNoteFlags = false;
      const push = connector.push['ticket-note'];
      const note = { clientId: '1', ticketId, audience: 'internal', body: 'Low.' } as const;
      await push?.create({ ...note, key: 'note:1' }, signal);
      expect(context.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
      await expect(push?.create({ ...note, key: 'note:2' }, signal)).rejects.toMatchObject({
        kind: 'config',
        fix: expect.stringContaining('clients might read internal ones'),
      });
      expect(sandbox.state.listTickets()[0]?.notes).toHaveLength(1);
    }));
});

describe('A balance in ConnectWise', () => {
  const message = { key: 'b', clientId: '1', field: 'Hours left', hoursText: '7.50' };

  test.each(['Text', 'Number'] as const)(
    'is written into a %s field and leaves the others',
    (type) =>
      withConnectwise({}, async ({ connector, sandbox: { state }, company }) => {
        state.addCustomField({ caption: 'Region' });
        state.addCustomField({ caption: 'Rate', type: 'Number' });
        state.addCustomField({ caption: 'Hours left', type });
        state.setCustomField(company, 'Region', 'North');
        state.setCustomField(company, 'Rate', 99.95);
        const push = connector.push['balance-field'];
        expect(await push?.find(message, signal)).toBeNull();
        await push?.create(message, signal);
        expect(await push?.find(message, signal)).toEqual({ remoteId: '1' });
        expect(state.tables.companies.get(company).customFields).toEqual([
          { id: 1, value: 'North' },
          { id: 2, value: 99.95 },
          { id: 3, value: type === 'Text' ? '7.50' : 7.5 },
        ]);
      }),
  );

  test('of several kinds of hours is refused by a Number field, before anything is written', () =>
    withConnectwise({}, async ({ connector, sandbox: { state }, company, requests }) => {
      state.addCustomField({ caption: 'Hours left', type: 'Number' });
      state.setCustomField(company, 'Hours left', 9);
      const kinds = { ...message, hoursText: '7.00 (Remote), 20.00' };
      await expect(connector.push['balance-field']?.create(kinds, signal)).rejects.toMatchObject({
        kind: 'rejected',
        message: 'The Number field "Hours left" cannot show 7.00 (Remote), 20.00.',
      });
      expect(requests().filter((line) => line.startsWith('PATCH'))).toEqual([]);
      expect(state.tables.companies.get(company).customFields).toEqual([{ id: 1, value: 9 }]);
    }));

  test.each([
    ['is missing', 'Text', 'Balance', 'no custom field "Hours left"'],
    ['has a wrong type', 'Checkbox', 'Hours left', 'of type Checkbox'],
  ] as const)('is refused when its field %s', (_what, type, caption, reason) =>
    withConnectwise({}, async ({ connector, sandbox: { state } }) => {
      state.addCustomField({ caption, type });
      await expect(connector.push['balance-field']?.create(message, signal)).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining(reason),
      });
    }),
  );
});

function addTicket({ company, board, sandbox }: Bench): string {
  return String(sandbox.state.addTicket({ company, board, summary: 'VPN drops' }));
}

test('a summary that is cut within an emoji is well-formed', () =>
  withConnectwise({}, async (bench) => {
    const subject = `${'a'.repeat(98)}😀 is low`;
    const alert = { key: 'a:1', clientId: String(bench.company), subject, body: 'Low.' };
    await bench.connector.push['alert-ticket']?.create(alert, soon());
    const [ticket] = bench.sandbox.state.listTickets();
    expect(ticket?.summary).toBe(`${'a'.repeat(98)}…`);
  }));
