import { describe, expect, test } from '@jest/globals';
import { describeError } from '../../../src/domain/errors.ts';
import { readClients, readTickets, readTime, withRequestTracker } from './bench.ts';

describe('tickets of Request Tracker', () => {
  test('are closed by the configured statuses, with the time of their resolution', () =>
    withRequestTracker(
      async (bench) => {
        const { state } = bench.sandbox;
        const at = new Date(Date.now() - 600_000).toISOString();
        const closed = state.addTicket('Dupont', 'Closed', { at });
        const rejected = state.addTicket('Dupont', 'Rejected', { at });
        const reopened = state.addTicket('Martin', 'Open again', { at });
        state.setStatus(closed, 'resolved', 'tess', { at });
        state.setStatus(rejected, 'rejected', 'tess', { at });
        state.setStatus(reopened, 'resolved', 'tess', { at });
        state.setStatus(reopened, 'open', 'tess', { at });
        const closedAt = `${at.slice(0, 19)}.000Z`;
        expect(await readTickets(bench)).toMatchObject([
          {
            sourceId: closed,
            number: closed,
            clientId: '5',
            board: 'Dupont',
            isClosed: true,
            closedAt,
          },
          { sourceId: rejected, status: 'rejected', isClosed: false, closedAt: null },
          { sourceId: reopened, clientId: '6', status: 'open', isClosed: false, closedAt: null },
        ]);
      },
      { settings: { closedStatuses: ['Resolved'] } },
    ));

  test('are read from the given time on, to the second, whatever zone RT reads timestamps in', async () => {
    for (const zoneOffsetMinutes of [-720, 0, 840]) {
      await withRequestTracker(
        async (bench) => {
          const { state } = bench.sandbox;
          const since = `${new Date(Date.now() - 7_200_000).toISOString().slice(0, 19)}.000Z`;
          const before = new Date(Date.parse(since) - 1000).toISOString();
          const [old, exact] = [before, since].map((at) => {
            const id = state.addTicket('Dupont', at, { at });
            state.addMessage(id, 'Comment', 'tess', { at, minutes: 5 });
            return id;
          });
          expect((await readTickets(bench, { since })).map((row) => row.sourceId)).toEqual([exact]);
          expect((await readTime(bench, { since })).map((row) => row.ticketId)).toEqual([exact]);
          expect(old).not.toBe(exact);
        },
        { sandbox: { zoneOffsetMinutes } },
      );
    }
  });

  test('that were merged after they were read come again, with the ticket they went into', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const at = new Date(Date.now() - 14_400_000).toISOString();
      const [survivor = '', merged = '', last = ''] = ['One', 'Two', 'Three'].map((subject) =>
        state.addTicket('Dupont', subject, { at }),
      );
      state.addMessage(survivor, 'Comment', 'tess', { at, minutes: 10 });
      const entryId = state.addMessage(merged, 'Comment', 'tess', { at, minutes: 20 });
      const since = new Date(Date.now() - 60_000).toISOString();
      expect(await readTickets(bench, { since })).toEqual([]);
      state.merge(merged, survivor, 'tess');
      expect(await readTickets(bench, { since })).toMatchObject([
        { sourceId: survivor, mergedInto: null },
        { sourceId: merged, mergedInto: survivor },
      ]);
      state.merge(survivor, last, 'tess');
      expect(await readTickets(bench, { since })).toMatchObject([
        { sourceId: survivor, mergedInto: last },
        { sourceId: merged, mergedInto: last },
        { sourceId: last, mergedInto: null },
      ]);
      const rows = await readTime(bench, { since: at });
      expect(rows.filter((row) => row.sourceId === entryId)).toMatchObject([
        { ticketId: merged, seconds: 1200 },
      ]);
      expect(rows).toHaveLength(2);
    }));

  test('that left a client are seen to leave it', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const id = state.addTicket('Dupont', 'Not theirs');
      state.moveTicket(id, 'Alerts', 'tess');
      expect(await readTickets(bench)).toMatchObject([{ sourceId: id, clientId: '3' }]);
    }));

  test('are refused where RT would leave rows out of a page without a word', () =>
    withRequestTracker(
      async (bench) => {
        bench.sandbox.state.addTicket('Dupont', 'One');
        await expect(readTickets(bench)).rejects.toMatchObject({ kind: 'permission' });
      },
      { sandbox: { usesSqlForRights: false } },
    ));
});

