import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UnloggedTerms } from '../../src/domain/agreements/terms.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';
import { sampleSize } from '../support/sample-size.ts';

const start = '2026-03-02T08:00:00.000Z';
const unloggedTime: UnloggedTerms = {
  action: 'debit',
  workType: 'Remote session',
  minimumSeconds: 0,
  toleranceSeconds: 0,
  afterDays: 0,
  from: null,
};

const Minute = fc.integer({ min: 0, max: 2400 });
const Length = fc.integer({ min: 1, max: 180 });
const Event = fc.oneof(
  fc.record({ kind: fc.constant('session' as const), at: Minute, minutes: Length }),
  fc.record({
    kind: fc.constant('entry' as const),
    at: Minute,
    minutes: Length,
    isTimed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('move' as const), nth: fc.nat(5), at: Minute }),
  fc.record({ kind: fc.constant('delete' as const), nth: fc.nat(5) }),
  fc.record({ kind: fc.constant('read again' as const) }),
);
type Event = typeof Event extends fc.Arbitrary<infer One> ? One : never;

async function open(): Promise<CoreBench> {
  const rounding = {
    per: 'entry' as const,
    incrementSeconds: 1,
    minimumSeconds: 0,
    graceSeconds: 0,
  };
  const sourceIds = new Map([
    ['psa', '1'],
    ['rmm', '17'],
  ]);
  const agreement = agreementOf({ unloggedTime, rounding, debitWhen: 'logged' });
  const bench = await CoreBench.open({
    clients: [clientOf({ sourceIds, agreement, timezone: 'UTC' })],
    isTimePerTicket: true,
  });
  bench.at('2026-03-06T08:00:00.000Z');
  bench.psa.ticket('100', { clientId: '1' });
  bench.psa.log('known', '100', '2026-02-20T09:00:00.000Z', 1);
  return bench;
}

function play(bench: CoreBench, event: Event, index: number): void {
  const own = bench.psa.timeEntries.filter(({ sourceId }) => sourceId !== 'known');
  if (event.kind === 'session') {
    bench.rmm.session(`s${index}`, addSeconds(start, event.at * 60), event.minutes);
  } else if (event.kind === 'entry') {
    const { at, minutes, isTimed } = event;
    bench.psa.log(`e${index}`, '100', addSeconds(start, at * 60), minutes, { isTimed });
  } else if (event.kind === 'read again') {
    for (const row of bench.rmm.sessions) row.updatedAt = bench.rmm.now;
  } else {
    const entry = own[event.nth % Math.max(1, own.length)];
    if (entry === undefined) return;
    if (event.kind === 'delete') bench.psa.removeEntry(entry.sourceId);
    else {
      const startedAt = addSeconds(start, event.at * 60);
      const endedAt = addSeconds(startedAt, entry.seconds);
      bench.psa.editEntry(entry.sourceId, { startedAt, endedAt });
    }
  }
  bench.psa.editTicket('100', {});
}

/** Most of a client’s time may go at once: somebody has said that it may. */
async function read(bench: CoreBench): Promise<void> {
  bench.advance(60);
  await bench.runWith(['pull', 'debit'], { acceptedSweeps: ['psa'] });
}

/** What sessions show outside the spans of timed entries, minute by minute. */
function mostUnlogged(bench: CoreBench): number {
  const spans = (rows: readonly { startedAt: string; endedAt: string }[]) =>
    rows.map(({ startedAt, endedAt }) => [Date.parse(startedAt), Date.parse(endedAt)] as const);
  const sessions = spans(bench.rmm.sessions);
  const entries = spans(bench.psa.timeEntries.filter(({ isTimed }) => isTimed));
  const isIn = (all: typeof sessions, at: number) =>
    all.some(([from, to]) => from <= at && at < to);
  let minutes = 0;
  for (let at = Date.parse(start); at < Date.parse(start) + 4 * 86_400_000; at += 60_000) {
    if (isIn(sessions, at) && !isIn(entries, at)) minutes += 1;
  }
  return minutes * 60;
}

/** What is debited in all, less what was logged. */
async function debitedFromSessions(bench: CoreBench): Promise<number> {
  const { settledSeconds, overageSeconds } = await bench.balance();
  const logged = bench.psa.timeEntries.reduce((sum, { seconds }) => sum + seconds, 0);
  return 36_000 - settledSeconds + overageSeconds - logged;
}

test('debited is what nobody logged, whatever came when, and never twice', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(Event, fc.boolean()), { minLength: 1, maxLength: 9 }),
    async (events) => {
      const [stepwise, whole] = [await open(), await open()];
      try {
        for (const [index, [event, isRun]] of events.entries()) {
          stepwise.advance(60);
          play(stepwise, event, index);
          if (isRun) await read(stepwise);
        }
        stepwise.advance(60);
        await read(stepwise);
        // Read in one go, in another order, as they are in the end.
        whole.rmm.sessions.push(...[...stepwise.rmm.sessions].reverse());
        whole.psa.timeEntries.splice(0, 1, ...[...stepwise.psa.timeEntries].reverse());
        whole.psa.editTicket('100', {});
        whole.at(stepwise.psa.now);
        await read(whole);
        const seconds = await debitedFromSessions(stepwise);
        expect(seconds).toBe(await debitedFromSessions(whole));
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(mostUnlogged(stepwise));
        const isUntimed = stepwise.psa.timeEntries.some(({ isTimed }) => !isTimed);
        if (!isUntimed) expect(seconds).toBe(mostUnlogged(stepwise));
        const rows = await stepwise.app.store.readUnlogged(null, null, null);
        expect(rows.reduce((sum, row) => sum + row.seconds, 0)).toBe(seconds);
        const before = stepwise.dump();
        await read(stepwise);
        expect(stepwise.dump().get('ledger')).toEqual(before.get('ledger'));
        expect(stepwise.dump().get('session_dirty') ?? []).toEqual([]);
      } finally {
        await stepwise.close();
        await whole.close();
      }
    },
  );
  await fc.assert(property, { numRuns: sampleSize({ short: 25, full: 300 }) });
}, 600_000);
