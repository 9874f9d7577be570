import { describe, expect, test } from '@jest/globals';
import { buildStatement, differenceSeconds } from '../../src/reports/statement/statement.ts';
import { statementToCsv } from '../../src/reports/statement/statement-csv.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import { statementToJson } from '../../src/reports/statement/statement-json.ts';
import type { Statement, StatementLine } from '../../src/reports/statement/statement-shape.ts';
import { closed, entry, facts, openReportBench, type ReportBench } from './report-bench.ts';

const later = '2026-12-31T00:00:00.000Z';

function monthOf(bench: ReportBench, month: string, now = later): Promise<Statement> {
  const { client, store } = bench;
  return buildStatement(store, { client, month, locale: client.locale, now });
}

function kinds(statement: Statement): StatementLine['kind'][] {
  return statement.lines.map((line) => line.kind);
}

function printed(statement: Statement): string[] {
  return [statementToHtml(statement), statementToCsv(statement), statementToJson(statement)];
}

test('a month lists what was bought and used, and opening and lines come to the closing balance', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-02-10T08:00:00.000Z');
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 2460 })]));
  await bench.adjust('2026-03-20T09:00:00.000Z', -1800, 'Visit never logged');
  const statement = await monthOf(bench, '2026-03');
  expect(statement.opening.netSeconds).toBe(36_000);
  expect(statement.closing).toEqual({
    settledSeconds: 36_000 - 2700 - 1800,
    overageSeconds: 0,
    netSeconds: 31_500,
    money: [],
  });
  expect(statement.lines).toMatchObject([
    {
      kind: 'usage',
      workedFrom: '2026-03-04',
      ticketNumbers: ['1001'],
      summary: 'Printer on fire',
      technicians: ['Ann Lee'],
      workTypes: ['Remote'],
      workedSeconds: 2460,
      seconds: -2700,
      blocks: [{ blockId: 'b-1', seconds: 2700, rateMinor: 12_000, priceMinor: 9000 }],
    },
    { kind: 'adjustment', seconds: -1800, note: 'Visit never logged' },
  ]);
  expect(differenceSeconds(statement)).toBe(0);
});

test('a charge over two blocks and overage is one line, with the shares inside it', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { id: 'b-1', seconds: 3600 });
  await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-2', seconds: 3600, rateMinor: 10_000 });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 9000 })]));
  const statement = await monthOf(bench, '2026-03');
  expect(kinds(statement)).toEqual(['purchase', 'purchase', 'usage']);
  expect(statement.lines[2]).toMatchObject({
    seconds: -9000,
    blocks: [
      { blockId: 'b-1', seconds: 3600, priceMinor: 12_000 },
      { blockId: 'b-2', seconds: 3600, priceMinor: 10_000 },
    ],
    overageSeconds: 1800,
  });
  expect(statement.closing).toEqual({
    settledSeconds: 0,
    overageSeconds: 1800,
    netSeconds: -1800,
    money: [],
  });
  // A client knows its blocks by size and date, and never reads our IDs.
  const html = statementToHtml(statement);
  expect(html).toContain(
    '1 h from the 1 h block of 1 March 2026, 1 h from the 1 h block of 2 March 2026, 30 min beyond your blocks',
  );
  expect(html).not.toMatch(/b-[12]/);
});

test('posting, reversal and posting again within the month are one net line', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  await bench.charge('2026-03-06T09:00:00.000Z', 'g1', null, 'ticket-open');
  await bench.charge('2026-03-07T09:00:00.000Z', 'g1', facts([entry({ seconds: 5400 })]));
  await bench.charge('2026-03-08T09:00:00.000Z', 'g2', facts([entry({ sourceId: 'e2' })]));
  await bench.charge('2026-03-09T09:00:00.000Z', 'g2', null, 'gone');
  const statement = await monthOf(bench, '2026-03');
  expect(kinds(statement)).toEqual(['purchase', 'usage']);
  expect(statement.lines[1]).toMatchObject({ seconds: -5400, blocks: [{ seconds: 5400 }] });
});

