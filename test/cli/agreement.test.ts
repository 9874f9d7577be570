import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { client, makeFolder, openReportBench } from '../reports/report-bench.ts';
import { sender } from '../reports/statement-samples.ts';
import { contractOf } from '../support/terms.ts';
import { CliBench } from './cli-bench.ts';

const templates = [fileURLToPath(new URL('../../config/templates', import.meta.url))];

/** Dupont, with ten hours; it is 10 April 2026. */
async function openCli(): Promise<CliBench> {
  const bench = await openReportBench();
  await bench.buy('2026-04-01T08:00:00.000Z', { seconds: 36_000 });
  const cli = new CliBench(bench);
  cli.config = { sender, templates, contract: contractOf(client().name) };
  return cli;
}

const acceptance = ['--accepted', '2026-04-10', '--evidence', 'Ticket 4711'];

test('on a terminal it is text, broken at words, with the notice beside it', async () => {
  const cli = await openCli();
  const { out, err } = await cli.run(['agreement', 'Dupont'], { isOutTerminal: true });
  expect(out).toContain('Prepaid support agreement\nVersion 1 of 10 April 2026\n');
  expect(out).toContain('10\u00a0h at €120.00 per hour, available from');
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(err).toContain('have this agreement read by counsel in your country');
  expect(cli.opened.at(-1)?.access).toBe('read');
});

test('once counsel approved the document there is no notice', async () => {
  const cli = await openCli();
  cli.config.contract = contractOf(client().name, {}, { reviewedOn: '2026-03-01' });
  expect((await cli.run(['agreement', 'Dupont'])).err).toBe('');
});

test('the name of the file chooses the form, and the same day gives the same bytes', async () => {
  const cli = await openCli();
  const folder = makeFolder();
  const write = async (name: string) => {
    await cli.run(['agreement', 'Dupont', '--dated', '2026-04-09', '--out', join(folder, name)]);
    return readFileSync(join(folder, name), 'utf8');
  };
  expect(await write('a.html')).toContain('<title>Prepaid support agreement, Dupont Plomberie');
  expect(await write('b.html')).toBe(await write('a.html'));
  expect(await write('a.txt')).toMatch(/^Prepaid support agreement\nVersion 1 of 9 April 2026\n/);
  expect(JSON.parse(await write('a.json'))).toMatchObject({
    version: 1,
    datedOn: '2026-04-09',
    terms: { rounding: { increment: { unit: 'second', value: 900 } } },
  });
});

test('an acceptance is a run by hand, and its version is printed again in every form', async () => {
  const cli = await openCli();
  const text = (await cli.run(['agreement', 'Dupont', '--format', 'text'])).out;
  expect(await cli.json(['agreement', 'Dupont', ...acceptance])).toMatchObject({ version: 1 });
  expect(cli.opened.at(-1)?.access).toBe('write');
  expect(await cli.bench.store.listManualRuns()).toMatchObject([{ command: 'agreement' }]);
  const again = ['agreement', 'Dupont', '--version', '1'];
  expect((await cli.run([...again, '--format', 'text'])).out).toBe(text);
  expect(await cli.json(again)).toMatchObject({ evidence: 'Ticket 4711', version: 1 });
  expect((await cli.run(['agreement', 'Dupont', '--format', 'text'])).out).toContain('Version 2');
  const { out } = await cli.run(['agreement']);
  expect(out).toMatch(/Dupont Plomberie +1 +2026-04-10 +Ticket 4711 +the same/);
});

test('the same acceptance entered twice is refused', async () => {
  const cli = await openCli();
  await cli.run(['agreement', 'Dupont', ...acceptance]);
  const { exitCode, err } = await cli.run(['agreement', 'Dupont', ...acceptance]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('recorded already, as version 1')]);
});

test.each([
  [
    'a day before the document',
    ['Dupont', '--accepted', '2026-04-09', '--evidence', 'x'],
    'Add --dated DAY',
  ],
  ['a day to come', ['Dupont', '--accepted', '2026-04-11', '--evidence', 'x'], 'in the future'],
  ['no evidence', ['Dupont', '--accepted', '2026-04-10'], '--accepted needs --evidence'],
  ['empty evidence', ['Dupont', '--accepted', '2026-04-10', '--evidence', ' '], 'say where'],
  ['evidence alone', ['Dupont', '--evidence', 'x'], 'belong to --accepted'],
  ['a version that there is not', ['Dupont', '--version', '3'], 'not accepted a version 3'],
  [
    'a version of another day',
    ['Dupont', '--version', '1', '--dated', '2026-04-01'],
    'Remove --dated',
  ],
  ['nobody’s document', ['--out', 'x.pdf'], 'Whose agreement?'],
  ['a PDF on the terminal', ['Dupont', '--format', 'pdf'], 'Add --out FILE'],
])('refused, with what to do: %s', async (_, args, words) => {
  const cli = await openCli();
  const { exitCode, err } = await cli.run(['agreement', ...args]);
  expect(exitCode).toBe(2);
  expect(err).toContain(words);
  expect(await cli.bench.store.listAcceptances()).toEqual([]);
});

test('a template of one’s own takes the place of the built-in one', async () => {
  const cli = await openCli();
  const own = makeFolder();
  mkdirSync(join(own, 'en'));
  const write = (text: string) => writeFileSync(join(own, 'en', 'agreement.eta'), text);
  cli.config.templates = [own, ...templates];
  write('# Our terms\n\n## Rounding\n\nTo <%= it.rounding.increment %>.\n');
  const { out } = await cli.run(['agreement', 'Dupont', '--format', 'text']);
  expect(out).toContain('Our terms\n');
  expect(out).toContain('1.1 To 15\u00a0min.');
  write('<%= it. %>');
  expect((await cli.run(['agreement', 'Dupont'])).err).toContain('agreement.eta cannot be used');
});
