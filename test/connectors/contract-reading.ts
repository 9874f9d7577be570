import { expect, test } from '@jest/globals';
import type { StreamName } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import {
  type Added,
  addRows,
  type ContractSubject,
  hasTime,
  type Opened,
} from './contract-bench.ts';
import { pullRequest, readStream, readTime, withBench } from './contract-reads.ts';

type Work = readonly Added[];

export function describeReading(subject: ContractSubject): void {
  /** Two and a half pages of work, then the same questions to each stream that pages. */
  const forEachStream = (
    ask: (opened: Opened, stream: StreamName, path: RegExp, work: Work) => Promise<void>,
  ): Promise<void> =>
    withBench(subject, async (opened) => {
      const work = await addRows(opened.bench, Math.floor(opened.bench.pageSize * 2.5));
      expect(opened.bench.pageStreams.length).toBeGreaterThan(0);
      for (const { stream, path } of opened.bench.pageStreams) {
        opened.bench.sandbox.faults.clear();
        await ask(opened, stream, path, work);
      }
    });

  /** The same with a sandbox for each stream, so that they wait together. */
  const forEachStreamAtOnce: typeof forEachStream = (ask) =>
    withBench(subject, async ({ bench: { pageStreams } }) => {
      expect(pageStreams.length).toBeGreaterThan(0);
      const askAbout = async (opened: Opened, index: number) => {
        const work = await addRows(opened.bench, Math.floor(opened.bench.pageSize * 2.5));
        for (const { stream, path } of opened.bench.pageStreams.slice(index, index + 1)) {
          await ask(opened, stream, path, work);
        }
      };
      const all = pageStreams.map((_, index) =>
        withBench(subject, (opened) => askAbout(opened, index)),
      );
      await Promise.all(all);
    });

  test('reads every row over several pages, the same ids each time', () =>
    forEachStream(async (opened, stream, _path, work) => {
      const first = await readStream(opened, stream);
      expectAll(stream, first.ids, work);
      expect(first.rejected).toEqual([]);
      const second = await readStream(opened, stream);
      expect([...new Set(second.ids)].sort()).toEqual([...new Set(first.ids)].sort());
    }));

  if (hasTime(subject)) {
    test('reads time to the second, on its ticket', () =>
      withBench(subject, async (opened) => {
        const work = await opened.bench.addWork(3);
        const rows = await readTime(opened);
        for (const { ticketId, entryId, seconds } of work) {
          const row = rows.find((candidate) => candidate.sourceId === entryId);
          expect(row).toMatchObject({ ticketId, seconds });
        }
      }));
  }

  test('reads nothing, and fails at nothing, where nothing changed', () =>
    forEachStream(async (opened, stream) => {
      const later = new Date(Date.now() + 7 * 86_400_000).toISOString();
      const read = await readStream(opened, stream, { since: later, until: later });
      expect([read.rows, read.rejected]).toEqual([[], []]);
    }));

  test('loses nothing when the vendor repeats a page', () =>
    forEachStream(async (opened, stream, path, work) => {
      opened.bench.sandbox.faults.add('duplicate-page', { path });
      expectAll(stream, (await readStream(opened, stream)).ids, work);
    }));

  test('reads rows again that were read but not stored', () =>
    forEachStream(async (opened, stream, _path, work) => {
      const since = new Date(Date.now() - 60_000).toISOString();
      const whenStored = () => Promise.reject(new Error('not stored'));
      await readStream(opened, stream, { since, whenStored }).catch((error: unknown) => {
        expect(String(error)).toContain('not stored');
      });
      expectAll(stream, (await readStream(opened, stream, { since })).ids, work);
    }));

  test('stops with a contract error when paging turns in a circle', () =>
    forEachStream(async (opened, stream, path) => {
      const { pageStreams } = opened.bench;
      if (pageStreams.some((one) => one.stream === stream && one.isWhole)) return;
      opened.bench.sandbox.faults.add('page-loop', { times: Number.POSITIVE_INFINITY, path });
      await expect(readStream(opened, stream)).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('waits as long as the vendor asks, counts every request, and then reads all', () =>
    forEachStreamAtOnce(async (opened, stream, path, work) => {
      opened.bench.sandbox.faults.add('rate-limited', { path, retryAfterSeconds: 1 });
      const startedAt = performance.now();
      expectAll(stream, (await readStream(opened, stream)).ids, work);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
      expect(opened.context.requestCount).toBe(opened.bench.sandbox.exchanges.length);
    }));

  test.each(['server-error', 'html'] as const)('tries again after: %s', (fault) =>
    forEachStream(async (opened, stream, path, work) => {
      opened.bench.sandbox.faults.add(fault, { path });
      expectAll(stream, (await readStream(opened, stream)).ids, work);
      expect(opened.bench.sandbox.exchanges.some(({ status }) => status >= 500)).toBe(
        fault === 'server-error',
      );
    }),
  );

  test('sets one bad row aside, with its reason, and reads the others', () =>
    forEachStream(async (opened, stream, path, work) => {
      opened.bench.sandbox.faults.add('bad-row', { path });
      const read = await readStream(opened, stream);
      expect(read.rejected).toHaveLength(1);
      expect(read.rejected[0]?.sourceId).toMatch(/./);
      expect(read.rejected[0]?.reason).toMatch(/./);
      const seen = [...read.ids, read.rejected[0]?.sourceId ?? ''];
      const missing = idsOf(stream, work).filter((id) => !seen.includes(id));
      // The set-aside row may not show its own id, but it is the only one that may be missing.
      expect(missing.length).toBeLessThanOrEqual(1);
    }));

  test('goes on after an interrupted pass without losing a row', () =>
    forEachStream(async (opened, stream, _path, work) => {
      const request = pullRequest(opened);
      const all = await readStream(opened, stream, request);
      for (const stopAfter of all.pages.keys()) {
        const before = await readStream(opened, stream, request, stopAfter + 1);
        const resume = before.pages.findLast((page) => page.resume !== null)?.resume ?? null;
        const after = await readStream(opened, stream, { ...request, resume });
        expectAll(stream, [...before.ids, ...after.ids], work);
      }
    }));

  test('stops at once when told to, with the reason it was given', () =>
    forEachStream(async (opened, stream, path) => {
      opened.bench.sandbox.faults.add('slow', { path, delayMs: 3_000 });
      const stop = new AbortController();
      const startedAt = performance.now();
      setTimeout(() => stop.abort(new Error('told to stop')), 100);
      const failure = readStream(opened, stream, { signal: stop.signal });
      await expect(failure).rejects.toThrow('told to stop');
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }));

  test('gives up on a vendor that is down with an error that may be tried again', () =>
    withBench(subject, async (opened) => {
      const { stream } = opened.bench.pageStreams[0] ?? { stream: 'tickets' as const };
      await opened.bench.sandbox.close();
      const error = await readStream(opened, stream).catch((reason: unknown) => reason);
      expect(isKindError(error, 'transient')).toBe(true);
    }));
}

function idsOf(stream: StreamName, work: Work): string[] {
  return work.flatMap((item) => item[stream] ?? []);
}

/** Every added row is there. Of streams without added work only that they could be read. */
function expectAll(stream: StreamName, ids: readonly string[], work: Work): void {
  expect(idsOf(stream, work).filter((id) => !ids.includes(id))).toEqual([]);
}
