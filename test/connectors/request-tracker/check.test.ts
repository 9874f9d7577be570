import { describe, expect, test } from '@jest/globals';
import { RequestTrackerConfig } from '../../../connectors/request-tracker/config.ts';
import type { CheckResult } from '../../../src/contract/connector.ts';
import { type Bench, soon, withRequestTracker } from './bench.ts';

async function checked(bench: Bench, clientIds = ['5', '6']): Promise<Map<string, CheckResult>> {
  const results = await bench.connector.check(clientIds, soon());
  return new Map(results.map((result) => [result.id, result]));
}

function addWork(bench: Bench): void {
  const { state } = bench.sandbox;
  for (const queue of ['Dupont', 'Martin']) {
    const id = state.addTicket(queue, queue);
    state.addMessage(id, 'Comment', 'tess', { minutes: 30 });
    state.addMessage(id, 'Correspond', 'tess', { minutes: 10 });
    state.setStatus(id, 'resolved', 'tess');
  }
}

describe('a check of Request Tracker', () => {
  test('is fine below a path, with all rights', () =>
    withRequestTracker(
      async (bench) => {
        addWork(bench);
        const results = await checked(bench);
        expect([...results.values()].filter((result) => result.status !== 'ok')).toEqual([]);
        expect(results.get('client.5')?.detail).toMatch(/"Dupont": 1 tickets are seen, and all/);
        expect(Object.fromEntries(bench.context.kept)).toEqual({
          'fact.query-dates': expect.stringMatching(/^yes/),
          'fact.time-visible': expect.stringMatching(/^yes/),
        });
      },
      { sandbox: { path: '/rt' } },
    ));

  test('lists the queues that an agreement may name', () =>
    withRequestTracker(async ({ connector }) => {
      const names = await connector.listNames?.([], soon());
      const id = expect.any(String);
      expect(names?.boards).toContainEqual({ sourceId: id, name: 'Dupont' });
      expect(names?.boards).toContainEqual({ sourceId: id, name: 'Martin' });
    }));

  test('finds the time of comments missing, and reading then stops', () =>
    withRequestTracker(async (bench) => {
      addWork(bench);
      bench.sandbox.state.findQueue('Martin')?.rights.delete('ShowTicketComments');
      const results = await checked(bench);
      expect(results.get('client.5')?.status).toBe('ok');
      expect(results.get('client.6')).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('30 minutes'),
        fix: expect.stringContaining('ShowTicketComments'),
      });
      expect(bench.context.kept.get('fact.time-visible')).toMatch(/^no/);
    }));

  test('warns of a queue of nobody’s that hides time, since it may cut the reading short', () =>
    withRequestTracker(async (bench) => {
      addWork(bench);
      const { state } = bench.sandbox;
      state.findQueue('Alerts')?.rights.delete('ShowTicketComments');
      state.addMessage(state.addTicket('Alerts', 'Inside'), 'Comment', 'tess', { minutes: 25 });
      const results = await checked(bench);
      expect(results.get('permission.time-elsewhere.3')).toMatchObject({
        status: 'warning',
        detail: 'Queue "Alerts": ticket 3 holds 25 minutes that the RT user is not shown.',
      });
      expect(bench.context.kept.get('fact.time-visible')).toMatch(/^yes/);
    }));

  test('distinguishes a hidden queue from one without tickets', () =>
    withRequestTracker(async (bench) => {
      const { state } = bench.sandbox;
      state.addTicket('Dupont', 'One');
      const hidden = state.addQueue('Hidden', []);
      const results = await checked(bench, ['6', hidden, '99', 'Dupont']);
      expect(results.get('client.6')?.status).toBe('warning');
      expect(results.get(`client.${hidden}`)?.status).toBe('failed');
      expect(results.get('client.99')?.status).toBe('failed');
      expect(results.get('client.Dupont')?.fix).toContain('Write 5');
    }));

  test('names the queues, fields and statuses that are not there', () =>
    withRequestTracker(
      async (bench) => {
        addWork(bench);
        bench.sandbox.state.findQueue('Billing')?.rights.delete('CreateTicket');
        const results = await checked(bench, ['Dupont SARL']);
        const failed = [...results.values()].filter((result) => result.status === 'failed');
        expect(failed.map((result) => result.id).sort()).toEqual([
          'name.alerts-queue',
          'name.billing-queue',
          'name.client-field',
          'name.work-type-field',
        ]);
        expect(results.get('name.status.done')?.status).toBe('warning');
        expect(results.get('client.Dupont SARL')?.status).toBe('warning');
      },
      {
        settings: {
          alerts: { queue: 'Nowhere' },
          clientFrom: 'custom-field',
          clientField: 'Client',
          workTypeField: 'Work type',
          closedStatuses: ['resolved', 'done'],
        },
      },
    ));

  test('wants the key field on the queues', () =>
    withRequestTracker(
      async (bench) => {
        addWork(bench);
        bench.sandbox.state.findQueue('Alerts')?.fields.add('prepaid KEY');
        const results = await checked(bench);
        expect(results.get('name.alerts-queue')?.status).toBe('ok');
        expect(results.get('name.key-field.billing')?.status).toBe('failed');
      },
      { settings: { keyField: 'Prepaid key' } },
    ));

  test('fails where RT shows no ticket, or does not count them', async () => {
    await withRequestTracker(async (bench) => {
      expect((await checked(bench)).get('permission.tickets')?.status).toBe('failed');
    });
    await withRequestTracker(
      async (bench) => {
        addWork(bench);
        expect((await checked(bench)).get('permission.tickets')?.status).toBe('failed');
      },
      { sandbox: { usesSqlForRights: false } },
    );
  });
});

