/** Work as an MSP does it, read back as it was done. */
import { expect, test } from '@jest/globals';
import type { NameIds, StreamName, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { createTestContext } from '../support/connector-context.ts';
import type { ContractBench, ContractSubject, Opened, WorkItem } from './contract-bench.ts';
import { pullRequest, readStream, readTime, withBench } from './contract-reads.ts';

const plainWork: WorkItem = {
  client: 0,
  summary: 'Mail bounces',
  startedAt: '2026-03-02T09:00:00.000Z',
  seconds: 2700,
  isBillable: true,
};

/** In Brussels the hour before the clocks go forward, across it, after it, and after they go back. */
const summerTime = [
  ['2026-03-28T23:00:00.000Z', 3600],
  ['2026-03-29T00:30:00.000Z', 3600],
  ['2026-03-29T01:00:00.000Z', 2700],
  ['2026-10-25T02:00:00.000Z', 3600],
] as const;

const farNames = 'Überprüfung – 見積もり 🙂 "quotes" & <b>l’été</b> ½ h';

export function describeWork(subject: ContractSubject): void {
  const { table } = subject.vendor;

  test('reads every row where the last page is exactly full, in no more requests than that takes', () =>
    withBench(subject, async (opened) => {
      for (const { stream, path, filters = 1 } of workStreams(opened.bench)) {
        const before = new Set((await readStream(opened, stream)).ids).size;
        const { pageSize } = opened.bench;
        const missing = pageSize * 2 + (pageSize - (before % pageSize));
        const put = await putWork(opened, missing);
        const sent = opened.bench.sandbox.exchanges.length;
        const read = await readStream(opened, stream);
        expect(missingIds(stream, put, read.ids)).toEqual([]);
        const requests = opened.bench.sandbox.exchanges
          .slice(sent)
          .filter(({ request }) => path.test(request.path)).length;
        expect(requests).toBeLessThanOrEqual((before + missing) / pageSize + filters);
      }
    }));

  test('misses no row where another comes up while it pages, and sees that one next time', () =>
    withBench(subject, async (opened) => {
      for (const { stream } of workStreams(opened.bench)) {
        const put = await putWork(opened, opened.bench.pageSize * 2);
        const pull = opened.connector.pull[stream];
        const ids: string[] = [];
        const late: Put[] = [];
        for await (const page of pull?.(pullRequest(opened)) ?? []) {
          ids.push(...page.rows.map(({ sourceId }) => sourceId));
          if (late.length === 0) late.push(...(await putWork(opened, 1)));
        }
        expect(missingIds(stream, put, ids)).toEqual([]);
        const next = await readStream(opened, stream);
        expect(missingIds(stream, late, next.ids)).toEqual([]);
      }
    }));

  test('reads time around the change of the clocks to the second', () =>
    withBench(subject, async (opened) => {
      for (const [startedAt, seconds] of summerTime) {
        const { entryId } = await opened.bench.putWork({ ...plainWork, startedAt, seconds });
        const row = await timeRow(opened, entryId, startedAt);
        expect(row).toMatchObject({ seconds, startedAt, endedAt: addSeconds(startedAt, seconds) });
      }
    }));

  test('reads the same times wherever the MSP sits, or its check says that the zone is wrong', () =>
    withBench(subject, async (opened) => {
      const { entryId } = await opened.bench.putWork(plainWork);
      const context = createTestContext({ timezone: 'Asia/Tokyo' });
      const config = subject.vendor.config.parse(opened.bench.settings);
      const connector = subject.vendor.create(config, context);
      const away = { ...opened, connector, context };
      const row = await timeRow(away, entryId, plainWork.startedAt);
      if (row.startedAt !== plainWork.startedAt) {
        const results = await connector.check(opened.bench.clientIds, AbortSignal.timeout(20_000));
        expect(results).toContainEqual(
          expect.objectContaining({
            id: expect.stringMatching(/zone/),
            status: expect.not.stringMatching('ok'),
          }),
        );
      }
    }));

  test('keeps letters of every script', () =>
    withBench(subject, async (opened) => {
      const { ticketId } = await opened.bench.putWork({ ...plainWork, summary: farNames });
      const tickets = (await readStream(opened, 'tickets')).rows as TicketRow[];
      expect(tickets.find(({ sourceId }) => sourceId === ticketId)?.summary).toBe(farNames);
    }));

  test.each(['text', 'numbers'] as const)('reads the same rows where ids come as %s', (form) =>
    withBench(subject, async (opened) => {
      await putWork(opened, 2);
      const before = await everything(opened);
      opened.bench.sandbox.faults.distort((json) => withIdsAs(form, json));
      expect(await everything(opened)).toEqual(before);
    }),
  );

  test('shows what a row names by the ids of its own lists, so that a rename is followed', () =>
    withBench(subject, async (opened) => {
      const { entryId } = await opened.bench.putWork(plainWork);
      const { clientIds } = opened.bench;
      const lists = await opened.connector.listNames?.(clientIds, AbortSignal.timeout(20_000));
      const tickets = (await readStream(opened, 'tickets')).rows as TicketRow[];
      const rows = [...tickets, await timeRow(opened, entryId, plainWork.startedAt)];
      for (const [list, field] of listedFields) {
        const things = lists?.[list]?.filter(({ sourceId }) => sourceId !== null) ?? [];
        if (things.length === 0) continue;
        for (const { [field]: name = null, ids } of rows as NamingRow[]) {
          if (name === null) continue;
          expect(things).toContainEqual({ sourceId: ids?.[field] ?? expect.any(String), name });
        }
      }
    }));

  test('reports approval, or says that the vendor has none', () =>
    withBench(subject, async (opened) => {
      const { entryId } = await opened.bench.putWork(plainWork);
      const { isApproved } = await timeRow(opened, entryId, plainWork.startedAt);
      expect(isApproved !== null).toBe(table.approval);
    }));

  test('notices time that is gone, or says that it does not', () =>
    withBench(subject, async (opened) => {
      const { removeTime } = opened.bench;
      if (removeTime === undefined) return;
      expect(table.deletions).not.toBeNull();
      const gone = await opened.bench.putWork(plainWork);
      const kept = await opened.bench.putWork({ ...plainWork, client: 1 });
      // What a sweep relies on may have to be verified by what is there.
      await opened.connector.check(opened.bench.clientIds, AbortSignal.timeout(20_000));
      expect(await standingIds(opened)).toEqual(expect.arrayContaining([gone.entryId]));
      const { present, ticketTime } = opened.connector.pull;
      if (present !== undefined && ticketTime !== undefined) {
        expect(present.ticketOf?.(gone.entryId)).toBe(gone.ticketId);
      }
      await removeTime(gone.entryId);
      const ids = await standingIds(opened);
      expect(ids).toContain(kept.entryId);
      expect(ids).not.toContain(gone.entryId);
    }));
}

const listedFields = [
  ['boards', 'board'],
  ['ticketTypes', 'ticketType'],
  ['agreements', 'agreement'],
  ['workTypes', 'workType'],
  ['roles', 'role'],
] as const;
type NamingRow = Pick<TicketRow, 'ids'> & { [field in keyof NameIds]?: string | null };

type Put = Awaited<ReturnType<ContractBench['putWork']>>;

function workStreams(bench: ContractBench): ContractBench['pageStreams'] {
  return bench.pageStreams.filter(({ stream }) => stream === 'tickets' || stream === 'timeEntries');
}

async function putWork(opened: Opened, count: number): Promise<Put[]> {
  const put: Put[] = [];
  for (let index = 0; index < count; index += 1) {
    put.push(await opened.bench.putWork({ ...recently(), summary: `Mail bounces ${index}` }));
  }
  return put;
}

/** Work of today, for a vendor that looks for time by the day of the work. */
function recently(): WorkItem {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  return { ...plainWork, startedAt: addSeconds(new Date(minute).toISOString(), -3600) };
}

function missingIds(stream: StreamName, put: readonly Put[], ids: readonly string[]): string[] {
  const wanted = put.map((item) => (stream === 'tickets' ? item.ticketId : item.entryId));
  return wanted.filter((id) => !ids.includes(id));
}

/** One entry, requested as from the day of its work. */
async function timeRow(opened: Opened, entryId: string, startedAt: string): Promise<TimeEntryRow> {
  const rows = await readTime(opened, { since: addSeconds(startedAt, -86_400) });
  const row = rows.find(({ sourceId }) => sourceId === entryId);
  if (row === undefined) throw new Error(`The time entry ${entryId} was not read.`);
  return row;
}

async function everything(opened: Opened): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const stream of ['clients', 'tickets', 'invoices'] as const) {
    if (opened.connector.pull[stream] === undefined) continue;
    const read = await readStream(opened, stream);
    expect(read.rejected).toEqual([]);
    rows.push(...read.rows);
  }
  return [...rows, ...(await readTime(opened))];
}

