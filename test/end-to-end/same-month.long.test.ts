/** One month of work in every vendor's words comes to the same, to the second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { registry } from '../../connectors/registry.ts';
import type { ContractBench, ContractSubject } from '../connectors/contract-bench.ts';
import { psaSubjects, subjects } from '../connectors/subjects.ts';
import { commandsIn, putWorkOfToday, writeBenchConfig } from '../support/bench-msp.ts';

const dayMs = 86_400_000;
const clients = ['Dupont', 'Martin'];

/** Days ago, the hour, minutes and whose: four weeks that leave Dupont 2 h 15 of 12, and Martin 7 of 8. */
const month: readonly [daysAgo: number, hour: number, minutes: number, client: number][] = [
  [27, 8, 45, 0],
  [27, 13, 51, 1],
  [24, 9, 126, 0],
  [20, 10, 21, 0],
  [17, 7, 96, 0],
  [13, 15, 60, 0],
  [10, 9, 9, 0],
  [9, 22, 84, 0],
  [6, 6, 39, 0],
  [3, 11, 60, 0],
];

test('every vendor is asked', () => {
  expect(subjects.map(({ vendor }) => vendor.id)).toEqual(Object.keys(registry));
});

test.each(psaSubjects.map((subject) => [subject.vendor.id, subject] as const))(
  'a month of work in %s gives the same balances, alerts and blocks',
  async (_, subject) => {
    const outcome = await monthIn(subject);
    expect(outcome.before).toMatchObject([
      { client: 'Dupont', settledSeconds: 2.25 * 3600, blocks: [{ hours: 12 }] },
      { client: 'Martin', settledSeconds: 7 * 3600, blocks: [{ hours: 8 }] },
    ]);
    expect(outcome.after).toMatchObject([
      { client: 'Dupont', settledSeconds: 11 * 3600, blocks: [{ hours: 12 }, { hours: 10 }] },
      { client: 'Martin', settledSeconds: 7 * 3600, blocks: [{ hours: 8 }] },
    ]);
    expect(outcome.messages).toMatchObject([
      { client: 'Dupont', kind: 'invoice', status: 'delivered' },
      { client: 'Dupont', kind: 'alert-ticket', status: 'delivered' },
    ]);
    // Prices, days and forecasts as well.
    expect(outcome).toEqual(await firstOutcome());
  },
  60_000,
);

const outcomes = new Map<ContractSubject, Promise<Outcome>>();

function firstOutcome(): Promise<Outcome> {
  const [first] = psaSubjects;
  if (first === undefined) throw new Error('There is no vendor.');
  return monthIn(first);
}

function monthIn(subject: ContractSubject): Promise<Outcome> {
  const known = outcomes.get(subject) ?? runMonth(subject);
  outcomes.set(subject, known);
  return known;
}

async function runMonth(subject: ContractSubject): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-month-'));
  const bench = await subject.start();
  try {
    return await monthOf(subject, bench, folder);
  } finally {
    await bench.sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The id of a block that is sold comes of the vendor's ids of the work that led to it. */
const Block = z.object({
  hours: z.number(),
  rateMinor: z.int(),
  remainingSeconds: z.int(),
  purchasedOn: z.string(),
  expiresOn: z.string().nullable(),
  status: z.string(),
});
const Part = z.object({ rateMinor: z.int(), seconds: z.int(), priceMinor: z.int() });
const Balances = z.object({
  clients: z.array(
    z.object({
      client: z.string(),
      settledSeconds: z.int(),
      pendingSeconds: z.int(),
      overageSeconds: z.int(),
      runOutOn: z.string(),
      blocks: z.array(Block),
    }),
  ),
});
const Outbox = z.object({
  messages: z.array(z.object({ client: z.string(), kind: z.string(), status: z.string() })),
});
const Statement = z.object({
  lines: z.array(
    z.object({
      kind: z.string(),
      workedFrom: z.string().nullable(),
      blocks: z.array(Part),
      workedSeconds: z.int().nullable(),
      chargedSeconds: z.int(),
      prices: z.unknown(),
    }),
  ),
});

interface Outcome {
  before: z.infer<typeof Balances>['clients'];
  after: z.infer<typeof Balances>['clients'];
  messages: z.infer<typeof Outbox>['messages'];
  lines: z.infer<typeof Statement>['lines'];
}

async function monthOf(
  subject: ContractSubject,
  bench: ContractBench,
  folder: string,
): Promise<Outcome> {
  writeBenchConfig(folder, { psa: { vendor: subject.vendor, bench } }, fileFor(bench));
  const run = commandsIn(folder);
  for (const [daysAgo, hour, minutes, client] of month) {
    const midnight = Math.floor(Date.now() / dayMs - daysAgo) * dayMs;
    await putWork(bench, client, midnight + hour * 3_600_000, minutes);
  }
  await run(['check'], z.unknown());
  await run(['run'], z.unknown());
  const before = await run(['balances'], Balances);
  // What was worked today takes Dupont to one hour.
  await putWorkOfToday(bench, 75 * 60);
  await run(['run'], z.unknown());
  // And nothing more comes of another look.
  await run(['run'], z.unknown());
  const after = await run(['balances'], Balances);
  const { messages } = await run(['outbox', 'list'], Outbox);
  const { lines } = await run(['statement', 'Dupont'], Statement);
  return { before: before.clients, after: after.clients, messages, lines };
}

async function putWork(bench: ContractBench, client: number, startMs: number, minutes: number) {
  const startedAt = new Date(startMs).toISOString();
  const work = { client, summary: 'Mail bounces', startedAt, seconds: minutes * 60 };
  await bench.putWork({ ...work, isBillable: true });
}

function fileFor(bench: ContractBench): object {
  const purchasedOn = new Date(Date.now() - 40 * dayMs).toISOString().slice(0, 10);
  const product = bench.invoice?.product;
  return {
    mode: 'live',
    timezone: bench.timezone ?? 'UTC',
    currency: 'EUR',
    store: './prepaid-hours.db',
    pushTo: 'psa',
    history: '2 months',
    offers: { ten: { hours: 10, rate: 110, ...(product ? { product } : {}) } },
    agreements: {
      standard: {
        debitWhen: 'ticket-closed',
        rounding: { per: 'entry', increment: '15m' },
        replenish: [{ when: { hoursLeft: 2 }, do: ['alert', 'invoice'], offer: 'ten' }],
      },
    },
    clients: clients.map((name, index) => ({
      name,
      ids: { psa: bench.clientIds[index] },
      agreement: 'standard',
      openingBlocks: [{ hours: index === 0 ? 12 : 8, rate: 120, purchasedOn }],
    })),
  };
}
