/** NinjaOne as tenants really answer: older builds, boards without some columns; and a sale, which is a ticket. */
import { describe, expect, test } from '@jest/globals';
import { asked, type NinjaoneBench, readAll, readTime, soon, withNinjaone } from './bench.ts';

interface Worked {
  dupont: number;
  ticketId: number;
  technicianId: number;
}

function addWork({ state }: NinjaoneBench, seconds = 5400): Worked {
  const dupont = state.addOrganization('Dupont');
  const technicianId = state.addTechnician('Ada', 'Byron');
  const ticketId = state.addTicket({ organizationId: dupont, subject: 'Printer' });
  state.addTime({ ticketId, technicianId, seconds, at: '2026-03-02T09:00:00.250Z' });
  return { dupont, ticketId, technicianId };
}

describe('A log of NinjaOne', () => {
  test('of a build that names authors by uid alone is the time of the technician with that uid', () =>
    withNinjaone(async (bench) => {
      const { ticketId, technicianId } = addWork(bench);
      bench.state.logDialect = '2022';
      const { rows, rejected } = await readTime(bench.connector, [ticketId]);
      expect(rejected).toEqual([]);
      expect(rows).toMatchObject([
        {
          technicianId: String(technicianId),
          technician: 'Ada Byron',
          seconds: 5400,
          endedAt: '2026-03-02T09:00:00.250Z',
        },
      ]);
    }));

  test('of a technician who left, named by uid alone, counts under the uid', () =>
    withNinjaone(async (bench) => {
      const { ticketId, technicianId } = addWork(bench);
      bench.state.technicians.delete(technicianId);
      bench.state.logDialect = '2022';
      const { rows, rejected } = await readTime(bench.connector, [ticketId]);
      expect(rejected).toEqual([]);
      expect(rows).toMatchObject([{ seconds: 5400, technician: expect.stringMatching(/0000/) }]);
    }));

  test.each(['BILLABLE', 'NO_CHARGE'] as const)(
    'with its time and %s in ticketTimeEntry alone is read from there',
    (billing) =>
      withNinjaone(async (bench) => {
        const { ticketId, technicianId } = addWork(bench, 0);
        const at = '2026-03-02T09:00:00Z';
        bench.state.addTime({ ticketId, technicianId, seconds: 900, at, billing });
        bench.state.logDialect = 'in-entry';
        const { rows, rejected } = await readTime(bench.connector, [ticketId]);
        expect(rejected).toEqual([]);
        expect(rows).toMatchObject([{ seconds: 900, isBillable: billing === 'BILLABLE' }]);
        const results = await bench.connector.check([], soon());
        expect(results.find(({ id }) => id === 'fact.total-time')).toMatchObject({ status: 'ok' });
      }),
  );

  test.each(['900', '900.0', 900.4, '899.6'])('reads a duration of %p as 900 s', (timeTracked) =>
    withNinjaone(async (bench) => {
      const { ticketId } = addWork(bench);
      bench.sandbox.faults.distort((json) =>
        Array.isArray(json)
          ? json.map((row) => ('timeTracked' in row ? { ...row, timeTracked } : row))
          : json,
      );
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows).toMatchObject([{ seconds: 900 }]);
    }),
  );
});

describe('A board of NinjaOne', () => {
  test.each([['organization'], ['organization', 'status'], ['summary', 'solvedTime']])(
    'whose rows leave out %s %s has its tickets read singly for it',
    (...hidden) =>
      withNinjaone(async (bench) => {
        const { dupont, ticketId } = addWork(bench);
        bench.state.addTicket({
          organizationId: bench.state.addOrganization('Other'),
          subject: 'Not ours',
        });
        for (const column of hidden) bench.state.hiddenColumns.add(column);
        const { rows, rejected } = await readAll(bench.connector.pull.tickets?.(asked([dupont])));
        expect(rejected).toEqual([]);
        expect(rows).toMatchObject([
          { sourceId: String(ticketId), clientId: String(dupont), status: 'New', isClosed: false },
        ]);
      }),
  );

  test('that offers no organization is not asked for it', () =>
    withNinjaone(
      async (bench) => {
        const { dupont, ticketId } = addWork(bench);
        const columns = ['id', 'summary', 'status', 'createTime', 'lastUpdated'];
        bench.state.addBoard('Narrow', () => true, columns);
        const { rows } = await readAll(bench.connector.pull.tickets?.(asked([dupont])));
        expect(rows.map(({ sourceId }) => sourceId)).toEqual([String(ticketId)]);
      },
      { settings: { boards: ['Narrow'] } },
    ));
});

describe('A sale through NinjaOne', () => {
  const sale = {
    key: 'order:dupont:1',
    offer: 'Ten hours',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 9500,
    totalMinor: 95_000,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Ten hours for Dupont',
    body: 'Dupont used up its block.',
  };

  test('is a ticket in the client’s organization that says internally what to invoice', () =>
    withNinjaone(async ({ state, connector }) => {
      const message = { ...sale, clientId: String(state.addOrganization('Dupont')) };
      const made = await connector.push.invoice?.create(message, soon());
      const [ticket] = [...state.tickets.values()];
      expect(made).toEqual({ remoteId: String(ticket?.id), label: `#${ticket?.id}` });
      expect(ticket?.subject).toBe('Ten hours for Dupont [order:dupont:1]');
      const [description] = state.entriesOf(ticket?.id ?? 0);
      expect(description?.isPublic).toBe(false);
      for (const text of [
        'To do: create this invoice',
        '1 × Ten hours',
        'Total before tax: €950.00',
      ]) {
        expect(description?.body).toContain(text);
      }
      expect(await connector.push.invoice?.find(message, soon())).toEqual(made);
    }));

  test('is gone once its ticket is deleted, and closed where it is taken back', () =>
    withNinjaone(async ({ state, connector }) => {
      const message = { ...sale, clientId: String(state.addOrganization('Dupont')) };
      const push = connector.push.invoice;
      const made = (await push?.create(message, soon())) ?? { remoteId: '' };
      const withdrawal = { ...made, reason: 'Sold twice.' };
      expect(await push?.withdraw?.(message, withdrawal, soon())).toEqual({
        remoteId: made.remoteId,
      });
      expect(await push?.inspect?.(message, made.remoteId, soon())).toEqual({ isClosed: true });
      state.deleteTicket(Number(made.remoteId));
      expect(await push?.inspect?.(message, made.remoteId, soon())).toBeNull();
    }));
});