describe('time of Request Tracker', () => {
  test('is minutes up to the time of logging, corrections included', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const at = `${new Date(Date.now() - 600_000).toISOString().slice(0, 19)}.000Z`;
      const id = state.addTicket('Dupont', 'Work', { at });
      state.addMessage(id, 'Correspond', 'tess', { at, minutes: 90 });
      state.setTimeWorked(id, 'rita', 80, { at });
      state.setTimeWorked(id, 'rita', 95, { at });
      const startedAt = new Date(Date.parse(at) - 5_400_000).toISOString();
      expect(await readTime(bench)).toMatchObject([
        {
          technician: 'tess',
          kind: 'work',
          seconds: 5400,
          secondsText: '90 min',
          startedAt,
          endedAt: at,
        },
        { technician: 'rita', kind: 'correction', seconds: -600, startedAt: at, endedAt: at },
        { technician: 'rita', kind: 'work', seconds: 900, isTimed: false, workType: null },
      ]);
    }));

  test('shows the e-mail of its technician beside the user name, if RT has one', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      state.users.set('tess', { email: 'tess@msp.test' });
      const id = state.addTicket('Dupont', 'Work');
      for (const name of ['tess', 'rita']) state.addMessage(id, 'Comment', name, { minutes: 5 });
      expect(await readTime(bench)).toMatchObject([
        { technicianId: 'tess', technician: 'tess', technicianEmail: 'tess@msp.test' },
        { technicianId: 'rita', technician: 'rita', technicianEmail: null },
      ]);
    }));

  test.each([null, 'yes'])(
    'is read on over pages that RT has rid of comments (all time seen: %s)',
    (answer) =>
      withRequestTracker(
        async (bench) => {
          const { state } = bench.sandbox;
          // A check may have looked at the clients' queues, and not at this one.
          if (answer !== null) await bench.context.memory.set('fact.time-visible', answer);
          state.findQueue('Martin')?.rights.delete('ShowTicketComments');
          const [seen = '', half = ''] = ['Dupont', 'Martin'].map((queue) =>
            state.addTicket(queue, queue),
          );
          state.addMessage(seen, 'Comment', 'tess', { minutes: 5 });
          state.addMessage(half, 'Comment', 'tess', { minutes: 5 });
          const late = state.addMessage(seen, 'Comment', 'tess', { minutes: 5 });
          expect((await readTime(bench)).map((row) => row.sourceId)).toContain(late);
        },
        { settings: { pageSize: 2 } },
      ),
  );

  test('asks once where nothing is new', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      const at = new Date(Date.now() - 3 * 3_600_000).toISOString();
      const id = state.addTicket('Dupont', 'Old', { at });
      state.addMessage(id, 'Comment', 'tess', { at, minutes: 5 });
      const since = new Date(Date.now() + 1000).toISOString();
      const before = bench.context.requestCount;
      expect(await readTime(bench, { since })).toEqual([]);
      expect(await readTickets(bench, { since })).toEqual([]);
      expect(bench.context.requestCount - before).toBe(2);
    }));

  test('has the work type of its ticket, again whenever the ticket gets another', () =>
    withRequestTracker(
      async (bench) => {
        const { state } = bench.sandbox;
        const at = new Date(Date.now() - 14_400_000).toISOString();
        for (const queue of ['Dupont', 'Martin']) state.findQueue(queue)?.fields.add('Work type');
        const id = state.addTicket('Dupont', 'Work', { at, fields: { 'Work type': 'Remote' } });
        const entryId = state.addMessage(id, 'Comment', 'tess', { at, minutes: 30 });
        state.addMessage(state.addTicket('Martin', 'None', { at }), 'Comment', 'tess', {
          at,
          minutes: 10,
        });
        expect(await readTime(bench, { since: at })).toMatchObject([
          { sourceId: entryId, workType: 'Remote' },
          { workType: null },
        ]);
        const since = new Date(Date.now() - 60_000).toISOString();
        expect(await readTime(bench, { since })).toEqual([]);
        state.setField(id, 'Work type', 'On-site', 'tess');
        expect(await readTime(bench, { since })).toMatchObject([
          { sourceId: entryId, workType: 'On-site', seconds: 1800 },
        ]);
      },
      { settings: { workTypeField: 'Work type' } },
    ));

  test('is refused while it is known that some of it is hidden', () =>
    withRequestTracker(async (bench) => {
      await bench.context.memory.set('fact.time-visible', 'no');
      const error = await readTime(bench).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'config' });
      expect(describeError(error)).toContain('fact.time-visible');
    }));
});

describe('clients of Request Tracker', () => {
  test('are the queues that the user sees', () =>
    withRequestTracker(async (bench) => {
      bench.sandbox.state.addQueue('Hidden', []);
      expect(await readClients(bench)).toEqual([
        { sourceId: '3', name: 'Alerts' },
        { sourceId: '4', name: 'Billing' },
        { sourceId: '5', name: 'Dupont' },
        { sourceId: '6', name: 'Martin' },
      ]);
      for (const queue of bench.sandbox.state.queues) queue.rights.clear();
      await expect(readClients(bench)).rejects.toMatchObject({ kind: 'permission' });
    }));

  test("are the requestors' organizations, read once a day", () =>
    withRequestTracker(
      async (bench) => {
        const { state } = bench.sandbox;
        expect((await readClients(bench)).map((client) => client.name).sort()).toEqual([
          'Cabinet Martin',
          'Dupont SARL',
        ]);
        expect(await readClients(bench)).toEqual([]);
        // Noted by a clock that was ahead.
        await bench.context.memory.set('organizations.read-at', '2999-01-01T00:00:00.000Z');
        expect(await readClients(bench)).toHaveLength(2);
        expect(await readClients(bench)).toEqual([]);
        state.addTicket('Dupont', 'Theirs', { requestors: ['bob@dupont.test'] });
        state.addTicket('Dupont', 'Nobody’s');
        state.addTicket('Dupont', 'Both', { requestors: ['bob@dupont.test', 'ann@martin.test'] });
        const clientIds = (await readTickets(bench)).map((ticket) => ticket.clientId);
        expect(clientIds).toEqual(['Dupont SARL', null, null]);
      },
      { settings: { clientFrom: 'organization' } },
    ));

  test('are the values of a custom field', () =>
    withRequestTracker(
      async (bench) => {
        const { state } = bench.sandbox;
        state.fields.set('Client', ['Dupont SARL', 'Cabinet Martin']);
        state.findQueue('Dupont')?.fields.add('Client');
        expect(await readClients(bench)).toEqual([
          { sourceId: 'Dupont SARL', name: 'Dupont SARL' },
          { sourceId: 'Cabinet Martin', name: 'Cabinet Martin' },
        ]);
        state.addTicket('Dupont', 'Theirs', { fields: { Client: 'Dupont SARL' } });
        state.addTicket('Martin', 'Without the field');
        const clientIds = (await readTickets(bench)).map((ticket) => ticket.clientId);
        expect(clientIds).toEqual(['Dupont SARL', null]);
      },
      { settings: { clientFrom: 'custom-field', clientField: 'Client' } },
    ));
});
