import { expect, test } from '@jest/globals';
import { openReportBench } from '../reports/report-bench.ts';
import { debits, timeEntry } from '../store/store-bench.ts';
import { CliBench } from './cli-bench.ts';

test('quarantine show: the row, its reason, since when, and what to do', async () => {
  const cli = new CliBench(await openReportBench());
  const row = timeEntry({ seconds: 108_000 });
  const reason = 'Time entry 9 is longer than a day (30 h).';
  const rejected = [
    { sourceId: '9', reason, row, vendorRow: { id: 9, notes: 'a\u001b[2J\u202eb' } },
    { sourceId: '10', reason: 'No start.', row: null, vendorRow: null },
  ];
  const at = '2026-03-05T10:00:00.000Z';
  await cli.bench.store.writePage({
    stream: 'timeEntries',
    rows: [],
    connection: 'psa',
    at,
    runId: 'r1',
    rejected,
    since: at,
  });
  const { out } = await cli.run(['quarantine', 'show', '1']);
  expect(out.split('\n')).toEqual([
    'Quarantined row 1',
    'From:      psa, timeEntries 9',
    'Status:    open',
    'Since:     2026-03-05 10:00 UTC',
    'Last seen: 2026-03-05 10:00 UTC',
    `Reason:    ${reason}`,
    '',
    'What to do',
    '  Correct it in "psa"; if it is not read again by itself: prepaid-hours quarantine retry 1',
    '  If it is right as it is: prepaid-hours quarantine accept 1',
    '',
    'The row',
    '{',
    '  "id": 9,',
    '  "notes": "a\\u001b[2J\\u202eb"',
    '}',
    '',
  ]);
  expect((await cli.run(['quarantine', 'show', '2'])).out).not.toMatch(/accept|The row/);
  expect((await cli.run(['quarantine'])).out).toContain('prepaid-hours quarantine show ID');
  await cli.run(['quarantine', 'accept', '1']);
  expect(await cli.json(['quarantine', 'show', '1'])).toMatchObject({
    id: 1,
    reason,
    status: 'accepted',
    firstSeenAt: at,
    row: { seconds: 108_000 },
    vendorRow: { id: 9 },
    steps: [expect.stringMatching(/^Accepted on .* retry 1$/)],
  });
  expect((await cli.run(['quarantine', 'show', '7'])).err).toContain(
    'No quarantine row has the id 7',
  );
});

test('quarantine show: for what debit found, the reason and the ways out', async () => {
  const cli = new CliBench(await openReportBench());
  await cli.bench.store.writeDebits(
    debits(0, {
      expected: [],
      warnings: [{ connection: 'psa', stream: 'clients', sourceId: '77', reason: 'Add its ids.' }],
    }),
  );
  const { out } = await cli.run(['quarantine', 'show', '1']);
  expect(out).toContain('Do what the reason says; the next run then debits the work.');
  expect(out).toContain('To leave it out for good: prepaid-hours quarantine accept 1');
});
