import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StreamName } from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ isFilteredByClient: true });
});
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';
const martin = clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]) });

function closeTicket(id: string, clientId = '1', hours = 1): void {
  bench.psa.ticket(id, { clientId });
  bench.psa.log(id, id, nine, hours * 60, { clientId });
  bench.psa.close(id);
}

const watermark = (stream: StreamName) => bench.app.store.readWatermark('psa', stream);
const asked = (stream: StreamName) => bench.psa.asked.filter((one) => one.stream === stream);

describe('the watermark', () => {
  test('is the start of the run, whatever later rows came along', async () => {
    closeTicket('1');
    bench.psa.editTicket('1', { updatedAt: '2026-03-02T23:00:00.000Z' });
    await bench.run();
    expect((await watermark('tickets'))?.since).toBe(instantFromMs(bench.nowMs));
  });

  test('of a clock that was days ahead is not believed: all is read again, once', async () => {
    closeTicket('1');
    const trueMs = bench.nowMs;
    bench.nowMs = trueMs + 5 * 24 * 3_600_000;
    await bench.run();
    bench.nowMs = trueMs + 3_600_000;
    closeTicket('2');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    expect((await watermark('tickets'))?.since).toBe(instantFromMs(bench.nowMs));
    const count = asked('tickets').length;
    await bench.run();
    expect(
      asked('tickets')
        .slice(count)
        .map(({ since }) => since > '2026'),
    ).toEqual([true]);
  });

  test('is asked for again less fifteen minutes, and rows of that very moment count', async () => {
    closeTicket('1');
    await bench.run();
    const { since = '' } = (await watermark('tickets')) ?? {};
    const edge = instantFromMs(Date.parse(since ?? '') - 15 * 60_000);
    closeTicket('2');
    bench.psa.editTicket('2', { updatedAt: edge });
    bench.psa.editEntry('2', { updatedAt: edge });
    await bench.run();
    expect(asked('tickets').at(-1)?.since).toBe(edge);
    expect(await bench.hours()).toEqual([8, 0]);
  });

  test('does not move when the pass fails, and the next pass reads what is missing', async () => {
    await bench.run();
    const before = await watermark('timeEntries');
    for (const id of ['1', '2', '3', '4', '5']) closeTicket(id);
    bench.psa.fail('timeEntries', 'transient', { nth: 2 });
    const result = await bench.run();
    expect(result.exitCode).toBe(4);
    expect((await watermark('timeEntries'))?.since).toBe(before?.since);
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
  });

  test('resumes an interrupted pass where it stopped, then catches up to now', async () => {
    for (const id of ['1', '2', '3', '4', '5']) closeTicket(id);
    bench.psa.fail('tickets', 'transient', { nth: 3 });
    await bench.run();
    const interrupted = asked('tickets')[0];
    closeTicket('6');
    await bench.run();
    const [, resumed, caughtUp] = asked('tickets');
    expect(resumed).toMatchObject({ since: interrupted?.since, until: interrupted?.until });
    expect(resumed?.resume).toMatch(/ 4$/);
    expect(caughtUp).toMatchObject({ until: instantFromMs(bench.nowMs), resume: null });
    expect(await bench.hours()).toEqual([4, 0]);
  });

  test('begins the pass anew when the vendor no longer knows where it was', async () => {
    for (const id of ['1', '2', '3']) closeTicket(id);
    bench.psa.fail('tickets', 'transient', { nth: 2 });
    await bench.run();
    bench.psa.fail('tickets', 'rejected');
    const result = await bench.run();
    expect(result.ok).toBe(true);
    expect(asked('tickets').map(({ resume }) => resume === null)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await bench.hours()).toEqual([7, 0]);
  });

  test('asked to stop, the pull ends after the page in hand and nothing is lost', async () => {
    for (const id of ['1', '2', '3', '4', '5']) closeTicket(id);
    const stop = new AbortController();
    const connector = bench.app.connectors.get('psa');
    const pull = connector?.pull.tickets;
    if (connector === undefined || pull === undefined) throw new Error('no tickets');
    connector.pull.tickets = async function* (request) {
      for await (const page of pull(request)) {
        stop.abort();
        yield page;
      }
    };
    const { runSteps } = await import('../../src/service/run/run.ts');
    const result = await runSteps(bench.app, ['pull', 'debit'], 'test', { signal: stop.signal });
    expect(result).toMatchObject({ ok: false, stopped: true, exitCode: 4 });
    const [mirrored] = await bench.app.store.takeDirty(10).then((rows) => [rows.length]);
    expect(mirrored).toBe(0);
    expect((await watermark('tickets'))?.pass?.resume).toMatch(/ 2$/);
    connector.pull.tickets = pull;
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
  });
});

