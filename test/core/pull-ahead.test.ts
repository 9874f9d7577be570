import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page, PullRequest, StreamName, TicketRow } from '../../src/contract/connector.ts';
import { readAhead } from '../../src/pull/ahead.ts';
import type { PullPage } from '../../src/store/port.ts';
import { CoreBench } from '../support/core-bench.ts';

const nine = '2026-03-02T09:00:00.000Z';
const stop = new AbortController();

let bench: CoreBench;
/** Which page was asked for and which was stored, in this order. */
let events: string[];
let onStored: (stream: StreamName, page: number) => void;
beforeEach(async () => {
  bench = await CoreBench.open();
  events = [];
  onStored = () => {};
  const { store } = bench.app;
  const stored = new Map<StreamName, number>();
  const writePage = async (page: PullPage) => {
    // Whatever is read ahead has time to arrive.
    await ticks();
    const outcome = await store.writePage(page);
    if (page.rows.length === 0) return outcome;
    const count = (stored.get(page.stream) ?? 0) + 1;
    stored.set(page.stream, count);
    events.push(`${page.stream} ${count} stored`);
    onStored(page.stream, count);
    return outcome;
  };
  bench.app.store = new Proxy(store, {
    get: (target, name) => (name === 'writePage' ? writePage : Reflect.get(target, name)),
  });
});
afterEach(() => bench.close());

async function ticks(): Promise<void> {
  for (let left = 5; left > 0; left -= 1) await new Promise(setImmediate);
}

/** Five tickets with an hour each: three pages of both. */
function closeFive(): void {
  for (const id of ['1', '2', '3', '4', '5']) {
    bench.psa.ticket(id);
    bench.psa.log(id, id, nine, 60);
    bench.psa.close(id);
  }
}

function pullsOf(name = 'psa') {
  const pull = bench.app.connectors.get(name)?.pull;
  if (pull?.tickets === undefined || pull.invoices === undefined) throw new Error('no streams');
  return { pull, tickets: pull.tickets, invoices: pull.invoices };
}

/** Notes when each page of tickets is asked for. */
function watchTickets(onAsked: (page: number) => void = () => {}): void {
  const { pull, tickets } = pullsOf();
  pull.tickets = (request) => {
    const pages = tickets(request)[Symbol.asyncIterator]();
    let page = 0;
    const next = () => {
      page += 1;
      events.push(`tickets ${page} asked`);
      onAsked(page);
      return pages.next();
    };
    return { [Symbol.asyncIterator]: () => ({ ...pages, next }) };
  };
}

const reached = async (stream: StreamName) =>
  (await bench.app.store.readWatermark('psa', stream))?.pass?.resume ?? null;

describe('one page ahead', () => {
  test('is read while the page before is stored, never two, and all are stored in order', async () => {
    closeFive();
    watchTickets();
    await bench.run('pull');
    expect(events.filter((event) => event.startsWith('tickets'))).toEqual([
      ...['tickets 1 asked', 'tickets 2 asked', 'tickets 1 stored'],
      ...['tickets 3 asked', 'tickets 2 stored'],
      ...['tickets 4 asked', 'tickets 3 stored'],
    ]);
  });

  test('is dropped by a stop while the page before is stored, and read again', async () => {
    closeFive();
    watchTickets();
    const asked = new AbortController();
    onStored = () => asked.abort();
    await bench.runWith(['pull'], { signal: asked.signal });
    expect(events.filter((event) => event.endsWith('stored'))).toEqual(['tickets 1 stored']);
    expect(events).toContain('tickets 2 asked');
    expect(await reached('tickets')).toMatch(/ 2$/);
    onStored = () => {};
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
  });

  test('is not asked for after a stop', async () => {
    closeFive();
    const asked = new AbortController();
    watchTickets(() => asked.abort());
    await bench.runWith(['pull'], { signal: asked.signal });
    expect(events).toEqual(['tickets 1 asked', 'tickets 1 stored']);
  });

  test('that fails does so in its turn, and the page before is stored', async () => {
    closeFive();
    watchTickets();
    bench.psa.fail('tickets', 'transient', { nth: 2 });
    const result = await bench.run('pull');
    expect(result.exitCode).toBe(4);
    expect(events).toEqual(['tickets 1 asked', 'tickets 2 asked', 'tickets 1 stored']);
    expect(await reached('tickets')).toMatch(/ 2$/);
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
  });

  test('that was read when the process died is read by the next', async () => {
    closeFive();
    onStored = (stream, page) => {
      if (stream === 'timeEntries' && page === 2) throw new Error('killed');
    };
    await expect(bench.run()).rejects.toThrow('killed');
    expect(await reached('timeEntries')).toMatch(/ 4$/);
    onStored = () => {};
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
    expect((await bench.app.store.verify()) ?? null).toBeNull();
  });

  test('leaves no rejection unhandled, whether its failure is reached or not', () => {
    const file = join(import.meta.dirname, '../../src/pull/ahead.ts');
    // In a process of its own, since Jest overlooks a rejection that is handled late.
    const program = `
      const { readAhead } = await import(${JSON.stringify(file)});
      const { signal } = new AbortController();
      async function* pages() {
        yield 1;
        throw new Error('vendor down');
      }
      for (const work of [async () => {}, async () => { throw new Error('disk full'); }]) {
        try {
          for await (const page of readAhead(pages, signal)) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            await work();
          }
        } catch (error) {
          console.log(error.message);
        }
      }`;
    const words = ['--input-type=module', '--no-warnings', '--eval', program];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['vendor down\ndisk full\n', '']);
  });
});