describe('a probe of Request Tracker', () => {
  test('makes a ticket and a comment, finds both, and leaves the ticket rejected', () =>
    withRequestTracker(async (bench) => {
      const results = await bench.connector.probe?.('5', soon());
      expect(results).toMatchObject([
        { id: 'fact.find-ticket', status: 'ok' },
        { id: 'fact.find-note', status: 'ok' },
        { id: 'probe.discard', status: 'ok' },
      ]);
      expect(bench.sandbox.state.tickets).toMatchObject([{ status: 'rejected' }]);
      expect(bench.context.kept.get('fact.find-ticket')).toMatch(/^yes/);
    }));

  test('says what it could not find again, and what it left behind', () =>
    withRequestTracker(async (bench) => {
      const rights = bench.sandbox.state.findQueue('Alerts')?.rights;
      rights?.delete('ShowTicketComments');
      rights?.delete('ModifyTicket');
      expect(await bench.connector.probe?.('5', soon())).toMatchObject([
        { id: 'fact.find-ticket', status: 'ok' },
        { id: 'fact.find-note', status: 'failed' },
        {
          id: 'probe.discard',
          status: 'warning',
          detail: expect.stringContaining('Permission Denied'),
        },
      ]);
    }));
});

describe('the settings of Request Tracker', () => {
  const good = { baseUrl: 'https://rt.example.org/rt/', token: '1-27-abc', clientFrom: 'queue' };

  test('have sensible defaults', () => {
    expect(RequestTrackerConfig.parse(good)).toEqual({
      ...good,
      baseUrl: 'https://rt.example.org/rt',
      closedStatuses: ['resolved'],
      pageSize: 100,
    });
  });

  test.each([
    { baseUrl: 'https://rt.example.org/REST/2.0' },
    { baseUrl: 'http://rt.example.org' },
    { token: 'password' },
    { clientFrom: 'custom-field' },
    { clientField: 'Client' },
    { keyField: "it's {odd}" },
    { pageSize: 101 },
    { queues: ['General'] },
  ])('refuse %j', (change) => {
    expect(RequestTrackerConfig.safeParse({ ...good, ...change }).success).toBe(false);
  });
});
