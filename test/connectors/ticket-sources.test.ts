/** Where tickets came from, as each vendor's own lists say it. */
import { expect, test } from '@jest/globals';
import type { Connector, PullRequest } from '../../src/contract/connector.ts';
import { asked as askAtera, withAtera } from './atera/bench.ts';
import { pullRequest as askAutotask, withAutotask } from './autotask/bench.ts';
import { pullRequest as askConnectwise, withConnectwise } from './connectwise/bench.ts';
import { asked as askHalo, withHalopsa } from './halopsa/bench.ts';
import { asked as askBms, withBms } from './kaseya-bms/bench.ts';
import { asked as askNinja, withNinjaone } from './ninjaone/bench.ts';
import { rowsOf } from './pull-rows.ts';
import { asked as askSuperops, withSuperops } from './superops/bench.ts';

/** By the summary of each ticket. */
async function sourcesOf(
  { connector }: { connector: Connector },
  request: PullRequest,
): Promise<Record<string, string | null | undefined>> {
  const tickets = await rowsOf(connector, 'tickets', request);
  return Object.fromEntries(tickets.map(({ summary, source }) => [summary, source]));
}

const phoned = 'Printer jams';
const raised = 'Disk is full';
const unsaid = 'Mail bounces';

test('ConnectWise: the name of the source', () =>
  withConnectwise({}, async (bench) => {
    const { company, board } = bench;
    const add = (summary: string, source?: string) =>
      bench.sandbox.state.addTicket({ company, board, summary, ...(source ? { source } : {}) });
    add(phoned, 'Call');
    add(raised, 'Automate');
    add(unsaid);
    expect(await sourcesOf(bench, askConnectwise(bench))).toEqual({
      ...{ [phoned]: 'Call', [raised]: 'Automate', [unsaid]: null },
    });
  }));

test('Autotask: the label of the source, or monitoring where an alert or a monitor is named', () =>
  withAutotask({}, async (bench) => {
    const { company, state } = bench;
    state.addTicket({ company, title: phoned, source: 2, rmmAlertId: '', monitorId: 0 });
    state.addTicket({ company, title: raised, source: 2, rmmAlertId: 'a-17' });
    state.addTicket({ company, title: 'Fan is loud', monitorId: 9 });
    state.addTicket({ company, title: 'Backup failed', source: 8 });
    state.addTicket({ company, title: unsaid });
    const sources = await sourcesOf(bench, askAutotask(bench));
    expect(sources).toEqual({
      ...{ [phoned]: 'Phone', [raised]: 'monitoring', 'Fan is loud': 'monitoring' },
      ...{ 'Backup failed': 'Monitoring Alert', [unsaid]: null },
    });
    // The labels come with those of queues and statuses.
    const lookUps = bench.requests().filter((line) => line.includes('entityInformation'));
    expect(lookUps).toEqual(['GET Tickets/entityInformation/fields']);
  }));

test('Halo: the number of the source, or monitoring where a list names an alert', () =>
  withHalopsa(async (bench) => {
    const { state, dupont: clientId } = bench;
    state.addTicket({ clientId, summary: phoned, source: 5, orionAlert: 0 });
    state.addTicket({ clientId, summary: raised, source: 5, scomAlertId: 'x-1' });
    state.addTicket({ clientId, summary: 'Fan is loud', orionAlert: 12 });
    state.addTicket({ clientId, summary: unsaid });
    expect(await sourcesOf(bench, askHalo(bench))).toEqual({
      ...{ [phoned]: '#5', [raised]: 'monitoring', 'Fan is loud': 'monitoring', [unsaid]: null },
    });
  }));

test('NinjaOne: the code of the source, where the board has that column', () =>
  withNinjaone(async (bench) => {
    const { state } = bench;
    const organizationId = state.addOrganization('Dupont');
    state.addTicket({ organizationId, subject: phoned });
    state.addTicket({ organizationId, subject: raised, source: 'CONDITION' });
    const request = askNinja([organizationId]);
    expect(await sourcesOf(bench, request)).toEqual({
      [phoned]: 'TECHNICIAN',
      [raised]: 'CONDITION',
    });
    bench.takeRequests();
    state.hiddenColumns.add('source');
    expect(await sourcesOf(bench, request)).toEqual({ [phoned]: null, [raised]: null });
    // No ticket is read singly for it.
    expect(bench.takeRequests().filter((line) => line.includes('/ticketing/ticket/'))).toEqual([]);
  }));

test('Kaseya BMS: the number of the source', () =>
  withBms({}, async (bench) => {
    bench.state.addTicket({ accountId: bench.dupont, title: phoned, sourceId: 3 });
    expect(await sourcesOf(bench, askBms(bench))).toEqual({ [phoned]: '#3' });
  }));

test('Atera: the text of the source', () =>
  withAtera({}, async (bench) => {
    const { state, dupont: customerId } = bench;
    state.addTicket({ customerId, title: phoned });
    state.addTicket({ customerId, title: raised, source: 'Alert' });
    const request = askAtera(bench, { since: '2020-01-01T00:00:00.000Z' });
    expect(await sourcesOf(bench, request)).toEqual({ [phoned]: null, [raised]: 'Alert' });
  }));

test('SuperOps: the text of the source', () =>
  withSuperops(async (bench) => {
    const { state, dupont: clientId } = bench;
    state.addTicket({ clientId, subject: phoned, source: 'EMAIL' });
    state.addTicket({ clientId, subject: unsaid });
    expect(await sourcesOf(bench, askSuperops(bench))).toEqual({
      [phoned]: 'EMAIL',
      [unsaid]: null,
    });
  }));