describe('the history', () => {
  test('goes back to the first day that counts, or the months asked for', async () => {
    await bench.run();
    expect(asked('tickets')[0]?.since).toBe('2025-02-28T23:00:00.000Z');
    await bench.close();
    const openingBlocks = [openingOf(10, { purchasedOn: '2024-06-01' })];
    bench = await CoreBench.open({ clients: [clientOf({ openingBlocks })] });
    await bench.run();
    expect(asked('tickets')[0]?.since).toBe('2024-05-30T22:00:00.000Z');
  });

  test('of a client added to the config is read, and the others go on from their watermark', async () => {
    closeTicket('1');
    closeTicket('2', '2', 3);
    await bench.run();
    bench.advance(86400 * 30);
    await bench.configure([clientOf(), martin]);
    await bench.run();
    expect(await bench.hours('Martin')).toEqual([7, 0]);
    const passes = asked('timeEntries').map(({ since, clientIds }) => [
      since.slice(0, 7),
      clientIds.join(),
    ]);
    expect(passes).toEqual([
      ['2025-02', '1'],
      ['2025-03', '2'],
      ['2026-03', '1,2'],
    ]);
  });

  test('is read again from the earlier day when the config comes to reach further back', async () => {
    closeTicket('1');
    bench.psa.log('0', '1', '2024-07-01T09:00:00.000Z', 60, {
      updatedAt: '2024-07-01T12:00:00.000Z',
      clientId: '1',
    });
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
    await bench.configure([
      clientOf({ openingBlocks: [openingOf(10), openingOf(5, { purchasedOn: '2024-06-01' })] }),
    ]);
    await bench.run();
    expect(await bench.hours()).toEqual([13, 0]);
    await bench.run();
    expect(asked('timeEntries').at(-1)?.since.slice(0, 7)).toBe('2026-03');
  });
});

describe('several connections', () => {
  test('one that fails keeps its watermark and the other goes on', async () => {
    const both = new Map([
      ['psa', '1'],
      ['rmm', '9'],
    ]);
    await bench.configure([clientOf({ sourceIds: both })]);
    closeTicket('1');
    bench.rmm.ticket('1', { clientId: '9' });
    bench.rmm.log('1', '1', nine, 30, { technicianId: 't2', technician: 'Bo' });
    bench.rmm.close('1');
    bench.psa.fail('tickets', 'auth');
    const result = await bench.run();
    expect(result).toMatchObject({ ok: false, exitCode: 3 });
    const pulls = result.steps.filter(({ step }) => step === 'pull');
    expect(pulls.map(({ connection, error }) => [connection, error === null])).toEqual([
      ['psa', false],
      ['rmm', true],
    ]);
    expect(await watermark('tickets')).toBeNull();
    expect(await bench.hours()).toEqual([9.5, 0]);
    await bench.run();
    // The same ids in two systems are two pieces of work.
    expect(await bench.hours()).toEqual([8.5, 0]);
  });

  test('no time of a vendor is read in a run before the ticket that it hangs on', async () => {
    closeTicket('1');
    bench.psa.fail('tickets', 'transient');
    await bench.run();
    expect(asked('timeEntries')).toEqual([]);
    expect(await bench.quarantine()).toEqual([]);
  });
});

describe('time that is shown ticket by ticket', () => {
  beforeEach(async () => {
    await bench.close();
    bench = await CoreBench.open({ isTimePerTicket: true });
  });

  test('is read again for the tickets whose reading was interrupted', async () => {
    for (const id of ['1', '2', '3']) closeTicket(id);
    bench.psa.fail('ticketTime', 'transient', { nth: 2 });
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
    await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    expect(await bench.app.store.listTimeDue('psa', 10)).toEqual([]);
  });

  test('is read for the tickets of a client that was mirrored before it was in the config', async () => {
    closeTicket('1', '2', 3);
    await bench.run();
    await bench.configure([clientOf(), martin]);
    await bench.run();
    expect(await bench.hours('Martin')).toEqual([7, 0]);
  });
});