/** IDs of the existing time, however the vendor reports deletions. */
async function standingIds(opened: Opened): Promise<string[]> {
  const { present } = opened.connector.pull;
  if (present === undefined) return (await readTime(opened)).map(({ sourceId }) => sourceId);
  const window = {
    from: addSeconds(plainWork.startedAt, -86_400),
    to: addSeconds(plainWork.startedAt, 86_400),
    clientIds: opened.bench.clientIds,
    signal: AbortSignal.timeout(20_000),
  };
  const ids: string[] = [];
  for await (const page of present.ids(window)) ids.push(...page);
  expect(await present.count(window)).toBe(new Set(ids).size);
  return ids;
}

/** Every id that a number or a text can hold alike, in the other form. */
function withIdsAs(form: 'text' | 'numbers', json: unknown, key = ''): unknown {
  if (Array.isArray(json)) return json.map((item) => withIdsAs(form, item, key));
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [name, withIdsAs(form, value, name)]),
    );
  }
  if (!/^id$|[a-z](?:Id|ID)$|_id$/.test(key)) return json;
  if (form === 'text') return typeof json === 'number' ? String(json) : json;
  const isNumber = typeof json === 'string' && /^[1-9]\d{0,14}$/.test(json);
  return isNumber ? Number(json) : json;
}
