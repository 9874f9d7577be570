import { describe, expect, test } from '@jest/globals';
import { type Bench, pullRequest, readPages, readRows, withConnectwise } from './bench.ts';

const start = '2026-03-02T09:00:00Z';

describe('ConnectWise is asked', () => {
  test('once for each list on a quiet run, and for nothing else', () =>
    withConnectwise({}, async (bench) => {
      await readAll(bench);
      expect(bench.requests()).toContain('GET /login/companyinfo/mspdemo');
      // Another process, later: only the memory is left.
      const later = bench.connect({}, bench.context);
      const since = '2100-01-01T00:00:00.000Z';
      await readAll({ ...bench, connector: later }, since);
      expect(bench.requests()).toEqual([
        'GET /company/companies',
        'GET /service/tickets',
        'GET /project/tickets',
        'GET /time/entries',
        'GET /finance/invoices',
      ]);
    }));

  test('for changes and for the configured companies on every page, in forward-only pages', () =>
    withConnectwise({ settings: { pageSize: 2 } }, async (bench) => {
      addTime(bench, 5);
      const stranger = bench.sandbox.state.addCompany({ name: 'Not ours' });
      bench.sandbox.state.addTime({ company: stranger, member: bench.member, start, hours: '1' });
      expect(await readRows(bench, 'timeEntries')).toHaveLength(5);
      const pages = bench.sandbox.exchanges.filter(({ request }) => /entries$/.test(request.path));
      expect(pages.map(({ request }) => request.query.get('pageId'))).toEqual([null, '2', '4']);
      for (const { request } of pages) {
        expect(request.headers['pagination-type']).toBe('forward-only');
        expect(request.query.get('conditions')).toBe(
          'lastUpdated>=[2026-01-01T00:00:00Z] and company/id in (1,2)',
        );
        expect(request.query.get('fields')).toMatch(/actualHours.*_info/);
      }
    }));

  test('for the page after a full one even when the link to it is lost', () =>
    withConnectwise({ settings: { pageSize: 5 } }, async (bench) => {
      addTime(bench, 5);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(5);
      expect(bench.requests().filter((line) => /entries/.test(line))).toHaveLength(2);
    }));

  test('in URLs of at most 2,000 characters, however many clients there are', () =>
    withConnectwise({}, async (bench) => {
      const clientIds = Array.from({ length: 600 }, (_, index) => String(index + 1));
      addTime(bench, 1);
      expect(await readRows(bench, 'timeEntries', { clientIds })).toHaveLength(1);
      const urls = bench.sandbox.exchanges.map(({ request }) => {
        const query = [...request.query].map(([name, value]) => `${name}=${encoded(value)}`);
        return `${bench.sandbox.baseUrl}${request.path}?${query.join('&')}`;
      });
      expect(Math.max(...urls.map((url) => url.length))).toBeLessThanOrEqual(2000);
      const asked = bench.sandbox.exchanges.flatMap(({ request }) =>
        (/in \((.*)\)/.exec(request.query.get('conditions') ?? '')?.[1] ?? '').split(','),
      );
      expect(asked.filter((id) => id !== '')).toEqual(clientIds);
    }));
});

describe('An interrupted ConnectWise pass', () => {
  test('goes on in the list and after the row where it stopped', () =>
    withConnectwise({ settings: { pageSize: 2 } }, async (bench) => {
      const { company, board } = bench;
      const { state } = bench.sandbox;
      for (const kind of [
        'service',
        'service',
        'service',
        'project',
        'project',
        'project',
      ] as const)
        state.addTicket({ company, board, summary: 'Work', kind });
      const request = pullRequest(bench);
      const pages = await readPages(bench.connector, 'tickets', request);
      const ids = pages.flatMap((page) => page.rows.map((row) => row.sourceId));
      expect(pages.map((page) => page.rows.length)).toEqual([2, 1, 2, 1]);
      for (const [index, page] of pages.entries()) {
        if (page.resume === null) continue;
        const rest = await readPages(bench.connector, 'tickets', {
          ...request,
          resume: page.resume,
        });
        const before = pages.slice(0, index + 1).flatMap(({ rows }) => rows);
        const after = rest.flatMap(({ rows }) => rows);
        expect([...before, ...after].map((row) => row.sourceId)).toEqual(ids);
      }
      expect(pages.at(-1)?.resume).toBeNull();
    }));

  test('starts over when other clients are configured since', () =>
    withConnectwise({ settings: { pageSize: 2 } }, async (bench) => {
      addTime(bench, 5);
      const one = pullRequest(bench, { clientIds: [String(bench.company)] });
      const [page] = await readPages(bench.connector, 'timeEntries', one);
      const resume = page?.resume ?? null;
      expect(resume).not.toBeNull();
      expect(await readRows(bench, 'timeEntries', { resume })).toHaveLength(5);
    }));
});

