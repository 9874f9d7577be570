import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { runCli } from '../../src/cli/program.ts';
import { service } from '../../src/cli/service.ts';
import { toFormatOptions } from '../../src/domain/format.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-owner-'));
const file = join(folder, 'connector.yaml');
const name = 'Dupont Plomberie et Chauffage de la Haute-Vallée SARL (Lyon)';
let bench: CoreBench;

beforeAll(async () => {
  const workTypes = { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' } as const;
  const proactive = { workTypes: [], ticketSources: ['Alert'], ticketTypes: [], boards: [] };
  const agreement = agreementOf({ workTypes, proactive });
  const client = clientOf({ name, locale: 'fr', agreement });
  const openingBlocks = [openingOf(30, { purchasedOn: '2026-01-01' })];
  bench = await CoreBench.open({ clients: [{ ...client, openingBlocks }] });
  bench.psa.pageSize = 50;
  for (let month = 1; month <= 7; month += 1) {
    const id = String(month);
    const on = `2026-0${month}-05T09:00:00.000Z`;
    bench.at(on);
    bench.psa.ticket(id, {
      summary: '\u001b[31m=SUM(A1) on the 2nd floor, behind the lift',
      source: month < 5 ? '\u001b[31m=Email' : 'Alert',
    });
    bench.psa.log(`${id}1`, id, on, 240 + month * 15);
    bench.psa.log(`${id}2`, id, on, 30, { workType: 'Travel', technicianId: 't2' });
    bench.advance(24 * 3600);
    bench.psa.close(id);
    await bench.run();
  }
  bench.at('2026-08-10T08:00:00.000Z');
});

afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], locale: 'en' | 'fr' = 'en') {
  const shown = { out: '', err: '' };
  const config = { ...bench.app.config, ...toFormatOptions(locale), file };
  const exitCode = await runCli(
    {
      vendors: registry,
      service: {
        ...service,
        openApp: async () => ({ ...bench.app, config, close: async () => {} }),
      },
      send: async () => {},
      out: (text) => {
        shown.out += text;
      },
      err: (text) => {
        shown.err += text;
      },
      isOutTerminal: true,
      isErrTerminal: false,
      columns: 80,
      env: { NO_COLOR: '1', PUBLIC: 'a-public-key', PRIVATE: 'a-private-key' },
      signal: new AbortController().signal,
      version: '1',
    },
    args,
  );
  return { exitCode, ...shown };
}

test.each([
  [['report', 'leaks']],
  [['report', 'leaks', 'Dupont']],
  [['report', 'bridge']],
  [['report', 'bridge', 'Dupont', '--price', '500', '--cost-per-hour', '60']],
  [['report', 'proactive']],
  [['report', 'proactive', 'Dupont']],
  [['report', 'proactive', '--sources']],
])('%j fits a terminal of 80 columns, in both languages', async (args) => {
  for (const locale of ['en', 'fr'] as const) {
    const { exitCode, out, err } = await run(args, locale);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out).not.toMatch(/undefined|NaN|\[31m/);
  }
});

test('the leaks of a client name the ticket, the hours and the amount', async () => {
  const { out } = await run(['report', 'leaks', 'Dupont', '--from', '2026-02', '--to', '2026-02']);
  expect(out).toContain('€60.00 not billed');
  expect(out).toContain('free: work type excluded');
  expect(out).toContain('t:psa:2#1');
  expect(out).not.toContain('t:psa:3#1');
  const french = await run(['report', 'leaks'], 'fr');
  expect(french.out).toContain('gratuit\u00a0: type de travail exclu');
});

test('csv and json say the same; a summary from the PSA starts no formula and no sequence', async () => {
  const { out } = await run(['report', 'leaks', '--format', 'csv']);
  const lines = out.trim().split('\r\n');
  expect(lines[0]).toMatch(/^client,month,section,reason,is_leak,ticket,summary,explain,/);
  const { clients } = JSON.parse((await run(['report', 'leaks', '--json'])).out);
  expect(lines).toHaveLength(1 + clients[0].rows.length);
  // The half hour on the road each month, and what the thirty hours did not cover.
  expect(
    clients[0].sums.map(({ reason, minor }: { reason: string; minor: number }) => [reason, minor]),
  ).toEqual([
    ['free-excluded', 42_000],
    ['overage', 60_000],
  ]);
  expect(lines[1]).toContain(`"'=SUM(A1) on the 2nd floor, behind the lift"`);
});

