import { hash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { manifestName, spellManifest, toManifest } from '../../src/reports/buyer/manifest.ts';
import { readFolder } from '../../src/reports/buyer/read-folder.ts';
import { entry, facts, makeFolder, openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

async function openCli(): Promise<CliBench> {
  const bench = await openReportBench();
  await bench.buy('2026-01-10T09:00:00.000Z', { source: 'manual' });
  await bench.charge('2026-01-20T09:00:00.000Z', 'g1', facts([entry()]));
  await bench.charge('2026-02-10T09:00:00.000Z', 'g2', facts([entry({ technician: 'Bo Chen' })]));
  await bench.adjust('2026-02-11T09:00:00.000Z', -600, '=Ann Lee forgot\n“this” \u202e one');
  await bench.expire('2026-03-21T09:00:00.000Z', 'b-1');
  return new CliBench(bench);
}

async function exportInto(cli: CliBench, ...options: string[]): Promise<string> {
  const folder = join(makeFolder(), 'buyer');
  const { exitCode, err } = await cli.run(['export', 'buyer', folder, ...options]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return folder;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** As somebody would who also makes the hashes again. */
function forge(folder: string, name: string, change: (text: string) => string): void {
  const file = join(folder, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  const files = readFolder(folder);
  files.delete(manifestName);
  writeFileSync(join(folder, manifestName), spellManifest(toManifest(files)));
}

test('the folder verifies without config and database, and names the hash for the contract', async () => {
  const cli = await openCli();
  const folder = join(makeFolder(), 'buyer');
  const { out } = await cli.run(['export', 'buyer', folder]);
  const [, sha256] = /for the contract: ([0-9a-f]{64})\n/.exec(out) ?? [];
  const opened = cli.opened.length;
  const verified = await cli.run(['verify', '--export', folder]);
  expect(verified).toMatchObject({ exitCode: 0, err: '' });
  expect(verified.out).toContain('balances and revenue of 1 clients and 5 entries match');
  expect(verified.out).toContain(`SHA-256 over all files: ${sha256}`);
  expect(cli.opened).toHaveLength(opened);
});

test('the same database gives the same bytes', async () => {
  const cli = await openCli();
  const folders = [
    await exportInto(cli, '--to', '2026-03'),
    await exportInto(cli, '--to', '2026-03'),
  ];
  const [first, second] = folders.map(readFolder);
  expect(first?.size).toBe(11);
  expect(second).toEqual(first);
});

test('what clients signed by then is in it, with its terms', async () => {
  const cli = await openCli();
  const { store, client } = cli.bench;
  const [html, terms] = ['<h1>Agreement</h1>', '{"hours":10}'];
  const sign = (version: number, acceptedOn: string) =>
    store.addAcceptedAgreement({
      ...{ clientId: client.id, version, terms, html, text: 'Agreement' },
      ...{ termsHash: sha256(terms), htmlHash: sha256(html), textHash: sha256('Agreement') },
      ...{ datedOn: acceptedOn, acceptedOn, evidence: 'scan 17', acceptedBy: null },
      ...{ recordedAt: `${acceptedOn}T09:00:00.000Z`, runId: 'm-1' },
    });
  await sign(1, '2026-02-28');
  await sign(2, '2026-03-01');
  const folder = await exportInto(cli, '--to', '2026-02');
  const files = readFolder(folder);
  const name = `agreements/${client.id}-1`;
  expect(files.get(`${name}.html`)).toBe(html);
  expect(files.get(`${name}.json`)).toBe(terms);
  expect(files.get(`agreements/${client.id}-2.html`)).toBeUndefined();
  expect(files.get('agreements.csv')).toContain(
    `${client.id},1,2026-02-28,2026-02-28,,scan 17,${name}.html,${sha256(html)},${name}.json,`,
  );
  expect(await cli.run(['verify', '--export', folder])).toMatchObject({ exitCode: 0, err: '' });
});

test('a month that is over is the same whatever came later', async () => {
  const cli = await openCli();
  const before = readFolder(await exportInto(cli, '--to', '2026-02'));
  await cli.bench.buy('2026-04-02T09:00:00.000Z', { id: 'b-2' });
  const after = readFolder(await exportInto(cli, '--to', '2026-02'));
  for (const name of ['revenue.csv', 'roll-forward.csv', 'ledger.csv', 'charges.csv']) {
    expect(after.get(name)).toBe(before.get(name));
  }
});

test.each<[string, string, (text: string) => string, RegExp]>([
  [
    'a figure of revenue',
    'revenue.csv',
    (text) => text.replace('120.00', '130.00'),
    /at revenue\.csv, line 2: .*130\.00/,
  ],
  [
    'a total',
    'revenue.json',
    (text) => text.replace('"earned": 12000', '"earned": 12001'),
    /at revenue\.json, line \d+: /,
  ],
  [
    'an hour of an entry',
    'ledger.csv',
    (text) => text.replace(',3600,', ',7200,'),
    /at ledger\.csv, line 3: its hash does not cover it/,
  ],
  [
    'a note',
    'ledger.csv',
    (text) => text.replace('forgot', 'forgave'),
    /at ledger\.csv, line 5: its hash/,
  ],
  [
    'the last entry',
    'ledger.csv',
    (text) => text.replace(/[^\n]+\n$/, ''),
    /at blocks\.csv, line 2: /,
  ],
  [
    'an entry in the middle',
    'ledger.csv',
    (text) => text.replace(/\r\n[^\n]*,2,g1[^\r]*/, ''),
    /at ledger\.csv, line 3: position 3 .* follows 1/,
  ],
  [
    'a price',
    'blocks.csv',
    (text) => text.replace(',12000,', ',13000,'),
    /at (blocks|revenue)\.csv, line 2: /,
  ],
  [
    'what is left of a block',
    'blocks.csv',
    (text) => text.replace(/,0,0\r\n$/, ',60,2\r\n'),
    /at blocks\.csv, line 2: /,
  ],
  [
    'a time zone',
    'clients.csv',
    (text) => text.replace('Europe/Paris', 'nowhere'),
    /cannot be understood/,
  ],
])('whoever changes %s, and all hashes with it, is found out', async (_, name, change, fault) => {
  const cli = await openCli();
  const folder = await exportInto(cli);
  forge(folder, name, change);
  const { exitCode, out } = await cli.run(['verify', '--export', folder]);
  expect(exitCode).toBe(5);
  expect(out).toMatch(fault);
});

test.each<[string, (folder: string) => void, string]>([
  [
    'a file that was changed',
    (folder) => writeFileSync(join(folder, 'charges.csv'), 'x'),
    'charges.csv: its SHA-256 is',
  ],
  [
    'a file that is missing',
    (folder) => rmSync(join(folder, 'charges.csv')),
    'charges.csv: it is missing',
  ],
  [
    'a file too many',
    (folder) => writeFileSync(join(folder, 'more.csv'), 'x'),
    'more.csv: it is not in the manifest',
  ],
])('%s is named', async (_, spoil, fault) => {
  const cli = await openCli();
  const folder = await exportInto(cli);
  spoil(folder);
  const { exitCode, out } = await cli.run(['verify', '--export', folder]);
  expect(exitCode).toBe(5);
  expect(out).toContain(`disagreement at ${fault}`);
});

test('with numbers instead of technicians no file names one, and the folder still verifies', async () => {
  const cli = await openCli();
  const folder = await exportInto(cli, '--replace-technicians');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts.join('')).not.toMatch(/Ann|Lee|Bo Chen/);
  const charges = readFileSync(join(folder, 'charges.csv'), 'utf8');
  expect(charges).toMatch(/g1#1,.*,Technician 1,.*\r\ng2#1,.*,Technician 2,/);
  const verified = await cli.run(['verify', '--export', folder]);
  expect(verified.exitCode).toBe(0);
  expect(verified.out).toContain('1 entries without their notes');
});

test('a folder that holds something is left alone', async () => {
  const cli = await openCli();
  const folder = await exportInto(cli);
  const { exitCode, err } = await cli.run(['export', 'buyer', folder]);
  expect(exitCode).toBe(2);
  expect(err).toContain('is not empty');
});

test('a folder of something else is not taken for an export', async () => {
  const cli = await openCli();
  const { exitCode, err } = await cli.run(['verify', '--export', makeFolder()]);
  expect(exitCode).toBe(2);
  expect(err).toContain('has no manifest.json');
});
