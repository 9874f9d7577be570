/** What a run costs in requests, beside the least that the vendor's page size allows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StreamName } from '../../src/contract/connector.ts';
import { deliverFirstRun } from '../bench/delivery.ts';
import type { ContractBench, ContractSubject, Opened } from './contract-bench.ts';
import { openConnector } from './contract-bench.ts';
import { pullRequest } from './contract-reads.ts';
import { psaSubjects } from './subjects.ts';

/** Default: three full pages. `ENTRIES=10000` takes some minutes, since vendors make us wait. */
const entriesTold = Number(process.env.ENTRIES ?? 0);
const tableEntries = 10_000;
const streamNames = ['clients', 'tickets', 'timeEntries', 'sessions', 'invoices'] as const;
const dayMs = 86_400_000;

interface Cost {
  stream: StreamName;
  requests: number;
  rows: number;
}

test.each(psaSubjects.map((subject) => [subject.vendor.id, subject] as const))(
  '%s: a quiet run and a first run send one request a stream more than the least, at most',
  async (_, subject) => {
    const { pageSize, setup } = subject.requests;
    const bench = await subject.start();
    try {
      const settings = atFullPageSize(bench.settings);
      const known = openConnector(subject, bench, settings);
      await costOf(known, Date.now() + dayMs);
      const quiet = await costOf(known, Date.now() + dayMs);
      const dear = quiet.filter((cost) => cost.requests > leastOf(subject, cost) + 1);
      expect(dear).toEqual([]);

      await putEntries(bench, entriesTold || pageSize * 3);
      const opened = openConnector(subject, bench, settings);
      const first = await costOf(opened, Date.now() - 60 * dayMs);
      const least = sum(first.map((cost) => leastOf(subject, cost)));
      const spare = sum(first.map(({ requests }) => requests)) - least;
      expect(spare).toBeLessThanOrEqual(first.length + setup);

      const perTicket = await requestsForTickets(opened, 5);
      expect([0, 5]).toContain(perTicket);
      const large = sum(first.map((cost) => leastOf(subject, withRows(cost))));
      const cells = [
        subject.vendor.title,
        `${sum(quiet.map(({ requests }) => requests))} of ${sum(quiet.map((cost) => leastOf(subject, cost)))}`,
        `${large + spare} of ${large}`,
        perTicket === 0 ? '' : 'and one for each ticket',
      ];
      expect(shownRows()).toContain(`| ${cells.join(' | ')} |`);
    } finally {
      await bench.sandbox.close();
    }
  },
  entriesTold === 0 ? 60_000 : 1_200_000,
);

test('ConnectWise PSA: a balance takes two requests, a sale with its alert and note five', async () => {
  const [clients, low] = [40, 10];
  const { delivered, requests, inFlightMax, sandbox } = await deliverFirstRun(clients, low, 5);
  expect(delivered).toBe(clients + 3 * low);
  const sent = sandbox.exchanges.map(({ request }) => request);
  const writes = sent.filter((request) => !sandbox.isRead(request));
  expect(writes).toHaveLength(clients + 4 * low);
  // Besides: what the first of each kind verifies, a shared look-up for each list, and names.
  expect(requests - (2 * clients + 5 * low)).toBeLessThanOrEqual(25);
  expect(inFlightMax).toBe(3);
}, 60_000);

/** One for each list of the stream, and one more for each page beyond the first. */
function leastOf({ requests }: ContractSubject, { stream, rows }: Cost): number {
  const lists = requests.lists?.[stream] ?? 1;
  return lists - 1 + Math.max(1, Math.ceil(rows / requests.pageSize));
}

/** As if all of the table's entries had been there, one on each ticket. */
function withRows(cost: Cost): Cost {
  const grows = cost.stream === 'tickets' || cost.stream === 'timeEntries';
  return grows ? { ...cost, rows: tableEntries } : cost;
}

async function putEntries(bench: ContractBench, count: number): Promise<void> {
  const startMs = Math.floor(Date.now() / 60_000 - 60) * 60_000;
  const startedAt = new Date(startMs).toISOString();
  for (let index = 0; index < count; index += 1) {
    const work = { client: index % 2, summary: `Work ${index}`, startedAt, seconds: 900 };
    await bench.putWork({ ...work, isBillable: true });
  }
}

function atFullPageSize(settings: unknown): object {
  const { pageSize: _, ...rest } = settings as Record<string, unknown>;
  return rest;
}

async function costOf(opened: Opened, sinceMs: number): Promise<Cost[]> {
  const costs: Cost[] = [];
  const signal = AbortSignal.timeout(1_200_000);
  const since = new Date(sinceMs).toISOString();
  // One run for all streams: what one has seen, another need not ask for.
  const { until } = pullRequest(opened);
  for (const stream of streamNames) {
    const pull = opened.connector.pull[stream];
    if (pull === undefined) continue;
    const before = opened.bench.sandbox.exchanges.length;
    let rows = 0;
    for await (const page of pull(pullRequest(opened, { since, until, signal })))
      rows += page.rows.length;
    costs.push({ stream, rows, requests: opened.bench.sandbox.exchanges.length - before });
  }
  return costs;
}

/** Of the time of so many tickets, where it is read ticket by ticket. */
async function requestsForTickets(opened: Opened, count: number): Promise<number> {
  const { ticketTime } = opened.connector.pull;
  if (ticketTime === undefined) return 0;
  const { bench } = opened;
  const work = await bench.addWork(count);
  // Names that a first reading looks up are not the tickets' cost.
  const read = async (ids: readonly string[]): Promise<number> => {
    // The tickets come first, as in every run: some show how much time to expect.
    await costOf(opened, Date.now() - 60 * dayMs);
    const before = bench.sandbox.exchanges.length;
    for await (const page of ticketTime(ids, AbortSignal.timeout(20_000))) void page;
    return bench.sandbox.exchanges.length - before;
  };
  const ids = work.map(({ ticketId }) => ticketId);
  await read(ids);
  return read(ids);
}

function shownRows(): string[] {
  const readme = readFileSync(join(import.meta.dirname, '../../config/guide/speed.md'), 'utf8');
  const [, table = ''] = readme.split(/<!-- \/?request-table -->/);
  return table.split('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