describe('a month that is over', () => {
  test('re-prints byte for byte after later corrections, which appear on the next one', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-02-10T08:00:00.000Z', { expiresOn: '2026-12-31' });
    await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 3600 })]));
    await bench.charge('2026-03-05T09:00:00.000Z', 'g2', facts([entry({ sourceId: 'e2' })]));
    const march = await monthOf(bench, '2026-03');
    const before = printed(march);

    await bench.charge('2026-04-02T09:00:00.000Z', 'g1', facts([entry({ seconds: 2700 })]));
    await bench.charge('2026-04-03T09:00:00.000Z', 'g2', null, 'ticket-open');
    await bench.expire('2026-04-20T09:00:00.000Z', 'b-1');
    expect(printed(await monthOf(bench, '2026-03'))).toEqual(before);

    const april = await monthOf(bench, '2026-04');
    expect(april.opening).toEqual(march.closing);
    expect(april.lines).toMatchObject([
      {
        kind: 'correction',
        seconds: 900,
        ticketNumbers: ['1001'],
        correction: {
          beforeSeconds: 3600,
          afterSeconds: 2700,
          changes: [{ code: 'worked', beforeSeconds: 3600, afterSeconds: 2700 }],
        },
        blocks: [{ blockId: 'b-1', seconds: -900, priceMinor: -3000 }],
      },
      {
        kind: 'correction',
        seconds: 3600,
        technicians: ['Ann Lee'],
        correction: { changes: [{ code: 'withdrawn', reason: 'ticket-open' }] },
      },
      { kind: 'expiry', seconds: -(36_000 - 2700) },
    ]);
    expect(april.closing.netSeconds).toBe(0);
    const html = statementToHtml(april);
    expect(html).toContain('time worked 1 h → 45 min');
    expect(html).toContain('withdrawn: the ticket is open');
  });

  test('work withdrawn in one month and charged again in the next is a line like any other', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-02-10T08:00:00.000Z');
    await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
    await bench.charge('2026-04-02T09:00:00.000Z', 'g1', null, 'ticket-open');
    await bench.charge('2026-05-02T09:00:00.000Z', 'g1', facts([entry()]));
    expect(kinds(await monthOf(bench, '2026-04'))).toEqual(['correction']);
    const may = await monthOf(bench, '2026-05');
    expect(kinds(may)).toEqual(['usage']);
    expect(statementToHtml(may)).toContain('worked in an earlier period');
  });

  test('ends at midnight of the client, not of Greenwich', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-03-31T21:59:59.999Z', { id: 'b-1' });
    await bench.buy('2026-03-31T22:00:00.000Z', { id: 'b-2' });
    expect((await monthOf(bench, '2026-03')).closing.netSeconds).toBe(36_000);
    expect((await monthOf(bench, '2026-04')).opening.netSeconds).toBe(36_000);
  });
});

test('overage that a later block pays moves no hours, and now has a price', async () => {
  const bench = await openReportBench();
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  await bench.adjust('2026-03-06T09:00:00.000Z', -900, 'Phone call');
  await bench.buy('2026-04-01T09:00:00.000Z');
  const april = await monthOf(bench, '2026-04');
  expect(april.opening.overageSeconds).toBe(4500);
  expect(april.lines).toMatchObject([
    { kind: 'purchase', seconds: 36_000 },
    {
      kind: 'overage-paid',
      seconds: 0,
      overageSeconds: -3600,
      blocks: [{ blockId: 'b-1', seconds: 3600, priceMinor: 12_000 }],
    },
    { kind: 'overage-paid', seconds: 0, overageSeconds: -900, note: null },
  ]);
  expect(april.closing).toEqual({
    settledSeconds: 31_500,
    overageSeconds: 0,
    netSeconds: 31_500,
    money: [],
  });
});

