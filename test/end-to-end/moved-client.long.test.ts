/** A client changes its PSA in mid-block: balance, prices and history carry on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ContractBench, ContractSubject } from '../connectors/contract-bench.ts';
import { psaSubjects } from '../connectors/subjects.ts';
import { commandsIn, putWorkOfToday, writeBenchConfig } from '../support/bench-msp.ts';

const dayMs = 86_400_000;

/** Each vendor is moved from, or to, once. */
const moves = psaSubjects.flatMap((from, index) => {
  const to = psaSubjects[(index + 1) % psaSubjects.length] ?? from;
  return index % 2 === 0 ? [{ name: `${from.vendor.id} to ${to.vendor.id}`, from, to }] : [];
});

const Balances = z.object({
  clients: z.tuple([
    z.object({
      settledSeconds: z.int(),
      blocks: z.array(z.object({ rateMinor: z.int(), remainingSeconds: z.int() })),
    }),
  ]),
});
const Statement = z.object({
  lines: z.array(
    z.object({ kind: z.string(), workedSeconds: z.int().nullable(), prices: z.unknown() }),
  ),
});
const Outbox = z.object({
  messages: z.array(
    z.object({ kind: z.string(), key: z.string(), connection: z.string(), status: z.string() }),
  ),
});

test.each(moves)(
  'from $name',
  async ({ from, to }) => {
    const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-move-'));
    const [old, fresh] = await Promise.all([from.start(), to.start()]);
    const here = { subject: from, bench: old };
    const there = { subject: to, bench: fresh };
    try {
      const run = commandsIn(folder);
      useOnly(folder, here);
      const hours = [2, 1.5, 3, 2.25];
      for (const [index, hour] of hours.entries()) await putWork(old, 20 - index, hour);
      await run(['run'], z.unknown());
      const before = await run(['balances'], Balances);
      expect(before.clients[0]).toMatchObject({ settledSeconds: 3.25 * 3600 });
      const linesBefore = (await run(['statement', 'Dupont'], Statement)).lines;

      // The old tickets were taken over into the new PSA, with their time; the day of the move leaves them out.
      useBoth(folder, here, there);
      for (const [index, hour] of hours.entries()) await putWork(fresh, 20 - index, hour);
      await run(['check'], z.unknown());
      await run(['run'], z.unknown());
      expect(await run(['balances'], Balances)).toEqual(before);

      // Work in the new one takes the same block below its level, once, and it is the new one that is told.
      await putWorkOfToday(fresh, 1.5 * 3600);
      await run(['run'], z.unknown());
      await run(['run'], z.unknown());
      const after = await run(['balances'], Balances);
      expect(after.clients[0]).toEqual({
        settledSeconds: 11.75 * 3600,
        blocks: [
          { rateMinor: 12_000, remainingSeconds: 1.75 * 3600 },
          { rateMinor: 11_000, remainingSeconds: 10 * 3600 },
        ],
      });
      const { messages } = await run(['outbox', 'list'], Outbox);
      expect(messages).toMatchObject([
        { kind: 'invoice', connection: 'fresh', status: 'delivered' },
        { kind: 'alert-ticket', connection: 'fresh', status: 'delivered' },
      ]);
      const key = messages[0]?.key ?? '';
      expect([old, fresh].map((bench) => bench.countPushed('invoice', key))).toEqual([0, 1]);
      const { lines } = await run(['statement', 'Dupont'], Statement);
      expect(lines).toEqual(expect.arrayContaining(linesBefore));
      // Both exit with 5 where anything disagrees.
      await run(['verify'], z.unknown());
      await run(['reconcile'], z.unknown());
    } finally {
      await Promise.all([old.sandbox.close(), fresh.sandbox.close()]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);

interface Side {
  subject: ContractSubject;
  bench: ContractBench;
}

function useOnly(folder: string, { subject, bench }: Side): void {
  const connections = { old: { vendor: subject.vendor, bench } };
  const ids = { old: bench.clientIds[0] };
  writeBenchConfig(folder, connections, fileFor(bench, 'old', { ids }));
}

function useBoth(folder: string, old: Side, fresh: Side): void {
  const connections = {
    old: { vendor: old.subject.vendor, bench: old.bench },
    fresh: { vendor: fresh.subject.vendor, bench: fresh.bench },
  };
  const ids = { old: old.bench.clientIds[0], fresh: fresh.bench.clientIds[0] };
  const client = { ids, movedOn: { fresh: dayOf(2) } };
  writeBenchConfig(folder, connections, fileFor(fresh.bench, 'fresh', client));
}

function fileFor(bench: ContractBench, pushTo: string, client: object): object {
  const product = bench.invoice?.product;
  return {
    mode: 'live',
    timezone: bench.timezone ?? 'UTC',
    currency: 'EUR',
    store: './prepaid-hours.db',
    pushTo,
    history: '2 months',
    offers: { ten: { hours: 10, rate: 110, ...(product ? { product } : {}) } },
    agreements: {
      standard: {
        debitWhen: 'ticket-closed',
        replenish: [{ when: { hoursLeft: 2 }, do: ['alert', 'invoice'], offer: 'ten' }],
      },
    },
    clients: [
      {
        name: 'Dupont',
        agreement: 'standard',
        ...client,
        openingBlocks: [{ hours: 12, rate: 120, purchasedOn: dayOf(40) }],
      },
    ],
  };
}

function dayOf(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10);
}

async function putWork(bench: ContractBench, daysAgo: number, hours: number): Promise<void> {
  const startedAt = `${dayOf(daysAgo)}T09:00:00.000Z`;
  const work = { client: 0, summary: 'Mail bounces', startedAt, isBillable: true };
  await bench.putWork({ ...work, seconds: hours * 3600 });
}