test('pages are written to the file that is named, and say nothing that the PSA could inject', async () => {
  const out = join(folder, 'leaks.html');
  expect((await run(['report', 'leaks', '--out', out])).out).toContain(out);
  const html = readFileSync(out, 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain('=SUM(A1) on the 2nd floor');
  const page = join(folder, 'proposal.html');
  await run([
    'report',
    'bridge',
    'Dupont',
    '--price',
    '500',
    '--proposal',
    '--out',
    page,
    '--json',
  ]);
  const proposal = readFileSync(page, 'utf8');
  expect(proposal).toContain('<html lang="fr">');
  await run(['report', 'bridge', 'Dupont', '--price', '500', '--proposal', 'en', '--out', page]);
  expect(readFileSync(page, 'utf8')).toContain('<html lang="en">');
});

test('bridge finds the regular client, with figures for the price that was asked', async () => {
  const { out } = await run(['report', 'bridge', '--price', '600', '--json']);
  const [{ verdict, months, offers }] = JSON.parse(out).clients;
  expect([verdict, months.length, offers.length]).toEqual(['candidate', 7, 1]);
  expect(offers[0]).toMatchObject({ priceMinor: 60_000, origin: 'given' });
});

test.each([
  [['report', 'leaks', '--from', '2026-13'], 'is not a month'],
  [['report', 'leaks', '--json', '--format', 'csv'], 'contradict'],
  [['report', 'bridge', '--proposal', '--price', '500'], 'Whose proposal?'],
  [['report', 'bridge', 'Dupont', '--proposal'], 'needs its price'],
  [['report', 'bridge', 'Dupont', '--proposal', '--price', '5', '--json'], 'A proposal is a page.'],
  [['report', 'bridge', '--price', 'much'], '--price'],
])('%j is refused with what to do', async (args, message) => {
  const { exitCode, out, err } = await run(args);
  expect(exitCode).toBe(2);
  expect(out + err).toContain(message);
});

const config = `timezone: Europe/Paris
currency: EUR # as our invoices
connections:
  psa:
    vendor: connectwise
    baseUrl: https://psa.example.com
    companyId: company
    publicKey: \${PUBLIC}
    privateKey: \${PRIVATE}
    clientId: a-client
    alerts: { board: Billing }
agreements:
  standard: {}
clients:
  - name: "${name}" # the first
    ids: { psa: 1 }
    agreement: standard
  - { name: Roy, ids: { psa: 2 }, agreement: standard }
`;

test('block add --past writes to the config alone, and all other bytes stay', async () => {
  writeFileSync(file, config);
  const add = (...more: string[]) =>
    run(['block', 'add', 'Dupont', '--past', '--hours', '10', '--rate', '115.50', ...more]);
  const missing = await add();
  expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining('--purchased-on')]);
  const before = bench.dump();
  const first = await add('--purchased-on', '2025-01-01', '--expires-on', '2025-12-31');
  expect([first.exitCode, first.err]).toEqual([0, '']);
  await add('--purchased-on', '2025-06-01');
  const line =
    '    pastBlocks: [{ hours: 10, rate: 115.50, purchasedOn: 2025-01-01, expiresOn: 2025-12-31 }, ' +
    '{ hours: 10, rate: 115.50, purchasedOn: 2025-06-01 }]\n';
  const after = readFileSync(file, 'utf8');
  expect(after).toContain(line);
  expect(after.replace(line, '')).toBe(config);
  expect(bench.dump()).toEqual(before);
});

test('proactive says the same in every form, and what came from where', async () => {
  const { out } = await run([
    'report',
    'proactive',
    '--from',
    '2026-04',
    '--to',
    '2026-05',
    '--json',
  ]);
  const [{ months, trend }] = JSON.parse(out).clients;
  expect(months).toMatchObject([
    { month: '2026-04', seconds: { proactive: 0, reactive: 5 * 3600 }, proactivePercent: 0 },
    { month: '2026-05', seconds: { proactive: 5.25 * 3600, reactive: 0 }, proactivePercent: 100 },
  ]);
  // March to May against December to February.
  expect(trend).toEqual({ percentBefore: 0, percent: 35 });
  const csv = (
    await run(['report', 'proactive', '--from', '2026-04', '--to', '2026-05', '--format', 'csv'])
  ).out;
  expect(csv.split('\r\n')[2]).toBe(`${name},2026-05,18900,0,0,0,100`);
  const sources = JSON.parse(
    (await run(['report', 'proactive', '--sources', '--json'])).out,
  ).sources;
  expect(sources[0]).toMatchObject({ source: 'Alert', tickets: 2, class: 'proactive' });
  const { exitCode, err } = await run(['report', 'proactive', '--from', '2026-09']);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('2026-09 is after 2026-08')]);
});