describe('what a connector remembers of its pages', () => {
  async function* twoPages(whenStored: () => Promise<void>): AsyncGenerator<number> {
    yield 1;
    yield 2;
    await whenStored();
    events.push('remembered');
  }

  test('waits until the last of them is stored', async () => {
    for await (const page of readAhead(twoPages, stop.signal)) {
      await ticks();
      events.push(`stored ${page}`);
    }
    expect(events).toEqual(['stored 1', 'stored 2', 'remembered']);
  });

  test('is not remembered if one of them could not be stored', async () => {
    const reading = async () => {
      for await (const page of readAhead(twoPages, stop.signal)) {
        await ticks();
        if (page === 2) throw new Error('disk full');
      }
    };
    await expect(reading()).rejects.toThrow('disk full');
    await ticks();
    expect(events).toEqual([]);
  });
});

describe('streams side by side', () => {
  /** Tickets that arrive only once invoices were asked for. */
  function holdTickets(): void {
    const { pull, tickets, invoices } = pullsOf();
    const asked = Promise.withResolvers<void>();
    pull.invoices = (request) => {
      asked.resolve();
      return invoices(request);
    };
    pull.tickets = async function* (request: PullRequest): AsyncGenerator<Page<TicketRow>> {
      await asked.promise;
      yield* tickets(request);
    };
  }

  test('are invoices beside tickets, and time after all tickets', async () => {
    closeFive();
    holdTickets();
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
    const rows = events.filter((event) => !event.startsWith('clients'));
    expect(rows.map((event) => event.split(' ')[0])).toEqual([
      ...['tickets', 'tickets', 'tickets'],
      ...['timeEntries', 'timeEntries', 'timeEntries'],
    ]);
  });

  test('one that fails does not keep the others from being stored', async () => {
    closeFive();
    bench.psa.fail('invoices', 'permission');
    const result = await bench.run();
    expect(result).toMatchObject({ ok: false, exitCode: 3 });
    expect(result.steps[0]?.error).toContain('invoices');
    expect(await bench.hours()).toEqual([5, 0]);
  });

  test('the failure of tickets is reported before any other, and no time is asked for', async () => {
    closeFive();
    bench.psa.fail('invoices', 'permission');
    bench.psa.fail('tickets', 'transient');
    const result = await bench.run('pull');
    expect(result.steps[0]?.error).toContain('tickets');
    expect(bench.psa.asked.map(({ stream }) => stream)).not.toContain('timeEntries');
  });

  test('a bug in one is not hidden by the failure of another', async () => {
    closeFive();
    const { pull } = pullsOf();
    pull.invoices = () => {
      throw new TypeError('a bug');
    };
    bench.psa.fail('tickets', 'transient');
    await expect(bench.run('pull')).rejects.toThrow('a bug');
  });

  test('what is quarantined is counted by stream, whatever else is read meanwhile', async () => {
    closeFive();
    for (const id of ['6', '7', '8', '9']) bench.psa.log(id, '1', nine, 2_000);
    const result = await bench.run();
    expect(result.steps[0]?.error).toContain('4 of 9 time entries');
    expect(await bench.hours()).toEqual([5, 0]);
  });
});
