import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildLeaks } from '../../src/reports/leaks/leaks.ts';
import type { ClientWork } from '../../src/reports/leaks/work-history.ts';
import { readWorkHistory } from '../../src/service/plan/work-history.ts';
import { dayIn } from '../support/oracle-cost.ts';
import type { History } from '../support/oracle-history.ts';
import { limits, seed, steps, timeoutMs, withHistory } from '../support/oracle-limits.ts';
import { groupsOf } from '../support/oracle-work.ts';
import { names, worldOf } from '../support/oracle-world.ts';

type App = History['bench']['app'];
type States = Record<string, number>;

/** What each client worked in each month, from the vendor's own rows and the second engine. */
function workedInPsa({ bench: { psa } }: History, { clients }: Pick<App, 'clients'>): States {
  const known = clients.map(({ sourceIds, agreement, timezone, startOn }) => {
    const id = sourceIds.get('psa') ?? '';
    return { id, owner: id, agreement, zone: timezone, startOn: startOn ?? '' };
  });
  const sums: States = {};
  for (const { client, due, open } of groupsOf(known, psa.tickets, psa.timeEntries)) {
    const add = (state: string, entry: (typeof due)[number]) => {
      const month = dayIn(client.zone, entry.startedAt).slice(0, 7);
      const key = `${names[Number(client.id) - 1]} ${month} ${state}`;
      if (entry.seconds > 0) sums[key] = (sums[key] ?? 0) + entry.seconds;
    };
    for (const entry of due) add('due', entry);
    for (const entry of open) add('open', entry);
  }
  return sums;
}

async function checkReport(history: History, app: App, inPsa: Pick<App, 'clients'>): Promise<void> {
  const work = await readWorkHistory(app, 'given-blocks');
  const report = buildLeaks(work, { from: null, to: null }, null);
  const shown: States = {};
  for (const { client, months } of report.clients) {
    for (const one of months) {
      const { chargedSeconds, freeSeconds, openSeconds, setAsideSeconds, workedSeconds } = one;
      // Held work is closed, and waits for hours.
      const due = chargedSeconds + freeSeconds + setAsideSeconds;
      expect(due + openSeconds).toBe(workedSeconds);
      if (due > 0) shown[`${client} ${one.month} due`] = due;
      if (openSeconds > 0) shown[`${client} ${one.month} open`] = openSeconds;
    }
  }
  expect(shown).toEqual(workedInPsa(history, inPsa));
  for (const [index, { rows }] of report.clients.entries()) {
    const one = work.clients[index];
    if (one === undefined) throw new Error('a client is missing');
    checkRows(one, rows);
  }
}

/** No second of an entry is in two rows. */
function checkRows(
  { current, past }: ClientWork,
  rows: ReturnType<typeof buildLeaks>['clients'][number]['rows'],
): void {
  const mirrored = new Map<string, number>();
  for (const { id, seconds } of [...past.entries, ...current.entries]) {
    mirrored.set(id, (mirrored.get(id) ?? 0) + seconds);
  }
  const inRows = new Map<string, number>();
  for (const { id, seconds } of rows.flatMap((row) => row.entries)) {
    inRows.set(id, (inRows.get(id) ?? 0) + seconds);
  }
  for (const [id, seconds] of inRows) {
    expect({ id, isWithin: seconds <= (mirrored.get(id) ?? 0) }).toEqual({ id, isWithin: true });
  }
}

/** What no block paid, by the rows, and by the ledger. */
async function checkOverage({ bench }: History, app: App): Promise<void> {
  const { clients } = buildLeaks(
    await readWorkHistory(app, 'given-blocks'),
    { from: null, to: null },
    null,
  );
  const inRows = clients
    .flatMap(({ rows }) => rows)
    .filter(({ reason }) => reason === 'overage' || reason === 'after-expiry')
    .reduce((sum, { seconds }) => sum + seconds, 0);
  let inLedger = 0;
  for (const name of names) inLedger += (await bench.balance(name)).overageSeconds;
  expect(inRows).toBe(inLedger);
}

const anyWorld = fc.oneof(worldOf('hours'), worldOf('money'), worldOf('shared'), worldOf('held'));

test(
  `every worked second is charged, free, open or set aside, and in one row at most (seed ${seed})`,
  async () => {
    const property = fc.asyncProperty(anyWorld, steps, (world, all) =>
      withHistory(world, async (history) => {
        for (const one of all) await history.play(one);
        await history.run();
        const { app } = history.bench;
        await checkReport(history, app, app);
        await checkOverage(history, app);
      }),
    );
    await fc.assert(property, limits(0.15));
  },
  timeoutMs,
);

test(
  `before the first day, past blocks account for every worked second too (seed ${seed})`,
  async () => {
    const property = fc.asyncProperty(worldOf('hours'), steps, (world, all) =>
      withHistory(world, async (history) => {
        const { bench } = history;
        await bench.configure(
          bench.app.clients.map((client) => ({ ...client, startOn: '2099-01-01' })),
        );
        history.isOrdered = false;
        for (const one of all.filter(({ name }) => !/block|buy|sell|run/.test(name))) {
          await history.play(one);
        }
        await bench.run();
        const past = bench.app.clients.map((client) => {
          const { purchasedOn, expiresOn } = client.openingBlocks[0] ?? {
            purchasedOn: '2026-01-01',
            expiresOn: null,
          };
          const block = { seconds: 9000, rateMinor: 100, currency: 'EUR', purchasedOn, expiresOn };
          return { ...client, openingBlocks: [], pastBlocks: [block] };
        });
        const began = past.map((client) => {
          const [block] = client.pastBlocks;
          return { ...client, startOn: block?.purchasedOn ?? '' };
        });
        await checkReport(history, { ...bench.app, clients: past }, { clients: began });
      }),
    );
    await fc.assert(property, limits(0.08));
  },
  timeoutMs,
);
