import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { client, entry, facts, makeFolder, openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

async function benchWithMarch(change: Parameters<typeof client>[0] = {}): Promise<CliBench> {
  const bench = await openReportBench(client(change));
  await bench.buy('2026-03-01T08:00:00.000Z');
  const work = facts([entry({ seconds: 8100 })], {}, 'Printer \u001b[2Jon fire');
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', work);
  return new CliBench(bench);
}

const march = ['statement', 'dupont', '--month', '2026-03'];
const terminal = { isOutTerminal: true, columns: 120, env: { NO_COLOR: '1' } };

test('statement on a terminal is text: what the page shows, table by table', async () => {
  const { out } = await (await benchWithMarch()).run(march, terminal);
  expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
    'Statement of prepaid hours, March 2026',
    'Dupont Plomberie',
    '1 March 2026 to 31 March 2026 (Europe/Paris)',
    '',
    'Balance',
    '  Opening balance, 1 March 2026  Closing balance, 31 March 2026',
    'Left in blocks  0 h  7 h 45',
    'Balance  0 h  7 h 45',
    '',
    'Hours bought',
    'Date  What  Block  Rate  Change',
    '1 March 2026  Hours bought  b-1  €120.00 per hour  +10 h',
    '',
    'Work',
    'Date  Work done  Technician  Worked  Charged  From  Price',
    '4 March 2026  #1001 Printer on fire (Remote)  Ann Lee  2 h 15  2 h 15  b-1  €270.00',
    'Total  2 h 15  2 h 15  €270.00',
    '',
    'Blocks',
    'Block  Bought  Expires  Size  Rate  Opening balance  Closing balance',
    'b-1  1 March 2026  never  10 h  €120.00 per hour  0 h  7 h 45',
    '',
    'A page for Dupont Plomberie: add --out FILE',
    '',
  ]);
});

test('on a narrow terminal the statement is stacked and nothing is lost', async () => {
  const { out } = await (await benchWithMarch()).run(march, { ...terminal, columns: 60 });
  expect(out).toContain('Left in blocks\n  Opening balance, 1 March 2026: 0 h\n');
  expect(out).toContain('Date: 4 March 2026\n  Work done: #1001 Printer on fire (Remote)\n');
  expect(out).toContain('Total\n  Worked: 2 h 15 · Charged: 2 h 15');
});

test('it is in the client’s language, and says that a running month is provisional', async () => {
  const cli = await benchWithMarch({ locale: 'fr' });
  const { out } = await cli.run(['statement', 'dupont'], terminal);
  expect(out).toMatch(/avril 2026\nDupont Plomberie\n.*\nProvisoire/);
  expect(out).toContain('\n\nRien n’a été acheté ni consommé sur cette période.\n\n');
});

test('text is also a format for a pipe and a file; a file whose name does not say stays the page', async () => {
  const cli = await benchWithMarch();
  const piped = await cli.run([...march, '--format', 'text']);
  expect(piped.out).toMatch(/^Statement of prepaid hours, March 2026\n/);
  const file = join(makeFolder(), 'march.txt');
  await cli.run([...march, '--format', 'text', '--out', file], terminal);
  expect(readFileSync(file, 'utf8')).toBe(piped.out);
  expect(piped.out).not.toContain('--out');
  const page = join(makeFolder(), 'march');
  await cli.run([...march, '--out', page], terminal);
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
  expect((await cli.run([...march, '--format', 'html'], terminal)).out).toMatch(/^<!doctype html>/);
});