describe('ConnectWise is not believed', () => {
  test('when its conditions are ignored: nothing of another company is taken', () =>
    withConnectwise({}, async (bench) => {
      const stranger = bench.sandbox.state.addCompany({ name: 'Not ours' });
      bench.sandbox.state.addTime({ company: stranger, member: bench.member, start, hours: '1' });
      bench.sandbox.state.switches.ignoresConditions = true;
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({
        kind: 'contract',
        message: expect.stringMatching(/client \d+, which was not requested/),
      });
    }));

  test('when it pages by number: rows could be lost', () =>
    withConnectwise({ settings: { pageSize: 2 } }, async (bench) => {
      addTime(bench, 5);
      bench.sandbox.state.switches.pagesForward = false;
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({
        kind: 'contract',
        message: expect.stringContaining('numbered pages'),
      });
    }));
});

describe('The codebase of ConnectWise', () => {
  test('is requested once, kept, and requested again when the service has moved', () =>
    withConnectwise({}, async (bench) => {
      addTime(bench, 1);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(1);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(1);
      expect(bench.requests().filter((line) => /login/.test(line))).toHaveLength(1);
      bench.sandbox.faults.add('moved');
      const later = bench.connect({}, bench.context);
      const read = await readPages(later, 'timeEntries', pullRequest(bench));
      expect(read.flatMap((page) => page.rows)).toHaveLength(1);
      expect(bench.requests()).toEqual([
        'GET /time/entries',
        'GET /login/companyinfo/mspdemo',
        'GET /time/entries',
      ]);
      expect([...bench.context.kept.values()]).toContain('v2026_2');
    }));

  test('is not requested on every honest 404', () => {
    let nowMs = Date.parse('2026-03-02T09:00:00Z');
    return withConnectwise({ now: () => nowMs }, async (bench) => {
      const note = {
        key: 'k',
        ticketId: '9',
        clientId: '1',
        audience: 'internal',
        body: 'x',
      } as const;
      const find = () =>
        bench.connector.push['ticket-note']?.find(note, AbortSignal.timeout(9_000));
      await expect(find()).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringMatching(/request sandbox-\d+/),
      });
      nowMs += 3_600_000;
      await expect(find()).rejects.toMatchObject({ kind: 'rejected' });
      await expect(find()).rejects.toMatchObject({ kind: 'rejected' });
      expect(bench.requests().filter((line) => /login/.test(line))).toHaveLength(2);
    });
  });

  test('of a company that ConnectWise does not know is a fault of the config', () =>
    withConnectwise({ settings: { companyId: 'nobody' } }, async (bench) => {
      await expect(readRows(bench, 'clients')).rejects.toMatchObject({
        kind: 'config',
        message: 'ConnectWise does not know the company "nobody".',
      });
    }));
});

function addTime(bench: Bench, count: number): void {
  const { company, member, workType } = bench;
  for (let index = 0; index < count; index += 1) {
    bench.sandbox.state.addTime({ company, member, workType, start, hours: '0.25' });
  }
}

async function readAll(bench: Bench, since = '2026-01-01T00:00:00.000Z'): Promise<void> {
  for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
    await readPages(bench.connector, stream, pullRequest(bench, { since }));
  }
}

/** As it went over the wire: everything but unreserved characters is three. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/[()*'!~]/g, '%00');
}