test('the CSV counts the balance from line to line', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { id: 'b-1', seconds: 3600 });
  await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-2', seconds: 7200 });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 4500 })]));
  expect(
    statementToCsv(await monthOf(bench, '2026-03'))
      .split('\r\n')
      .slice(1),
  ).toEqual([
    'opening,2026-03-01,,,,,,,,,,,,,,,0,,',
    'purchase,2026-03-01,,,,,,,,,3600,b-1,0,,,,3600,,',
    'purchase,2026-03-02,,,,,,,,,7200,b-2,0,,,,10800,,',
    'usage,2026-03-05,2026-03-04,2026-03-04,1001,Printer on fire,Ann Lee,Remote,4500,1.25,-4500,' +
      '"b-1 1 h; b-2 15 min",0,150.00,EUR,,6300,,',
    'closing,2026-03-31,,,,,,,,,,,,,,,6300,,',
    '',
  ]);
});

test('free work appears with no hours charged', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ workType: 'Travel' })]));
  const statement = await monthOf(bench, '2026-03');
  expect(statement.lines[1]).toMatchObject({ kind: 'usage', workedSeconds: 3600, seconds: 0 });
  expect(statementToHtml(statement)).toContain('free of charge');
});

test('a month that is not over is marked provisional and shows what is pending', async () => {
  const bench = await openReportBench({ locale: 'fr' });
  const statement = await monthOf(bench, '2026-03', '2026-03-15T00:00:00.000Z');
  expect(statement.provisional).toEqual({ pendingSeconds: 0 });
  expect(statementToHtml(statement)).toContain('Provisoire');
  expect(statementToHtml(statement)).toContain('<html lang="fr">');
});

test('a ledger whose lines do not come to the closing balance is never shown', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  const sums = [
    {
      blockId: 'b-1',
      openingSeconds: 1,
      closingSeconds: 1,
      openingMinor: null,
      closingMinor: null,
    },
  ];
  const crooked = { ...bench.store, readBalancesAt: async () => sums };
  const request = { client: bench.client, month: '2026-03', locale: 'en', now: later } as const;
  await expect(buildStatement(crooked, request)).rejects.toThrow(/miss -36000 s between/);
});

test.each(['2026-13', '26-3', '', '2026-3'])('%p is refused as a month', async (month) => {
  const bench = await openReportBench();
  await expect(monthOf(bench, month)).rejects.toMatchObject({ kind: 'config' });
});

test('hostile text acts in no format', async () => {
  const bench = await openReportBench({ name: '<b>&"\u202e' });
  await bench.buy('2026-03-01T08:00:00.000Z');
  const summary = '=HYPERLINK("http://x","y")\u202e\u001b[31m<script>alert(1)</script>\r\n,";';
  const work = [entry({ technician: '@SUM(1)', workType: '+1' })];
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(work, {}, summary));
  const statement = await monthOf(bench, '2026-03');
  const html = statementToHtml(statement);
  expect(html).not.toMatch(/<script|<b>|\p{Cf}/u);
  expect(html).not.toContain('\u001b');
  expect(html).toContain('&lt;script&gt;alert(1)');
  const csv = statementToCsv(statement);
  expect(csv).toContain(`"'=HYPERLINK(""http://x"",""y"")<script>alert(1)</script> ,"";"`);
  expect(csv).toContain(",'@SUM(1),'+1,");
  expect(csv.split('\r\n')).toHaveLength(6);
  // A negative number may be read as one.
  expect(csv).toContain(',3600,1,-3600,b-1,0,120.00,EUR,,');
  const json = statementToJson(statement);
  expect(json).not.toMatch(/\p{Cf}/u);
  expect(json).not.toContain('\u001b');
  expect(JSON.parse(json).lines[1].summary).toBe(summary);
});

test('dearer hours are priced by what they took from the block', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { rateMinor: 13_000 });
  const multipliers = [{ workType: null, role: null, outside: closed, factorThousandths: 1500 }];
  const work = facts([entry({ seconds: 2460 })], { multipliers });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', work);
  const [, line] = (await monthOf(bench, '2026-03')).lines;
  expect(line).toMatchObject({ seconds: -4050, blocks: [{ priceMinor: 14_625 }] });
});