describe('tickets that hold no time, according to the vendor', () => {
  const longAgo = '2026-02-20T09:00:00.000Z';
  let read: string[];
  beforeEach(async () => {
    await bench.close();
    bench = await CoreBench.open({ isTimePerTicket: true });
    read = [];
    const pull = bench.app.connectors.get('psa')?.pull;
    const { tickets, ticketTime } = pull ?? {};
    if (pull === undefined || tickets === undefined || ticketTime === undefined) throw new Error();
    pull.tickets = async function* (request) {
      for await (const page of tickets(request)) yield { ...page, untimedIds: ['1', '2'] };
    };
    pull.ticketTime = (ids, signal) => {
      read.push(...ids);
      return ticketTime(ids, signal);
    };
    for (const id of ['1', '3']) bench.psa.ticket(id, { updatedAt: longAgo });
  });

  test('are not read in the first run, unless they changed within a day', async () => {
    bench.psa.ticket('2');
    await bench.run();
    expect(read).toEqual(['2', '3']);
  });

  test('are read whole once they change, whatever the vendor says then', async () => {
    await bench.run();
    expect(read).toEqual(['3']);
    bench.psa.log('1', '1', nine, 60);
    bench.psa.close('1');
    bench.advance(3 * 86_400);
    await bench.run();
    expect(read).toEqual(['3', '1']);
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('are read after a first run that was interrupted, if they changed since', async () => {
    bench.psa.ticket('4', { updatedAt: longAgo });
    bench.psa.fail('tickets', 'transient', { nth: 2 });
    await bench.run();
    bench.psa.log('1', '1', nine, 60);
    bench.psa.close('1');
    await bench.run();
    expect(read.sort()).toEqual(['1', '3', '4']);
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('and do hold some are found by the sweep', async () => {
    bench.psa.log('1', '1', '2026-02-20T08:00:00.000Z', 60);
    bench.psa.editTicket('1', { isClosed: true, closedAt: longAgo, updatedAt: longAgo });
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    await bench.run('sweep');
    await bench.run('sweep');
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('are all read for a client that is configured later', async () => {
    await bench.run();
    bench.psa.ticket('2', { clientId: '2', updatedAt: longAgo });
    await bench.configure([clientOf(), martin]);
    await bench.run();
    expect(read).toContain('2');
  });
});

describe('a page that holds all the time of a ticket', () => {
  test('takes what it lacks for gone, and leaves the time of other tickets alone', async () => {
    for (const id of ['1', '2', '3']) closeTicket(id);
    await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    const { pull } = bench.app.connectors.get('psa') ?? {};
    if (pull === undefined) throw new Error('no connector');
    const whole = { rows: [], rejected: [], resume: null, completeTicketIds: ['2'] };
    pull.timeEntries = async function* () {
      yield whole;
    };
    const { steps } = await bench.run();
    expect(steps.find(({ step }) => step === 'pull')).toMatchObject({ changed: 1 });
    expect(await bench.hours()).toEqual([8, 0]);
    expect((await bench.story()).slice(-1)).toEqual(['+1 reversal']);
  });
});

describe('a run that sets rows aside', () => {
  async function runWith(sound: number, aside: number) {
    for (let id = 1; id <= sound; id += 1) closeTicket(String(id), '1', 0.05);
    // Longer than a day: set aside until a person says otherwise.
    for (let id = 101; id <= 100 + aside; id += 1) closeTicket(String(id), '1', 30);
    return bench.run();
  }

  test('is in order while they are few', async () => {
    expect(await runWith(2, 3)).toMatchObject({ ok: true, exitCode: 0 });
  });

  test('is in order while they are a small share', async () => {
    expect(await runWith(76, 4)).toMatchObject({ ok: true, exitCode: 0 });
  });

  test('is not where they are more, says so, and debits the others all the same', async () => {
    const result = await runWith(70, 4);
    expect(result).toMatchObject({ ok: false, exitCode: 4 });
    const pull = result.steps.find(({ step }) => step === 'pull');
    expect(pull?.error).toContain('4 of 74 time entries of "psa" were quarantined');
    expect(await bench.hours()).toEqual([-7.5, 0]);
    expect(await bench.run()).toMatchObject({ ok: true });
  });
});
